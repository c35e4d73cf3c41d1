"""All that is always true, checked over the rows of a living installation.

``run.verify`` is the entry; ``table.CHECKS`` lists the checks, each a small function in the module
of its area. A check reads in sets or in streams, so that memory does not grow with the rows.
"""
