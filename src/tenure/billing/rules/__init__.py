"""The rules of money: pure functions on facts."""
