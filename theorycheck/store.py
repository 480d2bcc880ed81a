"""The result store: evidence by content key in SQLite, so that an unchanged check is not run again.

The key covers everything that a result may depend on: the engine's sources, those of the claim's chapter and of all
project modules that it imports, library versions, setting, profile and seed. A certificate or witness that is read back
is checked again by the kernel before it counts.
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import StoreError

LIBRARIES = ("hypothesis", "mpmath", "numba", "numpy", "python-flint", "scipy", "sympy")


class Store:
    """Evidence documents by key. Every `put` is one durable transaction.

    Raises:
        StoreError: if the file cannot be opened, read or written, or is no such store.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=30)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS evidence (key TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT"
            )
            self._connection.commit()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"result store {path}: {error}; choose another with --store or run with --no-store"
            ) from None

    def get(self, key: str) -> dict[str, Any] | None:
        """The document under the key, or None."""
        try:
            row = self._connection.execute("SELECT document FROM evidence WHERE key = ?", (key,)).fetchone()
            return None if row is None else json.loads(row[0])
        except (sqlite3.Error, ValueError) as error:
            raise StoreError(f"result store {self.path}: {error}") from None

    def put(self, key: str, document: dict[str, Any]) -> None:
        """Stores the document, replacing an older one."""
        try:
            with self._connection:
                text = json.dumps(document, allow_nan=False)
                self._connection.execute("INSERT OR REPLACE INTO evidence VALUES (?, ?)", (key, text))
        except sqlite3.Error as error:
            raise StoreError(f"result store {self.path}: {error}") from None

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


def default_path() -> Path:
    """``theorycheck/results.sqlite`` in the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "theorycheck" / "results.sqlite"


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that results depend on."""
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in LIBRARIES}}


@cache
def engine_digest() -> str:
    """Digest of the engine's sources, without the command line and the report, which no result depends on."""
    root = Path(__file__).parent
    files = [f for f in sorted(root.rglob("*.py")) if f.relative_to(root).parts[0] not in ("cli", "report")]
    return _digest_of(files)


@cache
def chapter_digest(module: str, packages: tuple[str, ...]) -> str:
    """Digest of a module and of all modules of `packages` that it imports, directly or not."""
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or name.partition(".")[0] not in packages:
            continue
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:  # `from package import name`, where the name is no module
            continue
        if spec is None or spec.origin is None:
            continue
        found[name] = Path(spec.origin)
        waiting += _imports(Path(spec.origin), name, bool(spec.submodule_search_locations))
    return _digest_of([found[name] for name in sorted(found)])


def _imports(path: Path, module: str, is_package: bool) -> Iterator[str]:
    parents = module.split(".") if is_package else module.split(".")[:-1]
    yield ".".join(parents)
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(
                [
                    *(parents[: len(parents) - node.level + 1] if node.level else []),
                    *([node.module] if node.module else []),
                ]
            )
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _digest_of(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def key(**parts: Any) -> str:
    """The content key of a task: SHA-256 of its canonical description."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
