"""Reads of seats and decisions."""
