"""Every command once: strict JSON for programs, words for people, files that other programs open."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from docx import Document
from installed import called, strict
from python_calamine import CalamineWorkbook

BASE = "an-giang-2017/base"
CALLS = {
    "run": [],
    "audit": [],
    "compare": [BASE, "an-giang-2017/full-growth", "--compromise"],
    "explain": [],
    "appeal": ["--unit", "Châu Phú", "--quota", 150],
    "verify": ["result.json"],
    "sensitivity": ["--draws", 1000, "--details", "--charts", "charts"],
    "calibrate": ["--write", "fit.yaml"],
    "import": ["annex.csv", "--out", "province"],
    "new": ["annex.xlsx", "--target", 100, "--out", "fresh"],
    "report": ["--out", "report"],
    "review": ["--progress", "progress.csv"],
    "unions": ["nation/register.csv", "nation/base.yaml", "--out", "lists"],
    "round": ["bids.csv", "--record", "record.jsonl"],
    "plan": [BASE, "an-giang-2017/year-2018"],
    "synth": ["--units", 5, "--levels", 2, "--out", "small"],
    "scenarios": [],
    "schema": [],
    "keys": ["growth"],
}


def test_every_command_is_called(folder: Path) -> None:
    commands = called("--help", cwd=folder).partition("Commands:")[2]
    assert {*re.findall(r"^  (\w+)  ", commands, re.MULTILINE)} == {*CALLS, "serve"}


@pytest.mark.parametrize("command", CALLS)
def test_json_is_strict(command: str, folder: Path) -> None:
    assert strict(called(command, *CALLS[command], "--json", cwd=folder))


def test_words_in_both_languages(folder: Path) -> None:
    assert re.search(r"Long Xuyên .*1,010", called("run", "--lang", "en", cwd=folder))
    assert re.search(r"Long Xuyên .*1\.010", called("run", "--lang", "vi", cwd=folder))


def test_processes_give_the_digits_of_one(folder: Path) -> None:
    draws = ("sensitivity", "--draws", 1000, "--json")
    assert called(*draws, "--scheduler", "processes", cwd=folder) == called(*draws, cwd=folder)


def test_a_report_opens_in_every_format(folder: Path) -> None:
    called("report", *CALLS["report"], "--json", cwd=folder)
    book = CalamineWorkbook.from_path(str(folder / "report" / "report.xlsx"))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    assert any("Châu Phú" in row and 250 in row for row in rows)
    tables = Document(str(folder / "report" / "annex.docx")).tables
    assert any("Châu Phú" in cell.text for table in tables for cell in table.columns[1].cells)
    page = (folder / "report" / "report.html").read_text("utf-8")
    assert page.count("<svg") >= 4
    assert "Châu Phú" in page
    texts = [path.read_text("utf-8-sig") for path in (folder / "report" / "csv").iterdir()]
    assert any("Châu Phú" in row for text in texts for row in csv.reader(io.StringIO(text)))


def test_charts_are_drawn(folder: Path) -> None:
    called("sensitivity", *CALLS["sensitivity"], "--json", cwd=folder)
    pictures = {path.suffix: path.read_bytes() for path in (folder / "charts").iterdir()}
    assert pictures[".png"].startswith(b"\x89PNG")
    assert b"<svg" in pictures[".svg"]
