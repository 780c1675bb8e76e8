from pathlib import Path

import pytest

from allocator.data.audit import RULES, audit, audit_faults
from allocator.data.read import read_table
from allocator.data.source import Source, read_strict, source_beside
from allocator.data.table import Table
from allocator.errors import InputError
from allocator.words import Words

AN_GIANG = Path(__file__).parents[2] / "scenarios" / "an-giang-2017" / "units.csv"


def found(columns, source=None, units=("A",)):
    table = Table(units, {"workforce": (100,) * len(units), **columns})
    findings = audit(table, Source.model_validate({"columns": source}) if source else None)
    for each in findings:
        assert all(each.told(Words(language)) for language in ("en", "vi"))
    return [(each.severity, each.code, each.row, each.column, each.printed, each.recomputed) for each in findings]


NET = {"recruited": (10,), "lost": (3,), "term_target": (20,)}

ROWS = [
    ({"x": (-1,)}, None, ("warning", "negative", "A", "x", -1, None)),
    ({}, {"workforce": {"total": "1.5"}}, ("warning", "unreadable", None, "workforce", "1.5", None)),
    ({}, {"workforce": {"printed": {"A": "x"}}}, ("warning", "unreadable", "A", "workforce", "x", None)),
    ({}, {"workforce": {"printed": {"B": "1"}}}, ("warning", "unknown_unit", "B", "workforce", "1", None)),
    ({}, {"x": {"header": "X"}}, ("warning", "unknown_column", None, "x", None, None)),
    ({}, {"workforce": {"parts": ["x"]}}, ("warning", "unknown_column", None, "x", None, None)),
    ({}, {"workforce": {"total": "101"}}, ("warning", "total_differs", None, "workforce", 101, 100)),
    (
        {},
        {"workforce": {"total": "100", "printed": {"A": "99"}}},
        ("warning", "printed_total_differs", None, "workforce", 100, 99),
    ),
    ({**NET, "net_gain": (8,)}, None, ("warning", "difference", "A", "net_gain", 8, 7)),
    (
        {**NET, "net_gain": (7,)},
        {"net_gain": {"total": "7", "printed": {"A": "8"}}},
        ("warning", "difference_total", "A", "net_gain", 8, 7),
    ),
    ({"a": (5,), "b": (2,), "c": (4,)}, {"c": {"difference": ["a", "b"]}}, ("warning", "difference", "A", "c", 4, 3)),
    ({"workforce_x": (60,), "workforce_y": (41,)}, None, ("warning", "parts", "A", "workforce", 100, 101)),
    ({"x": (60,)}, {"workforce": {"parts": ["x"]}}, ("warning", "parts", "A", "workforce", 100, 60)),
    (
        {"a": (2,), "b": (3,)},
        {"p": {"percent": ["a", "b"], "printed": {"A": "66,6%"}}},
        ("note", "percent_cut", "A", "p", 66.6, 66.666667),
    ),
    (
        {"a": (-2,), "b": (3,)},
        {"p": {"percent": ["a", "b"], "printed": {"A": "0 %"}}},
        ("warning", "percent_negative", "A", "p", 0, -66.666667),
    ),
    (
        {"a": (2,), "b": (3,)},
        {"p": {"percent": ["a", "b"], "total": "67,6%"}},
        ("warning", "percent_wrong", None, "p", 67.6, 66.666667),
    ),
    (
        {"a": (2, 2), "b": (3, 3)},
        {"p": {"percent": ["a", "b"], "printed": {"A": "66,6%", "B": "66%"}}},
        ("note", "column_cut", None, "p", None, None),
    ),
    ({**NET, "term_target": (0,)}, None, ("note", "no_history", "A", None, None, None)),
    ({**NET, "lost": (None,)}, None, ("note", "no_history", "A", None, None, None)),
    (
        {"published_quota": (101,), "growth_estimate": (1,)},
        None,
        ("note", "quota_above_workforce", "A", "published_quota", 101, 100),
    ),
    (
        {"published_quota": (102,), "growth_estimate": (1,)},
        None,
        ("warning", "quota_above_growth", "A", "published_quota", 102, 101),
    ),
    ({"x": (None,)}, None, ("note", "blank_column", None, "x", None, None)),
    ({"growth_estimate": (0,)}, None, ("note", "blank_column", None, "growth_estimate", None, None)),
]


@pytest.mark.parametrize(("columns", "source", "finding"), ROWS)
def test_each_rule_fires_on_one_bad_row(columns, source, finding):
    units = ("A", "B")[: len(next(iter(columns.values()), (0,)))]
    assert finding in found(columns, source, units)


@pytest.mark.parametrize(
    ("columns", "source"),
    [
        ({**NET, "net_gain": (7,)}, {"net_gain": {"total": "7"}}),
        ({"workforce_x": (100, 99), "workforce_y": (None, 1)}, None),
        ({"published_quota": (100,)}, None),
        ({"a": (2,), "b": (3,)}, {"p": {"percent": ["a", "b"], "printed": {"A": "66,7%"}, "total": "66,67%"}}),
        ({"x": (0.1,), "y": (0.2,), "z": (0.3,)}, {"z": {"parts": ["x", "y"], "total": "0,3"}}),
    ],
)
def test_nothing_is_found_where_nothing_is_wrong(columns, source):
    assert found(columns, source, ("A", "B")[: len(next(iter(columns.values())))]) == []


def test_one_rounded_percentage_clears_the_column():
    cells = {"A": "66,6%", "B": "66%", "C": "66,7%"}
    columns = {"a": (2,) * 3, "b": (3,) * 3}
    codes = [each[1] for each in found(columns, {"p": {"percent": ["a", "b"], "printed": cells}}, tuple("ABC"))]
    assert codes == ["percent_cut", "percent_cut"]


@pytest.mark.parametrize(
    ("names", "code"), [(("An Phú", "AN PHÚ"), "same_name"), (("An-Phú", "An Phú"), "same_name"),
                        (("Đồng", "Dong"), "similar_name")]
)  # fmt: skip
def test_look_alikes(names, code):
    assert [(each[1], each[2]) for each in found({}, None, names)] == [(code, names[1])]


def test_a_totals_row_is_no_unit(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("unit,workforce,lost\nA,1,\nB,2,5\nTotal,3,5\n", encoding="utf-8")
    table = read_table(path)
    assert table.units == ("A", "B")
    assert [(each.code, each.row) for each in table.notes] == [("import.total", "Total")]


def test_columns_that_cannot_be_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("unit,workforce,note,x\nA,1,text,1\nB,1,more,1.500\n", encoding="utf-8")
    made = [(each.severity, each.code, each.row, each.column, each.printed) for each in audit(read_table(path))]
    assert made == [("error", "cell.two_ways", "B", "x", "1.500"), ("note", "cell.text_column", "A", "note", "text")]


def test_an_giang():
    findings = audit(read_table(AN_GIANG), source_beside(AN_GIANG))
    made = {(each.code, each.row, each.column): each for each in findings}
    assert "error" not in {each.severity for each in findings}
    net = made["difference_total", "Long Xuyên", "net_gain"]
    assert (net.printed, net.recomputed, net.values["total"]) == (-104, -113, 9804)
    printed = made["printed_total_differs", None, "net_gain"]
    assert (printed.printed, printed.recomputed) == (9804, 9813)
    assert made["percent_cut", "Châu Phú", "attainment"].values["text"] == "55,45%"
    assert ("column_cut", None, "attainment") in made
    negative = {row for code, row, _ in made if code == "percent_negative"}
    assert negative == {"Long Xuyên", "Tịnh Biên", "CĐN Y tế", "CĐN Giáo dục"}
    assert {row for code, row, _ in made if code == "no_history"} == {"CĐ các KCN"}
    assert made["quota_above_workforce", "Tịnh Biên", "published_quota"].recomputed == 20
    assert {each.code for each in findings} == {
        "difference_total", "printed_total_differs", "percent_cut", "percent_negative", "column_cut", "no_history",
        "quota_above_workforce",
    }  # fmt: skip


def test_an_giang_totals():
    table = read_table(AN_GIANG)
    totals = {name: sum(value or 0 for value in values) for name, values in table.columns.items()}
    assert totals == {
        "term_target": 18_000, "term_new_unions": 100, "recruited": 23_009, "lost": 13_205, "net_gain": 9_804,
        "published_quota": 6_500, "workforce_gap": 10_526, "workforce_insured": 1_102, "workforce": 11_628,
        "growth_estimate": 11_230,
    }  # fmt: skip
    assert table.kinds.count("district") == 11


def test_no_unit_is_named_in_the_code():
    for name in ("audit", "findings", "read", "source"):
        text = (AN_GIANG.parents[2] / "allocator" / "data" / f"{name}.py").read_text(encoding="utf-8")
        assert not any(unit in text for unit in read_table(AN_GIANG).units)


def test_every_rule_has_a_name():
    assert len(RULES) == 12


def test_faults_of_cells_are_findings_and_others_are_raised(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("unit,workforce\nA,-5\n,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path)
    made = audit_faults(caught.value)
    assert [(each.severity, each.code, each.row, each.printed) for each in made] == [
        ("error", "cell.blank_unit", None, None),
        ("error", "cell.negative", "A", "-5"),
    ]
    assert made[1].told(Words("en")).startswith("t.csv:2:2: “-5” in column workforce (A) is negative")
    with pytest.raises(InputError):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums: {}", "unknown key colums: did you mean columns"),
        ("columns: {a: {total: 5}}", "columns.a.total has the value 5, of a kind that does not belong there"),
        ("columns: {a: {}, a: {}}", "a"),
        ("columns: {a: {percent: [b]}}", "columns.a.percent must name two columns"),
    ],
)
def test_bad_source(tmp_path, text, said):
    path = tmp_path / "source.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_strict(path, Source)
    assert said in str(caught.value)
    assert str(caught.value).startswith("source.yaml:1:")
    assert caught.value.messages("vi")


def test_a_parent_that_is_not_the_sum_of_its_children_is_named() -> None:
    def codes(total: int, parts: tuple[int | None, int | None]) -> list[tuple[object, ...]]:
        columns = {"workforce": (5, 2, 3), "recruited": (total, *parts)}
        table = Table(("P", "a", "b"), columns, (None,) * 3, (None, "P", "P"))
        return [(e.row, e.column, e.printed, e.recomputed) for e in audit(table) if e.code == "children"]

    assert codes(7, (3, 4)) == codes(7, (3, None)) == []
    assert codes(8, (3, 4)) == [("P", "recruited", 8, 7)]
    assert codes(7, (8, None)) == [("P", "recruited", 7, 8)]


def test_blank_inner_rows_are_summed_through_and_not_missed() -> None:
    columns = {"workforce": (9, None, 4, 4), "term_target": (None, None, 2, 2), "recruited": (None, None, 1, 1)}
    table = Table(("N", "P", "a", "b"), columns, (None,) * 4, (None, "N", "P", "P"))
    assert [(e.code, e.row, e.printed, e.recomputed) for e in audit(table)] == [("children", "N", 9, 8)]
    exact = Table(table.units, {**columns, "workforce": (8, None, 4, 4)}, table.kinds, table.parents)
    assert audit(exact) == ()
