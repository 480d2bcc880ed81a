"""From what the user names to a paper: an installed plug-in, a theory file in TOML, or a Python file or folder."""

import importlib.metadata
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import UserError, nearest
from .paper import Paper

GROUP = "theorycheck.papers"


def installed() -> list[str]:
    """Ids of the installed papers."""
    return sorted({entry.name for entry in importlib.metadata.entry_points(group=GROUP)})


def load(reference: str) -> Paper:
    """The paper called `reference`, or the one at that path.

    Raises:
        UserError: if there is no such paper, or the file is none.
    """
    entries = {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}
    if reference in entries:
        return _checked(entries[reference].load(), reference)
    path = Path(reference)
    if not looks_like_path(reference):
        raise UserError(f'no paper "{reference}"; {nearest(reference, entries)}')
    if not path.exists():
        raise UserError(f"{reference}: no such file or folder")
    if path.suffix == ".toml" and path.is_file():
        from .theory_file import read_theory

        return read_theory(path)
    target = path / "__init__.py" if path.is_dir() else path
    if target.suffix != ".py" or not target.is_file():
        raise UserError(
            f"{reference}: no paper (allowed: a theory file .toml, a Python file, or a folder with __init__.py)"
        )
    return _checked(getattr(_import(target), "PAPER", None), reference)


def looks_like_path(reference: str) -> bool:
    """Whether the user means a file or folder rather than an id."""
    return "/" in reference or reference.endswith((".toml", ".py")) or Path(reference).exists()


def _checked(found: object, reference: str) -> Paper:
    if not isinstance(found, Paper):
        raise UserError(f"{reference}: no PAPER of type theorycheck.paper.Paper in it")
    return found


def _import(target: Path) -> ModuleType:
    """Imports a user's own Python file; like running it, this is for files that the user trusts."""
    package = target.parent if target.name == "__init__.py" else None
    name = "theorycheck_user_" + (package or target.with_suffix("")).name.replace("-", "_").replace(".", "_")
    spec = importlib.util.spec_from_file_location(
        name, target, submodule_search_locations=[str(package)] if package else None
    )
    if spec is None or spec.loader is None:
        raise UserError(f"{target}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise UserError(f"{target}: {type(error).__name__}: {error}") from error
    return module
