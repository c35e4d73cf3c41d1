"""Double entry: where every movement of money went from and to (R48)."""
