from pathlib import Path

import pytest

from allocator.data.imported_files import files, units_csv
from allocator.data.importing import import_table
from allocator.data.source import read_source
from allocator.files import builtin_folder
from allocator.words import Words

ANNEX = Path(__file__).parent.parent / "published" / "an-giang-2017-annex.txt"
AN_GIANG = builtin_folder() / "an-giang-2017"


@pytest.fixture(scope="module")
def annex():
    return import_table(ANNEX.read_bytes(), ANNEX.name)


def test_the_annex_gives_the_built_in_table(annex):
    assert units_csv(annex) == (AN_GIANG / "units.csv").read_bytes().decode()
    assert (annex.target, annex.unrecognised) == (6500, [])


def test_the_annex_gives_the_built_in_source(annex, tmp_path):
    (tmp_path / "source.yaml").write_text(files(annex, Words("vi"))["source.yaml"], encoding="utf-8")
    made, kept = read_source(tmp_path / "source.yaml"), read_source(AN_GIANG / "source.yaml")
    assert made == annex.source
    assert made.model_copy(update={"document": kept.document}) == kept
    assert (made.document.number, made.document.date) == (kept.document.number, kept.document.date)
