"""Every document of the corpus comes in as a clerk reads it, and a tenth of the tables then takes a target."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.command import allocator
from tests.data.office.judge import due, judged
from tests.data.office.made import documents

DOCUMENTS = documents()
TABLES = [id for id, doc in DOCUMENTS.items() if doc.right is not None and not doc.refused]


@pytest.mark.parametrize("id", DOCUMENTS)
def test_a_document_comes_in_as_a_clerk_reads_it(id: str, tmp_path: Path) -> None:
    doc = DOCUMENTS[id]
    made = judged(doc, tmp_path)
    assert made.kind in due(doc), f"{made.kind}: {made.why}"


@pytest.mark.parametrize("id", TABLES[::10])
def test_a_run_takes_the_document_as_its_table(id: str, tmp_path: Path) -> None:
    doc = DOCUMENTS[id]
    assert doc.right is not None
    path = doc.save(tmp_path)
    (tmp_path / "s.yaml").write_text(yaml.safe_dump({"data": doc.name, "target": 40, "published": None}), "utf-8")
    done = allocator("run", tmp_path / "s.yaml", "--data", path, *doc.ways, "--json")
    assert done.returncode == 0, done.stderr
    units = json.loads(done.stdout)["units"]
    assert [each["unit"] for each in units] == list(doc.right.units)
    assert sum(each["quota"] for each in units) == 40
    workforce = doc.right.columns.index("w")
    assert [each["workforce"] for each in units] == [figures[workforce] for figures in doc.right.units.values()]
