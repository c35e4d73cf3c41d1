"""What is held about an organisation: how long, in which archive, and how it goes (R31).

``held`` is the one table of what becomes of each row at an export and at a purge.
"""
