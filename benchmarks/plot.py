"""The ratios as a picture."""

from pathlib import Path
from typing import Any

import matplotlib

from .table import SHOWN

matplotlib.use("svg")
MARKS = "osv^<>DPX*"


def draw(document: dict[str, Any], path: Path) -> None:
    """Time of a step over the limit's, a line a case, a mark a tool, a panel a number of threads; SVG."""
    from matplotlib import pyplot as plt

    rows = [row for row in document["rows"] if row["operations"]]
    counts = sorted({row["threads"] for row in rows})
    with matplotlib.rc_context({"svg.hashsalt": "bench"}):
        figure, axes = plt.subplots(1, max(1, len(counts)), figsize=(7.5 * max(1, len(counts)), 5), squeeze=False)
        for axis, threads in zip(axes[0], counts, strict=False):
            some = [row for row in rows if row["threads"] == threads][::-1]
            for number, (name, mark) in enumerate(zip(SHOWN, MARKS, strict=False)):
                at = [(row["tools"][name]["over_limit"]["median"], i) for i, row in enumerate(some)
                      if "over_limit" in row["tools"].get(name, {})]
                if at:
                    axis.plot(*zip(*at, strict=True), mark, color=f"C{number}", label=name, alpha=0.8)
            axis.axvline(1.0, color="black", linewidth=0.8)
            axis.set_xscale("log")
            axis.set_yticks(range(len(some)), [f"{row['size']} {row['case']}" for row in some])
            axis.set_xlabel("time of a step over the limit's")
            axis.set_title(f"{threads} thread{'s' * (threads > 1)}")
            axis.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)
