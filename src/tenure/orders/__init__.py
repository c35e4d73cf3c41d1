"""What is being chosen and what was bought: carts, orders, the policy they were bought under."""
