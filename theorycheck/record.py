"""The record of a simulation: what was run and everything that it gave, as one JSON document."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .evidence import plain
from .experiment import Experiment, Result
from .ledger import digest
from .paper import Paper

SCHEMA_VERSION = 1


def record(
    paper: Paper,
    experiment: Experiment,
    setting: Mapping[str, Any],
    seeds: tuple[int, int | None],
    tool: Mapping[str, Any],
    result: Result,
) -> dict[str, Any]:
    """The JSON document (schema version 1) of an experiment's result; of its files it holds names and SHA-256.

    Args:
        paper, experiment: what was run.
        setting: the validated parameters.
        seeds: the root seed, and the number of runs where the user gave one.
        tool: the record of what made it; gains a digest over the results, without times.
        result: what it gave.
    """
    found, b = result.measurement, paper.bibliography
    gave = plain({
        "agrees": result.agrees,
        "outcomes": [asdict(judgement) for judgement in result.judgements],
        "failures": list(found.failures),
        "figures": dict(found.figures),
        "plots": [asdict(plot) for plot in found.plots],
        "tables": [asdict(table) for table in found.tables],
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in found.files.items()},
    })  # fmt: skip
    document = {
        "schema_version": SCHEMA_VERSION,
        "kind": "simulation",
        "tool": {**tool, "digest": digest([gave])},
        "paper": paper.id,
        "bibliography": {"title": b.title, "authors": list(b.authors), "year": b.year, "bibtex": b.bibtex},
        "experiment": {"id": experiment.id, "title": experiment.title, "text": experiment.text},
        "seed": seeds[0],
        "seeds": seeds[1],
        "setting": dict(setting),
        **gave,
    }
    json.dumps(document, allow_nan=False)  # fails here, not in a reader
    return document
