"""Logging in and all around it: passwords, addresses, second factors, sessions, invitations."""
