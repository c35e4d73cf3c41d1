"""Wiring only: settings, addresses, entry points, which processes do what."""
