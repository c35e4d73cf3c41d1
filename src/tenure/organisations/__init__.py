"""Who buys and who works: users, organisations, members, invitations, API keys."""
