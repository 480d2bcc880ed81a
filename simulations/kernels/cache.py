"""Where compiled kernels are kept: a folder named after what they were compiled from.

numba looks only at the file of the function itself, so after an edit of a helper in another module it would load stale
machine code. A folder per content of all sources cannot be stale.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numba


def source_digest(folder: Path) -> str:
    """SHA-256 over the kernel sources in ``folder``, the status codes beside it, numba's version, this package's name.

    numba stores the name with the machine code, and cannot load it under another one.
    """
    digest = hashlib.sha256(f"{numba.__version__} {__package__}".encode())
    for path in (*sorted(folder.glob("*.py")), folder.parent / "status.py"):
        content = path.read_bytes()
        digest.update(f"\n{path.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def cache_folder(folder: Path) -> Path:
    """An existing writable folder for the kernels in ``folder``.

    Below NUMBA_CACHE_DIR, else XDG_CACHE_HOME/theorycheck/numba, else ~/.cache/theorycheck/numba; a private temporary
    folder, removed at exit, if that cannot be written.
    """
    given, xdg = os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME")
    try:
        base = Path(given) if given else (Path(xdg) if xdg else Path.home() / ".cache") / "theorycheck" / "numba"
        target = base / source_digest(folder)
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target):
            return target
    except (OSError, RuntimeError):
        # RuntimeError: no home folder. A shared fixed path would let others plant machine code, so it is private.
        private = Path(tempfile.mkdtemp(prefix="theorycheck-numba-"))
        atexit.register(shutil.rmtree, private, ignore_errors=True)
        return private
