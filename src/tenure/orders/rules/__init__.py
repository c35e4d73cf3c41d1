"""The rules of buying: pure functions over facts and a policy."""
