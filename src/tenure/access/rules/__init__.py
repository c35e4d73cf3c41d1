"""The rules of access: pure functions over facts."""
