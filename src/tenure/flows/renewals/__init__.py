"""What goes on by itself: renewals ordered, charged, tried again, paid, begun or given up.

Plain steps for the worker and for test clocks; what calls a gateway stands in ``charging``.
"""
