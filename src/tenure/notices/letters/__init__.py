"""What mails say: a function for each kind, and one look for all."""
