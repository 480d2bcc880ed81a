"""Definitions 2.1, 2.2 and 4.1, Assumptions 2.3 and B.3: the data and what its assumptions imply at finite size."""
