"""Compiled code reads no number that another module states: numba would keep the old one after an edit there.

The cache folder is named after all sources, so it could not be stale; but what a kernel depends on is to be seen where
it is called. Codes, ``A, B = range(2)``, are names rather than numbers and may be imported.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import theorycheck_simulations

import theorycheck

KERNELS = Path(theorycheck_simulations.__path__[0]) / "kernels"
SOURCES = {f"theorycheck_simulations.kernels.{path.stem}": path for path in sorted(KERNELS.glob("*.py"))} | {
    "theorycheck.tape": Path(theorycheck.__path__[0]) / "tape.py"}
# Shapes of tiles, which the whole of a kernel must share, and the size of a rounding.
SHARED = {"STRIP", "WIDTHS", "UNIT"}
COMPILING = {"jit", "jit_parallel", "internal", "inlined", "njit", "vectorize", "overload", "intrinsic"}


def compiled(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that numba compiles: decorated as such."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                name = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
                if name in COMPILING:
                    yield node


def codes(path: Path) -> set[str]:
    """Names that a module numbers through by ``A, B = range(n)``."""
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call(func=ast.Name(id="range"))):
                found |= {name.id for name in names if isinstance(name, ast.Name)}
    return found


def numeric(value: object) -> bool:
    """A number, an array, or a tuple that holds one."""
    if isinstance(value, tuple):
        return any(map(numeric, value))
    return isinstance(value, int | float | complex | np.generic | np.ndarray)


def foreign(tree: ast.Module, values: dict[str, object], allowed: set[str]) -> set[str]:
    """What the compiled functions of a module read although another module states it: `NAME`, or `module.NAME`."""
    imported = {alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    modules = {name for name, value in values.items() if type(value).__name__ == "module"} - {"math", "np", "numba"}
    found = set()
    for function in compiled(tree):
        for node in ast.walk(function):
            match node:
                case ast.Name(id=name) if name in imported and numeric(values.get(name)):
                    found.add(name)
                case ast.Attribute(value=ast.Name(id=base), attr=name) if base in modules:
                    found |= {f"{base}.{name}"} if numeric(getattr(values[base], name, None)) else set()
    return {name for name in found if name.rpartition(".")[2] not in allowed}


@pytest.mark.parametrize("name", SOURCES)
def test_kernels_read_no_number_of_another_module(name):
    tree = ast.parse(SOURCES[name].read_text())
    allowed = set().union(*(codes(path) for path in SOURCES.values()))
    assert foreign(tree, vars(importlib.import_module(name)), allowed | SHARED) == set()


def test_compiled_code_stands_where_the_cache_looks(root):
    # The cache folder is named after kernels/ and status.py; the tape is a file by itself, which numba looks at.
    paths = [path for package in ("simulations", "theorycheck", "proofs") for path in (root / package).rglob("*.py")]
    found = {path.resolve() for path in paths if any(compiled(ast.parse(path.read_text())))}
    assert len(found) > 5 and found <= {path.resolve() for path in SOURCES.values()}


@pytest.mark.parametrize("path", sorted(KERNELS.glob("*.py")), ids=lambda path: path.stem)
def test_kernels_import_only_what_the_cache_looks_at(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level <= 1 or (node.level, node.module) == (2, "status")
            assert node.level or not str(node.module).startswith("theorycheck")


def test_control_every_way_of_reading_one_is_seen():
    text = """
from .bound import UNIT
from .activation import GELU
from . import bound
LOCAL = 2.0

@jit
def kernel(x):
    return x * UNIT + LOCAL + GELU

@numba.njit(cache=True)
def other(x):
    return x * bound.TINY

def plain(x):
    return x * OTHER
"""
    values: dict[str, object] = {"UNIT": 0.5, "LOCAL": 2.0, "GELU": 3, "OTHER": 1.0, "plain": len,
                                 "bound": importlib.import_module("theorycheck_simulations.kernels.bound")}
    assert foreign(ast.parse(text), values, {"GELU"}) == {"UNIT", "bound.TINY"}


def test_control_compiled_functions_are_found():
    seen = {name: len(list(compiled(ast.parse(path.read_text())))) for name, path in SOURCES.items()}
    assert seen["theorycheck_simulations.kernels.reduced"] >= 2 and seen["theorycheck.tape"] == 2
    assert {"SMOOTHED_RELU", "GELU"} <= codes(KERNELS / "activation.py")
