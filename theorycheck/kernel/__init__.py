"""The trusted kernel: re-checks proof certificates and replays witnesses with the standard library alone."""

from .interval import Undefined, decide, evaluate
from .proof import Theorem, check
from .tree import Rejected
from .witness import Replay, replay

__all__ = ["Rejected", "Replay", "Theorem", "Undefined", "check", "decide", "evaluate", "replay"]
