"""SCIM 2.0: an identity provider keeps an organisation's members and what roles they hold."""
