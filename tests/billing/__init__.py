"""Money: the rules, and the gateways."""
