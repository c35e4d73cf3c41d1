"""The vendor's staff: what waits, customers, orders, requests, proofs, catalogue, journal, staff.

Who looks after what is a table (``organisations.rules.staff``); everything else is not found.
"""
