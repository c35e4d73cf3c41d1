"""Writes of subscriptions and periods."""
