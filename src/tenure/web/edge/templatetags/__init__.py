"""What every template can say: amounts, days, icons and states. All of it is built in."""
