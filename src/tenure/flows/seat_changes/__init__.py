"""Seats in mid-period (R27): what they would cost, how they are ordered, and how they come and go.

``offering`` says it before anything is clicked, ``adding`` orders it, ``settling`` is what becomes
of the money, ``undoing`` takes seats back with their order (R28).
"""
