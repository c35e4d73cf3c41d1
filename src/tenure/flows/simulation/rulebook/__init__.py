"""The rulebook once more, small and slow: what a simulated vendor's customers must see.

Written from the rules' text and from nothing else: it shares no rule with the product, so that
the two can only agree where both are right.
"""
