"""Measurements: ratios to the machine's limit and to other tools, growth of costs, start-up. Nothing imports them."""
