"""Every format that comes in gives the same three units."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter
from installed import called, strict

UNITS = {"An Phú": (30, 60), "CĐN Y tế": (150, 1322), "Tri Tôn": (20, 179)}


@pytest.mark.parametrize("ending", ["csv", "txt", "xlsx", "xls", "ods", "docx"])
def test_a_published_annex(ending: str, folder: Path) -> None:
    called("import", f"annex.{ending}", "--out", ending, cwd=folder)
    run = strict(called("run", f"{ending}/base.yaml", "--json", cwd=folder))
    assert {row["unit"]: (row["published"], row["workforce"]) for row in run["units"]} == UNITS


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table(ending: str, folder: Path) -> None:
    table = folder / f"table.{ending}"
    if ending == "csv":
        table.write_text("unit,workforce\nA,600\nB,400\n", "utf-8")
    else:
        with xlsxwriter.Workbook(str(table)) as book:
            sheet = book.add_worksheet()
            for n, row in enumerate([("unit", "workforce"), ("A", 600), ("B", 400)]):
                sheet.write_row(n, 0, row)
    (folder / f"{ending}.yaml").write_text(f"data: table.{ending}\ntarget: 100\nlot: 10\n", "utf-8")
    (folder / f"{ending}.json").write_text(json.dumps({"data": table.name, "target": 100, "lot": 10}), "utf-8")
    yaml, json_ = (strict(called("run", f"{ending}.{kind}", "--json", cwd=folder)) for kind in ("yaml", "json"))
    assert [row["quota"] for row in yaml["units"]] == [row["quota"] for row in json_["units"]] == [60, 40]
