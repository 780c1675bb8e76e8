"""docs/an-giang-2017.md says what a calibration finds today: every figure in it is made anew and compared."""

import pytest

from allocator.fit.calibration_records import calibration_result
from tests.docs.an_giang import EN, FOLDER, page


@pytest.fixture(scope="module")
def document(found):
    return calibration_result(found)


def test_every_figure_of_the_page_is_recomputed(document):
    written = (FOLDER / "an-giang-2017.md").read_text(encoding="utf-8")
    assert written == page(document, target=6500, lot=10), "run python -m tests.docs.an_giang"


def test_what_the_page_says_in_words_holds(document):
    ladder = {each["model"]: each["misplaced"] for each in document["ladder"]}
    assert ladder["workforce"] < 3900 / 2
    assert ladder["growth"] < ladder["workforce"] / 2
    assert ladder["gross_attainment"] < ladder["growth"] / 2 < ladder["net_attainment"]
    assert document["bases"] == ["gross"]
    assert document["recommended"]["sets"] == ["realisation", "max_share"]
    rest = {name: document["recommended"][name] for name in ("basis", "exponent", "floor", "ceiling", "missing")}
    assert rest == {"basis": "gross", "exponent": 1, "floor": 0.01, "ceiling": 2, "missing": 1}
    assert not any(each["distance"] for each in document["units"])
    assert document["implied_claims"]["verified"]
    assert document["neighbours"] == 3**7 - 1
    together = {tuple(each["parameters"]): each["correlation"] for each in document["together"]}
    assert together["realisation", "missing"] < -0.7
    spans = {each["parameter"]: each for each in document["intervals"]}
    assert spans["exponent"]["low"] > 0.5
    assert spans["max_share"]["high"] is None


def test_the_chart_shows_the_same_figures(document):
    drawn = (FOLDER / "an-giang-2017.svg").read_text(encoding="utf-8")
    for each in document["units"]:
        assert each["unit"] in drawn
        assert f">{EN.number(each['explained'])}  ({EN.signed(each['explained'] - each['published'])})<" in drawn
