"""Renewals: reminding, ordering, charging, and what comes of them (R20 to R26)."""
