"""Which event makes which mails, and to whom."""
