"""Contact and support: what people ask the vendor, and what its staff answer (R4, R29)."""
