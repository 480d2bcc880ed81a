"""Files written whole or not at all."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def write_files(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write each text (UTF-8) under its name in ``folder``, which is made where it is missing; returns the paths.

    Every file is first written in full beside its target. Raises OSError, and then leaves no new file or folder behind.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    drafts: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            target = folder / name
            if target.is_dir():
                raise IsADirectoryError(f"{target}: a folder stands where the file should be written")
            draft = folder / f".{name}.{secrets.token_hex(6)}.tmp"
            drafts.append((draft, target))
            _write(draft, text)
        for draft, target in drafts:
            os.replace(draft, target)
    except BaseException:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
        for place in made:
            with suppress(OSError):  # another program may have put something there, which stays
                place.rmdir()
        raise
    return tuple(target for _, target in drafts)


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
