"""Documents: what is frozen when one is issued, and how it becomes paper (R46, R47)."""
