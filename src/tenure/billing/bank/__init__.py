"""Bank statements and transfers, without Django: references, files, what is missing (R15)."""
