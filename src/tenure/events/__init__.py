"""The append-only journal, which is also outbox and audit trail; asked once, done once."""
