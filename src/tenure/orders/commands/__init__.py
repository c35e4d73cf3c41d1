"""Writes of carts, orders and policy versions."""
