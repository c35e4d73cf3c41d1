"""Reads of carts, orders and policy versions."""
