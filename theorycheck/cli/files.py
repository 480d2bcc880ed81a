"""Files that commands write and read: tried before any work is done, and written whole or not at all."""

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import ledger
from ..errors import BadData, StoreError

MAX_READ = 512 * 2**20
LEDGER, WITNESSES, DATA = "ledger.json", "witnesses", "data.json"
REPORT = ("index.html", "report.tex", LEDGER)
SIMULATION = ("index.html", DATA)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def check_file(path: Path) -> None:
    """Raises StoreError unless the file could be written now."""
    if path.is_dir():
        raise StoreError(f"{path}: is a folder, not a file to write")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist")
    if path.exists() and not path.stat().st_mode & 0o222:
        raise StoreError(f"{path}: is read-only")
    _try(path.parent, path)


def check_folder(folder: Path, names: Sequence[str] = REPORT) -> None:
    """Raises StoreError unless the named files could be written to the folder now; makes nothing."""
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    if not place.is_dir():
        raise StoreError(f"{folder}: {place} is a file, not a folder")
    for path in (folder / name for name in names):
        if path.exists():
            check_file(path)
    if LEDGER in names and (folder / WITNESSES).exists() and not (folder / WITNESSES).is_dir():
        raise StoreError(f"{folder / WITNESSES}: is a file, not a folder")
    _try(place, folder)


def _try(folder: Path, meant: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StoreError(f"{meant}: cannot be written: {error.strerror}") from None


def text_of(document: Mapping[str, Any]) -> str:
    """A document as JSON text, the same for the same document."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_document(document: Mapping[str, Any], path: Path) -> None:
    """Writes the document whole or not at all."""
    from ..report.files import write_files

    try:
        write_files(path.parent, {path.name: text_of(document)})
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from None


def write_report(document: Mapping[str, Any], folder: Path) -> Path:
    """Writes report, ledger and witnesses; returns the page to open."""
    from .. import report
    from ..report.files import write_files

    found = {claim["id"]: claim["witness"] for claim in document["claims"] if claim["witness"] is not None}
    witnesses = {f"{name}.json": text_of(witness) for name, witness in found.items()}
    try:
        written = report.write(document, folder)
        if witnesses:
            write_files(folder / WITNESSES, witnesses)
        write_files(folder, {LEDGER: text_of(document)})
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return written[0]


def write_simulation(document: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> Path:
    """Writes page, plots, values and record of a simulation and the files that it gave; returns the page to open.

    Raises:
        StoreError: for a plot or a file name that is none, or if the folder cannot be written; then nothing is.
    """
    from .. import report
    from ..report.files import write_files

    try:
        own = {**report.simulation_files(document), DATA: text_of(document)}
        for name in files:
            if not _NAME.fullmatch(name) or name in own:
                raise ValueError(f"file {name!r} (allowed: letters, digits, dots, dashes; not a name of the page's)")
    except ValueError as error:
        raise StoreError(f"{document['experiment']['id']} gave what cannot be shown: {error}") from error
    try:
        # The record is written last, so that a reader who finds it finds everything that it names.
        written = write_files(folder, {**files, **own})
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from None
    return written[len(files)]


def read_text(name: str, what: str) -> str:
    """The text of a data file.

    Raises:
        BadData: if it cannot be read, is too large or is not UTF-8.
    """
    try:
        with Path(name).open("rb") as file:
            content = file.read(MAX_READ + 1)
        if len(content) > MAX_READ:
            raise BadData(f"{name}: too large for a {what} (allowed: {MAX_READ} bytes)")
        return content.decode("utf-8")
    except OSError as error:
        raise BadData(f"{name}: the {what} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadData(f"{name}: not UTF-8, so no {what}") from None


def report_command(name: str, out: str) -> int:
    """Writes the report of a stored ledger."""
    from .. import report
    from .printable import printable

    folder = Path(out)
    document = ledger.read(read_text(name, "ledger"), name)
    check_folder(folder)
    try:
        written = report.write(document, folder)
    except ValueError as error:
        raise BadData(f"{name}: {error}") from error
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror or error}") from None
    print(f"report: {printable(str(written[0]))}")
    return 0
