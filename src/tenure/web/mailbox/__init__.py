"""The mailbox of a sandbox: every mail, as it went out or would have."""
