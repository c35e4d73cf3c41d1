"""Writes of seats."""
