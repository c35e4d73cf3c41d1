"""A vendor's life with faults, checked against a small rulebook of its own at every step."""
