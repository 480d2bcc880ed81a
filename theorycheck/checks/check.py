"""What every check is: something that takes a claim and a context and gives evidence."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from ..evidence import Evidence

if TYPE_CHECKING:
    from ..claim import Claim


class Profile(StrEnum):
    """How much is tried; never what is claimed."""

    QUICK = "quick"
    DEFAULT = "default"
    FULL = "full"

    def pick(self, quick: int, default: int, full: int) -> int:
        """The number that belongs to the profile, fixed before anything is run."""
        return {Profile.QUICK: quick, Profile.DEFAULT: default, Profile.FULL: full}[self]


@dataclass(frozen=True)
class Context:
    """What a check may depend on besides its claim.

    Args:
        paper: id of the paper.
        setting: the paper's parameters, validated by the paper.
        profile: how much to try.
        seed: the root seed.
        tests: how many statistical tests the whole paper makes, for the familywise level.
    """

    paper: str
    setting: Any
    profile: Profile
    seed: int
    tests: int = 1


class Check(Protocol):
    """A check; its fields say what to do, `run` does it."""

    @property
    def kind(self) -> str:
        """symbolic, enclosure, search, run or statistics."""

    @property
    def covers(self) -> tuple[str, ...]:
        """Names of the parts it is about; empty for all."""

    def run(self, claim: "Claim", context: Context) -> Evidence:
        """Runs it."""
