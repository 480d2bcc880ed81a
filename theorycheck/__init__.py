"""theorycheck: check a theory paper claim by claim.

Data flows one way: Paper -> Claim -> Check -> Evidence -> Verdict -> Ledger -> Report.
Import what you need from the module of its name; importing the package itself loads nothing heavy.
"""

__version__ = "0.1.0"
