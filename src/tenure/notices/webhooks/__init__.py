"""Webhooks out, by Standard Webhooks: the journal told to programs, in order, signed, once."""
