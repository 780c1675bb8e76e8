"""Every question asked from Python, as a method of what `allocate` returns: answers, names, values and files."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import allocator
from allocator.errors import InfeasibleError, InputError
from allocator.questions import Case, find, names
from allocator.show.records import records
from allocator.words import Words
from tests.docs.notebook import FILE, page

BASE = "an-giang-2017/base"
PROGRESS = pd.DataFrame({"unit": ["Long Xuyên", "Châu Phú"], "recruited": [300, 20], "lost": [4, 0],
                         "date": pd.to_datetime(["2017-06-30"] * 2)})  # fmt: skip
REGISTER = pd.DataFrame({"unit": ["An Phú"] * 2, "name": ["X", "Y"], "workers": [12, 40], "has_union": [0, 1]})

BIDS = pd.DataFrame({"unit": ["Long Xuyên", "Châu Phú"], "bid": [900, None], "workforce": [None, 428]})


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    allocator.language = "en"
    yield
    allocator.language = None


@pytest.fixture(scope="module")
def base() -> Any:
    return allocator.allocate(*allocator.load_scenario(BASE))


@pytest.fixture(scope="module")
def other() -> Any:
    return allocator.allocate(*allocator.load_scenario(BASE, ["growth.realisation=0.3", "year=2018"]))


GIVEN: dict[str, tuple[Any, ...]] = {
    "explain": ("An Phú",),
    "appeal": ("Châu Phú", 150),
    "sensitivity": (64, 3),
    "review": (PROGRESS,),
    "unions": (REGISTER,),
    "round": (BIDS, ["Long Xuyên"], 0.6),
    "keys": ("lot",),
}


@pytest.mark.parametrize("name", names())
def test_every_question_is_one_call_and_its_answer_is_that_of_the_command(
    name: str, base: Any, other: Any, tmp_path: Path
) -> None:
    (tmp_path / "stored.json").write_text(base.run().to_json(), encoding="utf-8")
    question = find(name)
    given = (
        (other,) if question.of == "cases" else (tmp_path / "stored.json",) if name == "verify" else GIVEN.get(name, ())
    )
    answer = getattr(allocator if question.of == "nothing" else base, name)(*given)
    assert isinstance(answer, allocator.Reply)
    assert 1 <= len(repr(answer).splitlines()) <= 8
    assert answer.to_json().startswith("{")
    first, second = Case("A", base.table, base.scenario), Case("B", other.table, other.scenario)
    about = {"nothing": [], "case": [first], "cases": [[first, second]]}[question.of]
    if name not in ("review", "unions", "round"):
        given = () if question.of == "cases" else given
        assert answer.records == records(question.ask(*about, *given), Words("en"))
    assert name in dir(base) or question.of == "nothing"


def test_the_reports_of_a_frame_are_those_of_the_same_file(tmp_path: Path, base: Any) -> None:
    PROGRESS.to_csv(tmp_path / "p.csv", index=False)
    assert base.review(PROGRESS).records == base.review(str(tmp_path / "p.csv")).records
    told = PROGRESS.rename(columns={"unit": "Đơn vị", "recruited": "Kết nạp mới", "lost": "Giảm", "date": "Ngày"})
    assert base.review(told.set_index("Đơn vị")).records["units"] == base.review(PROGRESS).records["units"]


def test_against_another_allocation_the_changes_are_told(base: Any, other: Any) -> None:
    found = base.run(other).records["against"]
    assert {each["unit"]: each["to"] for each in found["units"]} == dict(
        zip(base.table.units, base.quotas, strict=True)
    )
    assert {each["unit"]: each["from"] for each in found["units"]} == dict(
        zip(other.table.units, other.quotas, strict=True)
    )


def test_allocations_are_called_by_their_names_or_by_letters(base: Any) -> None:
    def named(*given: str) -> list[str]:
        made = [allocator.allocate(base.table, base.scenario, name=each) for each in given]
        return [each["name"] for each in made[0].compare(*made[1:]).records["scenarios"]]

    assert named("", "") == ["A", "B"]
    assert named("one", "", "two") == ["one", "B", "two"]
    assert named("one", "one") == ["one A", "one B"]


def test_a_tree_is_asked_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("unit,parent,workforce\nP,,\nQ,,\nA,P,400\nB,P,200\nC,Q,300\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text("data: t.csv\ntarget: 90\nhierarchy: levels\n", encoding="utf-8")
    made = allocator.allocate(*allocator.load_scenario(tmp_path / "s.yaml"))
    assert made.quotas == (40, 20, 30)
    assert made.explain("B").records["units"][0]["quota"] == 20
    assert made.appeal("B", 21).records["absorbed_by"]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_answer_alike(again: Callable[[Any], Any], base: Any) -> None:
    base.run()
    made = again(base)
    assert made.quotas == base.quotas
    assert made.explain().records == base.explain().records
    assert again(base.run()).records == base.run().records


def test_attributes_and_types_stay(base: Any) -> None:
    assert isinstance(base, allocator.Allocation)
    assert sum(base.quotas) == 6500
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        base.nothing()
    with pytest.raises(AttributeError, match="no attribute 'audit'"):
        base.audit()
    with pytest.raises(AttributeError, match="explain"):
        _ = allocator.explain
    with pytest.raises(AttributeError, match="nothing"):
        _ = allocator.nothing


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda made: made.appeal("Nowhere", 150), "unit: the table has no unit Nowhere"),
        (lambda made: made.appeal("Châu Phú", -1), "quota cannot be used: give a whole number from 0 to 9,000,000,000"),
        (lambda made: made.appeal("Châu Phú", 2.5), "quota cannot be used"),
        (lambda made: made.appeal("Châu Phú", "150"), "quota cannot be used"),
        (lambda made: made.appeal("Châu Phú", float("nan")), "quota cannot be used"),
        (lambda made: made.appeal("Châu Phú", 155), "quota: 155 is not a whole number of lots of 10"),
        (lambda made: made.sensitivity(draws=0), "draws: 0 draws"),
        (lambda made: made.sensitivity(draws="many"), "draws cannot be used: give a whole number"),
        (lambda made: made.compare(made, reference="last"), "give one of first and published"),
        (lambda made: made.report("x", formats="pdf"), "formats: there is no format pdf"),
        (lambda made: made.report("x", quota="x"), "quota cannot be used"),
        (lambda made: made.run().to_frame("x"), "x: the answer has no table of this name: use one of units"),
        (lambda made: made.scenario.changed({"growth": {"realization": 1}}), "did you mean growth.realisation?"),
        (lambda made: made.calibrate("exponent"), "exponent"),
    ],
)
def test_what_cannot_be_is_refused_in_words(ask: Callable[[Any], Any], said: str, base: Any) -> None:
    with pytest.raises(InputError) as caught:
        ask(base)
    assert said in str(caught.value)


def test_a_call_that_is_none_is_a_type_error(base: Any) -> None:
    for ask in (
        lambda: base.appeal("An Phú"),
        lambda: base.explain(nothing=1),
        lambda: base.compare("an-giang-2017/base"),
        lambda: base.report("x", nothing=1),
        lambda: base.run("an-giang-2017/base"),
        lambda: base.review(3),
        lambda: base.sensitivity(random="x"),
        lambda: allocator.load_table(3),
        lambda: allocator.allocate(base.scenario, base.table),
    ):
        with pytest.raises(TypeError, match=r"quota|nothing|allocation|frame|True or False|a Table is needed"):
            ask()


def test_a_method_there_is_not_is_refused(base: Any) -> None:
    with pytest.raises(InputError, match="program and waterfill"):
        allocator.allocate(base.table, base.scenario, "magic")


def test_errors_and_answers_speak_the_language_that_is_set(base: Any) -> None:
    allocator.language = "vi"
    with pytest.raises(InfeasibleError, match=r"hạ .*99\.986\.160"):
        allocator.allocate(base.table, base.scenario.changed({"target": 99_999_990}))
    assert "đoàn viên" in repr(base)
    assert "đoàn viên" in repr(base.run())
    assert "members" in repr(base.run(language="en"))
    other = allocator.allocate(base.table, base.scenario.changed({"what": {"vi": "công đoàn", "en": "unions"}}))
    assert "unions" in repr(other.run(language="en"))


def test_a_frame_is_read_as_the_file_it_would_be(tmp_path: Path) -> None:
    for scenario in (BASE, "rules/base"):
        table = allocator.load_scenario(scenario)[0]
        frame = table.to_frame()
        for made in (frame, frame.set_index("unit")):
            assert allocator.load_table(made).fingerprint == table.fingerprint
    headers = {"unit": "Đơn vị", "workforce": "Số lao động hiện có", "published_quota": "Chỉ tiêu 2017"}
    table = allocator.load_scenario(BASE)[0]
    frame = table.to_frame()[[*headers]].rename(columns=headers)
    read = allocator.load_table(frame.astype({headers["workforce"]: "float64"}))
    assert read.column("workforce") == table.column("workforce")
    assert read.place == ""  # no document lies beside it


@pytest.mark.parametrize("figure", ["x", "-2", "1.100", "2.5", "", "1e400", "#N/A", "True"])
def test_a_figure_that_is_refused_in_a_file_is_refused_in_a_frame(figure: str, tmp_path: Path) -> None:
    frame = allocator.load_scenario(BASE)[0].to_frame().astype({"workforce": object})
    frame.loc[2, "workforce"] = figure
    frame.to_csv(tmp_path / "DataFrame", index=False)
    said = []
    for file in (frame, tmp_path / "DataFrame"):
        with pytest.raises(InputError) as caught:
            allocator.load_table(file)
        said.append(str(caught.value))
    assert said[0] == said[1]
    assert "DataFrame:4:11: " in said[0]
    found = allocator.audit(frame)
    assert (found.status, found.to_frame()["message"].tolist()) == (1, said[0].splitlines())


def test_what_is_left_out_of_a_frame_is_told() -> None:
    frame = pd.DataFrame({"unit": ["A", "B", "C", "Tổng cộng"], "workforce": [40, 25, 35, 100]})
    made = allocator.allocate(allocator.load_table(frame), allocator.load_scenario(BASE)[1].changed({"target": 50}))
    assert made.table.units == ("A", "B", "C")
    for answer in (made.explain(), made.sensitivity(draws=8)):
        assert "Tổng cộng" in " ".join(answer.words.told(each) for each in answer.sections[-1].texts)


def test_a_report_is_written_and_named(tmp_path: Path, base: Any, other: Any) -> None:
    answer = base.report(
        tmp_path / "r", formats="csv", unit="Châu Phú", quota=150, compare=other, plan=[other], progress=PROGRESS
    )
    there = sorted(str(each) for each in (tmp_path / "r").rglob("*") if each.is_file())
    assert sorted(answer.records["files"]) == there
    assert {"paid_by.csv", "compare.csv", "plan.csv", "review.csv"} <= {Path(each).name for each in there}
    assert repr(answer).startswith(f"Files written to {tmp_path / 'r'}: {len(there)}")


def test_the_page_shows_what_its_code_prints() -> None:
    written = FILE.read_text("utf-8")
    assert written == page(written), "run python -m tests.docs.notebook"
