"""What the installed command is called with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from docx import Document
from installed import called


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an annex in every format, progress reports, a stored result and a made-up nation."""
    made = tmp_path_factory.mktemp("smoke")
    for each in Path(__file__).parent.glob("annex.*"):
        shutil.copy(each, made)
    rows = [line.split("\t") for line in (made / "annex.txt").read_text("utf-8").splitlines()]
    (made / "annex.csv").write_text("\ufeff" + "\r\n".join(";".join(row) for row in rows), "utf-8")
    _word(made / "annex.docx", rows)
    (made / "progress.csv").write_text("unit,recruited,lost,date\nLong Xuyên,420,60,30/06/2017\n", "utf-8")
    (made / "bids.csv").write_text("unit,bid,workforce\nLong Xuyên,900,\nChâu Phú,,428\n", "utf-8")
    called("run", "--out", "result.json", cwd=made)
    called("import", "annex.txt", "--out", "three", cwd=made)
    called("synth", "--units", 20, "--levels", 2, "--out", "nation", cwd=made)
    return made


def _word(path: Path, rows: list[list[str]]) -> None:
    document = Document()
    table = document.add_table(len(rows), len(rows[0]))
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    document.save(str(path))
