"""Who may do what today: seats, and the decision."""
