"""The trusted kernel of the order calculus re-checks certificates and growth rates; standard library only."""

from .proof import check
from .rates import Rates, replay
from .statement import Statement

__all__ = ["Rates", "Statement", "check", "replay"]
