"""Every call gives what is kept of it, to the last character."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.cases import CASES, file, forms, kept, prepared


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("golden"))


@pytest.fixture(autouse=True)
def no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.mark.parametrize(("name", "form"), [(name, form) for name in CASES for form in forms(name)])
def test_a_call_gives_what_is_kept_of_it(name: str, form: str, folder: Path) -> None:
    assert kept(name, form, folder) == file(name, form).read_text(encoding="utf-8")
