"""The team of an organisation: its members, their roles, what they ask for."""
