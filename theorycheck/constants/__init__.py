"""From orders to numbers: the least k at which the hypotheses of a chain of claims hold, with their constants."""
