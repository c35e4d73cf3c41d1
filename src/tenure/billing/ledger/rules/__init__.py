"""What is booked from where to where, and how it is spread over days. Pure: no Django."""
