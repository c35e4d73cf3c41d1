"""Writes of organisations (``organisation``), members, invitations and API keys (``api_keys``)."""
