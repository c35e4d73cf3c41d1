"""Mail out: made from the journal and from pages, sent once, with its log."""
