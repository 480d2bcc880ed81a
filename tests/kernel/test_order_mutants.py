"""A wrong idea in any rule of the order kernel changes what it says of some small certificate or growth rates."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import theorycheck.order_kernel
from theorycheck.kernel.tree import Rejected

from .order_cases import battery
from .order_mutants import MUTANTS, Mutant
from .order_rays import RAYS, SCALES, expected, table

FILES = ("__init__", "proof", "rates", "statement")
SOURCES = {name: (Path(theorycheck.order_kernel.__file__).parent / f"{name}.py").read_text() for name in FILES}


def mutated(mutant: Mutant) -> str:
    """The source with the change; the texts must still be there."""
    file, changes = mutant
    source = SOURCES[file]
    (old, new), start = changes[0], 0
    if len(changes) == 2:  # inside a method
        start = source.index(old)
        old, new = new, changes[1][1]
    place = source.find(old, start)
    assert place >= 0, mutant
    return source[:place] + new + source[place + len(old) :]


def load(folder: Path, name: str, sources: dict[str, str]) -> Any:
    """The package as it would be with these sources."""
    (folder / name).mkdir()
    for file, source in sources.items():
        (folder / name / f"{file}.py").write_text(source.replace("from ..kernel", "from theorycheck.kernel"))
    spec = importlib.util.spec_from_file_location(
        name, folder / name / "__init__.py", submodule_search_locations=[str(folder / name)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def cases() -> list[tuple[str, str, Any, Any]]:
    """What, whether to check or to replay, the data, the right answer."""
    found: list[tuple[str, str, Any, Any]] = [(what, "check", data, good) for what, good, data in battery()]
    found += [(what, "replay", data, answer) for what, answer, data in RAYS]
    return found + [(name, "rates", table(name), expected(table(name))) for name in SCALES]


def answer(module: Any, how: str, data: Any) -> Any:
    try:
        if how == "check":
            return bool(module.check(data))
        rates = module.replay(data)
        return rates.confirmed if how == "replay" else dict(rates.hypotheses)
    except Rejected:
        return False if how == "check" else None
    except Exception as error:  # a crash is another answer too
        return type(error)


CASES = cases()


def nearest_first(mutant: Mutant) -> list[tuple[str, str, Any, Any]]:
    """All cases, those first that are likely to notice."""
    file, changes = mutant
    rule = changes[0][0].removeprefix("def ").rstrip("(").replace("_", "-")

    def far(case: tuple[str, str, Any, Any]) -> int:
        what, how, data, _ = case
        if file == "rates":
            return {"replay": 0, "rates": 1, "check": 2}[how]
        if how != "check":
            return 3
        if file == "statement":
            return 0 if ":=" in what else 1
        return 0 if any(step["by"] == rule for step in data["prelude"] or ()) else 1 if not data["prelude"] else 2

    return sorted(CASES, key=far)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        if name.startswith("order_kernel_"):
            del sys.modules[name]


def test_the_kernel_itself_gives_every_right_answer(folder: Path) -> None:
    module = load(folder, "order_kernel_same", SOURCES)
    assert [what for what, how, data, right in CASES if answer(module, how, data) != right] == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=range(len(MUTANTS)))
def test_a_mutant_is_noticed(mutant: Mutant, folder: Path) -> None:
    module = load(folder, "order_kernel_changed", {**SOURCES, mutant[0]: mutated(mutant)})
    assert any(answer(module, how, data) != right for _, how, data, right in nearest_first(mutant)), mutant


def test_there_are_many() -> None:
    assert len({(file, mutated((file, changes))) for file, changes in MUTANTS}) == len(MUTANTS) >= 200
