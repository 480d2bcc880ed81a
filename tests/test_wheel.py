"""The wheel carries the papers and works from an empty folder, without the source tree."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "THEORYCHECK"))}
    return subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_wheel_verifies_the_papers_in_a_clean_environment(root: Path, tmp_path: Path) -> None:
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", root, cwd=root)
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"theorycheck", "theorycheck_simulations", "theorycheck_proofs"}

    venv.create(tmp_path / "clean", with_pip=True)
    python = tmp_path / "clean" / "bin" / "python"
    installed = run(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr[-2000:]
    # The dependencies are those of this environment; a path file does not bring its editable install along.
    clean = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).stdout.strip())
    (clean / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    empty = tmp_path / "empty"
    empty.mkdir()
    where = run(python, "-c", "import theorycheck, theorycheck_proofs; print(theorycheck_proofs.__file__)", cwd=empty)
    assert str(clean) in where.stdout, where.stderr
    found = run(clean.parents[2] / "bin" / "theorycheck", "verify", "--profile", "quick", "--no-store", "--report", "out", cwd=empty)
    assert found.returncode == 0, found.stdout[-2000:] + found.stderr[-2000:]
    for paper in ("li-li-2024", "kumano-2024"):
        assert (empty / "out" / paper / "index.html").stat().st_size > 100_000
    assert sorted(path.name for path in empty.iterdir()) == ["out"]
