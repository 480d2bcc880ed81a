"""An edited helper is seen by kernels in other modules; without the content-named folder it would not be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest
import theorycheck_simulations
from theorycheck_simulations.kernels import population
from theorycheck_simulations.kernels.cache import cache_folder, source_digest

PROGRAM = """
import numpy as np
from copied.kernels import activation, population
print(population.outputs(np.ones((1, 1, 1)), 0.25, 1.0, activation.Activation(0, 3, 0.5))[0, 0])
"""


@pytest.fixture
def tree(tmp_path):
    source = Path(theorycheck_simulations.__path__[0])
    package = tmp_path / "copied"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(source / "status.py", package)
    shutil.copytree(source / "kernels", package / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    return package


def value(package: Path) -> float:
    environment = {name: content for name, content in os.environ.items() if not name.startswith("NUMBA_")}
    environment |= {"XDG_CACHE_HOME": str(package.parent / "cache"), "PYTHONPATH": str(package.parent),
                    "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


def halve(package: Path) -> None:
    path = package / "kernels" / "activation.py"
    text = path.read_text()
    assert text.count("fma(slope * u, rho / q, ") == 1
    path.write_text(text.replace("fma(slope * u, rho / q, ", "fma(slope * u, rho / q / 2, "))


def test_edited_helper_is_seen(tree):
    before = value(tree)
    assert before == pytest.approx(0.25**3 / (3 * 0.25), rel=1e-14)
    folders = list((tree.parent / "cache" / "theorycheck" / "numba").iterdir())
    assert len(folders) == 1 and any(folders[0].rglob("*.nbc"))
    halve(tree)
    assert value(tree) == before / 2


def test_control_a_fixed_folder_is_stale(tree):
    path = tree / "kernels" / "cache.py"
    path.write_text(path.read_text().replace("    return digest.hexdigest()", '    return "fixed"'))
    before = value(tree)
    halve(tree)
    assert value(tree) == before


def test_digest_depends_on_every_source(tree):
    seen = {source_digest(tree / "kernels")}
    for path in (*sorted((tree / "kernels").glob("*.py")), tree / "status.py"):
        path.write_text(path.read_text() + "\n")
        seen.add(source_digest(tree / "kernels"))
    assert len(seen) == len(list((tree / "kernels").glob("*.py"))) + 2


def test_folder_follows_the_environment(tree, monkeypatch, tmp_path):
    kernels, digest = tree / "kernels", source_digest(tree / "kernels")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    assert cache_folder(kernels) == tmp_path / "xdg" / "theorycheck" / "numba" / digest
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "numba"))
    assert cache_folder(kernels) == tmp_path / "numba" / digest
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    private = cache_folder(kernels)
    assert private.is_dir() and private.stat().st_mode & 0o077 == 0 and "theorycheck-numba-" in private.name


def test_other_users_of_numba_keep_their_folder():
    assert source_digest(Path(population.__file__).parent) not in str(numba.config.CACHE_DIR)
