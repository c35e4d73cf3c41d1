"""From the cart to the confirmation."""
