"""What an order line becomes: an offer, a quantity of seats, a chain of periods."""
