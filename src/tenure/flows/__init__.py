"""Use cases that span areas. Entry points open their transactions; flows never call flows.

Locks are taken in one order: organisation, member, cart, order, payment, subscription, seat,
and the journal's stream last.
"""
