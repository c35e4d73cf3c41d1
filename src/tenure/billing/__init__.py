"""Money that moves: payments, and the gateways that move it."""
