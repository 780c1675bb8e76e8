"""`new` and `import`: from a sheet to a first allocation in one step, and what was answered kept for the next one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
import yaml

from allocator.words import LANGUAGES, catalogue
from tests.command import allocator

call = partial(allocator, language="en")
PLAIN = "Đơn vị,Tổng số CNLĐ,Ước số lao động tăng\nAn Phú,600,20\nTịnh Biên,300,0\nChâu Phú,100,10\n"
ODD = "Đơn vị,Hien co,Cot ba\nAn Phú,600,20\nTịnh Biên,300,0\n"
QUOTAS = "Đơn vị,Tổng số CNLĐ,Chỉ tiêu 2017\nAn Phú,600,50\nTịnh Biên,300,35\n"


def sheet(folder: Path, text: str, name: str = "sheet.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sheet_without_quotas_gives_a_scenario_that_runs(tmp_path: Path) -> None:
    done = call("new", sheet(tmp_path, PLAIN), "--target", "500", "--out", tmp_path / "d", "--json")
    made = json.loads(done.stdout)
    assert (done.returncode, made["units"], made["target"], made["questions"]) == (0, 3, 500, [])
    assert (made["table"], made["scenario"]) == (str(tmp_path / "d/units.csv"), str(tmp_path / "d/base.yaml"))
    assert made["columns"][1] == {"header": "Tổng số CNLĐ", "cell": 2, "column": "workforce", "confidence": 0.95}
    assert not (tmp_path / "d/import.yaml").exists()
    found = json.loads(call("run", made["scenario"], "--json").stdout)
    # claims 604, 300 and 102 of 1,006, in lots of 10: 300.2, 149.1 and 50.7
    assert [(each["unit"], each["quota"]) for each in found["units"]] == [
        ("An Phú", 300), ("Tịnh Biên", 150), ("Châu Phú", 50),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_of_the_first_scenario_is_explained(tmp_path: Path, language: str) -> None:
    allocator("new", sheet(tmp_path, PLAIN), "--target", "505", "--out", tmp_path / "d", language=language)
    text = (tmp_path / "d/base.yaml").read_text("utf-8")
    values, words, lines = yaml.safe_load(text), catalogue(language), text.splitlines()
    assert (values["target"], values["lot"], values["growth"]) == (505, 5, {"realisation": 0.2})
    assert "attainment" not in values
    assert "published" not in values
    for key in values:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[at - 1] == f"# {words[f'key.{key}']}"
    assert f"  # {words['key.growth.realisation']}" in lines


def test_without_a_target_new_takes_the_printed_one_or_says_what_to_add(tmp_path: Path) -> None:
    done = call("new", sheet(tmp_path, QUOTAS, "q.csv"), "--out", tmp_path / "q", "--json")
    assert json.loads(done.stdout)["target"] == 85
    refused = call("new", sheet(tmp_path, PLAIN), "--out", tmp_path / "d")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--target 500" in refused.stderr
    assert not (tmp_path / "d").exists()


def test_import_without_a_target_is_done_and_run_says_what_to_write(tmp_path: Path) -> None:
    assert call("import", sheet(tmp_path, PLAIN), "--out", tmp_path / "d").returncode == 0
    refused = call("run", tmp_path / "d/base.yaml")
    assert refused.returncode == 2
    assert "write e.g. target: 6500 into the file" in refused.stderr
    assert "500" in call("run", tmp_path / "d/base.yaml", "--target", "500").stdout
    again = call("import", sheet(tmp_path, QUOTAS), "--out", tmp_path / "d", "--target", "100", "--force", "--json")
    assert json.loads(again.stdout)["target"] == 100
    assert "import.target_added" not in again.stdout


def test_a_question_about_a_needed_column_ends_with_the_calls_to_paste(tmp_path: Path) -> None:
    sheet(tmp_path, ODD)
    done = call("new", "sheet.csv", "--target", "90", "--out", "my d", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    lines = [line.strip() for line in done.stderr.splitlines()]
    pasted = "allocator new sheet.csv --target 90 --out 'my d' --lang en --map 'Hien co=workforce'"
    assert lines[0].startswith("error: sheet.csv:1:1: no header")
    assert lines[lines.index(pasted) - 1] == "Hien co → workforce (600, 300)"
    assert not (tmp_path / "my d").exists()


def test_what_was_answered_is_kept_for_the_next_table(tmp_path: Path) -> None:
    answers = ("--map", "Hien co=workforce", "--map", "Cot ba=skip")
    call("new", sheet(tmp_path, ODD), "--target", "90", "--out", tmp_path / "d", *answers)
    kept = (tmp_path / "d/import.yaml").read_text("utf-8")
    assert yaml.safe_load(kept) == {"columns": {"Hien co": "workforce", "Cot ba": "skip"}}
    next_year = sheet(tmp_path / "d", ODD.replace("600", "800").replace(",Cot ba", ",Khac"), "next.csv")
    done = call("run", next_year, "--target", "110", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [each["workforce"] for each in found["units"]] == [800, 300]
    assert {"code": "import.kept_unused", "names": ["Cot ba"]} in found["inputs"]["reading"]
    # The table that was written beside it is in our own form: nothing of it is asked, or noted.
    assert "reading" not in json.loads(call("run", tmp_path / "d/base.yaml", "--json").stdout)["inputs"]
    # The same for a later import into the folder from elsewhere.
    again = call("import", sheet(tmp_path, ODD, "other.csv"), "--out", tmp_path / "d", "--target", "90", "--force")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "d/import.yaml").read_text("utf-8") == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums: {A: workforce}\n", ["import.yaml:1:1", "unknown key colums", "columns"]),
        ("columns: [A]\n", ["import.yaml:1:1", "columns"]),
        ("columns: {A: 3}\n", ["import.yaml:1:11", "columns.A"]),
        ("numbers: de\n", ["import.yaml:1:1", "numbers"]),
        ("keep: [A]\nkeep: [B]\n", ["import.yaml:2:1", "a second time"]),
        ("- A\n", ["import.yaml"]),
    ],
)
def test_what_is_wrong_in_the_kept_answers_has_its_place(tmp_path: Path, text: str, said: list[str]) -> None:
    sheet(tmp_path, text, "import.yaml")
    done = call("run", sheet(tmp_path, PLAIN), "--target", "500")
    assert (done.returncode, done.stdout) == (2, "")
    assert all(each in done.stderr for each in said), done.stderr


def test_a_column_that_is_left_out_is_told_with_the_calls_that_settle_it(tmp_path: Path) -> None:
    sheet(tmp_path, ODD)
    mapped = ("--map", "Hien co=workforce")
    done = call("import", "sheet.csv", "--out", "d", *mapped, cwd=tmp_path)
    assert done.returncode == 0
    assert "--map 'Cot ba=skip' --force" in done.stderr
    found = json.loads(call("import", "sheet.csv", "--out", "d", "--force", "--json", *mapped, cwd=tmp_path).stdout)
    (question,) = found["questions"]
    assert question["place"] == "sheet.csv:1:3"
    assert question["answers"] == [{"option": "--map", "value": "Cot ba=skip", "cells": ["20", "0"]}]
    assert "--map" not in question["question"]
