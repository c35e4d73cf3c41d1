"""The rules of a subscription's life: pure functions over facts and a policy."""
