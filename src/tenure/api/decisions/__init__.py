"""Decisions by AuthZEN 1.0: a node of its own, and plain views on the main port."""
