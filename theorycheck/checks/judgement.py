"""What judging one outcome of a measurement gives."""

from dataclasses import dataclass

from ..evidence import Figure


@dataclass(frozen=True)
class Judgement:
    """Whether an outcome agrees with the claim, and the figures that show it.

    `decided` is false where it neither agrees nor disagrees: an interval is too wide, or values are missing.
    """

    agrees: bool
    text: str
    figures: dict[str, Figure]
    decided: bool = True
