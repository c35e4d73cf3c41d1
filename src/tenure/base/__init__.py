"""What everything rests on: money, the calendar, clocks, identifiers, verdicts. Free of Django."""
