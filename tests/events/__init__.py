"""Tests of the journal and of how rows are read and written."""
