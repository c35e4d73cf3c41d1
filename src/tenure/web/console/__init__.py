"""The console of an organisation's administrators: what they bought, what happened, settings."""
