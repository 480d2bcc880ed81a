"""The house rules as code: who imports whom, and what no file may hold."""

import ast
import re
from pathlib import Path

import pytest

from .conftest import ROOT

PACKAGES = {"theorycheck": "theorycheck", "simulations": "theorycheck_simulations", "proofs": "theorycheck_proofs"}
SOURCES = sorted(path for folder in PACKAGES for path in (ROOT / folder).rglob("*.py"))
# Where data has passed, later stages may not reach back: each module imports only what stands before it.
FLOW = (
    "errors",
    "verdict",
    "source",
    "seeds",
    "domains",
    "expression",
    "balls",
    "grammar",
    "kernel",
    "order_kernel",
    "orders",
    "recursion",
    "evidence",
    "claim",
    "checks",
    "experiment",
    "paper",
    "ledger",
    "loader",
    "engine",
    "record",
    "conduct",
    "cli",
)


def imported(path: Path) -> list[tuple[str, int]]:
    """Absolute names of the modules that a file imports, with the line."""
    relative = path.relative_to(ROOT).with_suffix("")
    package = [PACKAGES[relative.parts[0]], *relative.parts[1:]]
    package = package[:-1]
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found += [(stem, node.lineno)] + [(f"{stem}.{alias.name}", node.lineno) for alias in node.names]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_packages_import_only_what_stands_before_them(path: Path) -> None:
    forbidden = {
        "theorycheck": ("theorycheck_simulations", "theorycheck_proofs", "simulations", "proofs"),
        "simulations": ("theorycheck_proofs", "proofs", "simulations"),
        "proofs": ("proofs", "simulations"),
    }[path.relative_to(ROOT).parts[0]]
    assert [name for name, _ in imported(path) if name.partition(".")[0] in forbidden] == []


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.is_relative_to(ROOT / "theorycheck")], ids=lambda p: str(p.relative_to(ROOT))
)
def test_engine_modules_follow_the_flow(path: Path) -> None:
    own = path.relative_to(ROOT / "theorycheck").with_suffix("").parts[0]
    if own not in FLOW:
        return  # leaves of the graph: nothing in the flow may import them, which the other files' cases see
    later = {f"theorycheck.{name}" for name in FLOW[FLOW.index(own) + 1 :]}
    guarded = _type_checking_lines(path)
    reached = [
        n for n, line in imported(path) if line not in guarded and any(n == x or n.startswith(x + ".") for x in later)
    ]
    # theory_file and loader name each other: a theory file may be a setting of an installed paper.
    assert reached == []


def _type_checking_lines(path: Path) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def test_the_kernel_is_small_and_needs_only_the_standard_library() -> None:
    import sys

    files = sorted((ROOT / "theorycheck" / "kernel").glob("*.py"))
    # Blank lines separate; everything else, comments and docstrings included, counts.
    assert sum(1 for f in files for line in f.read_text().splitlines() if line.strip()) <= 500
    tops = {name.partition(".")[0] for f in files for name, _ in imported(f)}
    assert tops - sys.stdlib_module_names - {"theorycheck"} == set()
    inner = {name for f in files for name, _ in imported(f) if name.startswith("theorycheck")}
    assert {name for name in inner if not name.startswith("theorycheck.kernel")} == set()


def test_the_order_kernel_is_small_and_needs_only_the_other_one() -> None:
    import sys

    files = sorted((ROOT / "theorycheck" / "order_kernel").glob("*.py"))
    assert sum(1 for f in files for line in f.read_text().splitlines() if line.strip()) <= 500
    tops = {name.partition(".")[0] for f in files for name, _ in imported(f)}
    assert tops - sys.stdlib_module_names - {"theorycheck"} == set()
    allowed = ("theorycheck.kernel.", "theorycheck.order_kernel.")
    inner = {name for f in files for name, _ in imported(f) if name.startswith("theorycheck")}
    assert {name for name in inner if not f"{name}.".startswith(allowed)} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_runs_text_or_hides_failures(path: Path) -> None:
    tree = ast.parse(path.read_text())
    calls = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    attributes = {n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert not calls & {"eval", "exec", "sympify", "parse_expr", "compile", "__import__"}
    assert not attributes & {"sympify", "parse_expr"}
    if "cli" not in path.parts:
        assert "print" not in calls
    assert not any(isinstance(n, ast.keyword) and n.arg == "fastmath" for n in ast.walk(tree))
    names = {name for name, _ in imported(path)}
    assert not names & {"pickle", "marshal", "dill", "cloudpickle"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.ExceptHandler) and n.type is None]
    assert len(path.read_text().splitlines()) <= 300


def test_locks_carry_hashes_and_no_addresses(root: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (root / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-zA-Z0-9._-]+==", text, re.M)
        entries = re.split(r"^(?=[a-zA-Z0-9._-]+==)", text, flags=re.M)[1:]
        assert len(pinned) == len(entries) > 20
        assert all("--hash=sha256:" in entry for entry in entries)


def test_every_package_is_in_the_wheel(root: Path) -> None:
    import tomllib

    listed = set(tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = set()
    for folder, package in PACKAGES.items():
        for init in (root / folder).rglob("__init__.py"):
            found.add(".".join([package, *init.parent.relative_to(root / folder).parts]))
    assert listed == found
