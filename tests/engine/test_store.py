import json
import sqlite3
from pathlib import Path

import pytest

from theorycheck import store
from theorycheck.errors import StoreError


def test_documents_come_back_and_survive_reopening(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results.sqlite"
    with store.Store(path) as results:
        assert results.get("a") is None
        results.put("a", {"x": 1.5})
        results.put("a", {"x": 2.5})
    with store.Store(path) as results:
        assert results.get("a") == {"x": 2.5}


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine, please keep " * 100)
    with pytest.raises(StoreError, match="notes.txt"):
        store.Store(path)
    assert path.read_text().startswith("mine")
    with pytest.raises(StoreError, match="results.sqlite"):
        store.Store(tmp_path / "notes.txt" / "results.sqlite")


def test_a_damaged_document_is_an_error_not_a_result(tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite"
    with store.Store(path) as results:
        results.put("a", {"x": 1})
        with sqlite3.connect(path) as other:
            other.execute("UPDATE evidence SET document = '{'")
        with pytest.raises(StoreError):
            results.get("a")


def test_numbers_that_are_not_finite_are_never_stored(tmp_path: Path) -> None:
    with store.Store(tmp_path / "r.sqlite") as results, pytest.raises(ValueError, match="JSON compliant"):
        results.put("a", {"x": float("nan")})


def test_the_key_depends_on_every_part() -> None:
    base = {"a": 1, "b": "x", "c": [1.5]}
    keys = {store.key(**base)} | {store.key(**{**base, name: "other"}) for name in base}
    assert len(keys) == 4
    assert store.key(**json.loads(json.dumps(base))) == store.key(**base)


def test_a_chapter_is_identified_by_all_that_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "somepaper"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from .helper import value\n")
    (package / "helper.py").write_text("from . import deep\nvalue = 1\n")
    (package / "deep.py").write_text("depth = 1\n")
    (package / "two.py").write_text("import json\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def digests() -> tuple[str, str]:
        store.chapter_digest.cache_clear()
        return store.chapter_digest("somepaper.one", ("somepaper",)), store.chapter_digest(
            "somepaper.two", ("somepaper",)
        )

    one, two = digests()
    (package / "deep.py").write_text("depth = 2\n")
    assert digests()[0] != one and digests()[1] == two
    (package / "two.py").write_text("import json  # edited\n")
    assert digests()[1] != two


def test_the_engine_digest_covers_the_engine_and_nothing_that_only_shows() -> None:
    assert len(store.engine_digest()) == 64
