"""Tables as offices of other places send them: what is read, what is asked, what is told."""

from __future__ import annotations

import pytest

from allocator.data.answers import Unsettled
from allocator.data.importing import Imported, import_table
from allocator.data.limits import Sent
from allocator.data.read import read_table


def imported(*rows: str) -> Imported:
    return import_table("\n".join(rows).replace("|", "\t").encode(), "t.txt")


def names(made: Imported) -> list[str]:
    return [row["unit"] for row in made.rows]


def values(made: Imported, column: str) -> list[object]:
    return [row.get(column) for row in made.rows]


def asked(made: Imported) -> list[str]:
    return [each.about.values["column"] for each in made.questions]


THREE = ("Phường Rạch Giá", "Xã An Phú", "Xã Mỹ An")


def with_column(header: str, *cells: object) -> Imported:
    rows = (f"{name}|{n}40|{n}900|{cell}" for n, (name, cell) in enumerate(zip(THREE, cells, strict=True), 1))
    return imported(f"Đơn vị|Chỉ tiêu 2026|CNLĐ|{header}", *rows)


@pytest.mark.parametrize(
    "header", ["Growth (%)", "Ước tăng trưởng (%)", "Đoàn viên giảm (%)", "Tốc độ tăng lao động (%)"]
)
def test_a_percentage_is_no_number_of_persons(header: str) -> None:
    made = with_column(header, 2, 3, 4)
    assert {*made.rows[0]} == {"unit", "kind", "published_quota", "workforce"}
    assert asked(made) == [header]


OTHERS = ("Kết nạp đảng viên", "Số ĐV giới thiệu kết nạp Đảng", "Job growth 2025, actual", "LĐ chưa đóng BHXH")


@pytest.mark.parametrize("header", OTHERS)
def test_what_only_sounds_like_a_column_of_ours_is_asked_about(header: str) -> None:
    made = with_column(header, 2, 3, 4)
    assert {*made.rows[0]} == {"unit", "kind", "published_quota", "workforce"}
    assert asked(made) == [header]


def test_a_dash_in_a_column_of_percentages_is_a_blank() -> None:
    made = with_column("Tỷ lệ hoàn thành chỉ tiêu 2025", "72,2%", "–", "101%")
    assert values(made, "attainment") == [0.722, None, 1.01]


@pytest.mark.parametrize("pair", ["CNLĐ nam|CNLĐ nữ", "Lao động nữ|Lao động dưới 35 tuổi", "Số vụ tai nạn lao động|Nợ"])
def test_a_part_of_the_workforce_is_asked_about(pair: str) -> None:
    with pytest.raises(Unsettled, match="no header says"):
        imported(f"Đơn vị|Chỉ tiêu|{pair}", "Xã An Phú|40|300|312", "Xã Mỹ An|20|118|115")


def test_the_only_figures_beside_a_quota_are_no_workforce_where_they_are_only_some_workers() -> None:
    with pytest.raises(Unsettled, match="no header says"):
        imported("Đơn vị|Chỉ tiêu|Lao động nữ", "Xã An Phú|40|300", "Xã Mỹ An|20|118")


@pytest.mark.parametrize("head", ["Chỉ tiêu ban đầu|Chỉ tiêu bổ sung", "Chỉ tiêu 2026|Bổ sung chỉ tiêu 2026"])
def test_a_supplement_is_no_quota_of_its_own(head: str) -> None:
    rows = ("Xã An Phú|600|40|5", "Xã Mỹ An|300|20|3", "Xã Vĩnh Hậu|200|10|0")
    open_one = imported(f"Đơn vị|CNLĐ|{head}", *rows)
    assert "published_quota" not in open_one.rows[0]
    assert asked(open_one) == head.split("|")
    sums = ("45", "23", "10")
    whole = imported(f"Đơn vị|CNLĐ|{head}|Tổng chỉ tiêu", *map("|".join, zip(rows, sums, strict=True)))
    assert values(whole, "published_quota") == [45, 23, 10]


def test_figures_under_a_header_of_places_are_what_else_it_says() -> None:
    made = imported("Đơn vị|CNLĐ|Tỉnh giao", "Xã An Phú|600|40", "Xã Mỹ An|300|20")
    assert values(made, "published_quota") == [40, 20]


@pytest.mark.parametrize("header", ["Chỉ tiêu đào tạo", "Training target", "Kế hoạch sản xuất"])
def test_a_target_of_something_else_is_told_where_it_is_taken_for_the_quota(header: str) -> None:
    made = imported(f"Đơn vị|CNLĐ|{header}", "Xã An Phú|600|40", "Xã Mỹ An|300|20")
    assert "import.guessed" in [each.code for each in made.findings]
    both = imported(f"Đơn vị|CNLĐ|{header}|Chỉ tiêu 2026", "Xã An Phú|600|40|50", "Xã Mỹ An|300|20|30")
    assert values(both, "published_quota") == [50, 30]


def test_a_unit_with_numbered_parts_below_it_is_a_unit_and_a_section_is_none() -> None:
    head = "STT|Đơn vị|Chỉ tiêu|CNLĐ"
    parts = ("1.1|CĐCS Cty A|200|3000", "1.2|CĐCS Cty B|110|1120")
    rest = ("2|Xã An Phú|45|612", "3|Xã Mỹ An|20|233")
    made = imported(head, "1|Phường Rạch Giá|310|4120", *parts, *rest, "|Tổng|375|4965")
    assert names(made) == [*THREE]
    below = ("2.1|Xã An Phú|45|612", "2.2|Xã Mỹ An|20|233")
    made = imported(head, "1|Vùng A|310|4120", *parts, "2|Vùng B|65|845", *below, "|Tổng|375|4965")
    assert names(made) == ["CĐCS Cty A", "CĐCS Cty B", *THREE[1:]]


STATISTICS = ("Bình quân|22|300", "Cao nhất|40|600", "Thấp nhất|10|100", "Median|20|233")


def test_an_average_or_an_extreme_is_no_unit() -> None:
    rows = ("Xã An Phú|40|600", "Xã Mỹ An|20|233", "Min Jiang|10|100", "Mean Chey|18|267")
    made = imported("Đơn vị|Chỉ tiêu|CNLĐ", *rows, *STATISTICS)
    assert names(made) == ["Xã An Phú", "Xã Mỹ An", "Min Jiang", "Mean Chey"]
    own = "\n".join(["unit,published_quota,workforce", *rows, *STATISTICS[:1], "Max,40,600"]).replace("|", ",")
    table = read_table(Sent("t.csv", own.encode()))
    assert table.units == ("Xã An Phú", "Xã Mỹ An", "Min Jiang", "Mean Chey")
    assert [(each.code, each.severity) for each in table.notes] == [("import.beside", "warning")] * 2


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        (("P. ", "X. ", "X. "), True),
        (("a) ", "b) ", "c) "), False),
        (("i) ", "ii) ", "iii) "), False),
        (("d) ", "đ) ", "e) "), True),
    ],
)
def test_a_letter_before_a_name_counts_only_after_those_before_it(marks: tuple[str, ...], kept: bool) -> None:
    shown = [mark + name for mark, name in zip(marks, ("Rạch Giá", "An Phú", "Mỹ An"), strict=True)]
    made = imported("Đơn vị|Chỉ tiêu|CNLĐ", *(f"{name}|{n}40|{n}900" for n, name in enumerate(shown, 1)))
    assert names(made) == (shown if kept else ["Rạch Giá", "An Phú", "Mỹ An"])


@pytest.mark.parametrize(
    ("top", "head", "figures"),
    [
        ("Đơn vị tính: nghìn người", "Đơn vị|Chỉ tiêu|CNLĐ", ("0,310|4,120", "0,045|0,612")),
        ("", "Unit|Quota|Workforce (thousands)", ("310|4.12", "45|0.612")),
        ("", "Unit|Quota|Workforce ('000)", ("310|4.12", "45|0.612")),
        ("", "Đơn vị|Chỉ tiêu|Số lao động (nghìn)", ("310|4,12", "45|0,612")),
    ],
)
def test_thousands_are_written_with_decimals(top: str, head: str, figures: tuple[str, str]) -> None:
    made = imported(top, head, *(f"{name}|{each}" for name, each in zip(THREE, figures, strict=False)))
    assert (values(made, "published_quota"), values(made, "workforce")) == ([310, 45], [4120, 612])


def test_a_question_about_a_column_offers_the_figures_there_are() -> None:
    with pytest.raises(Unsettled) as caught:
        imported("Đơn vị|Chỉ tiêu|Tổng số CNLĐ; nguồn BHXH", "Xã An Phú|40|600", "Xã Mỹ An|20|300")
    assert any(each.value == "Tổng số CNLĐ; nguồn BHXH=workforce" for each in caught.value.questions[0].choices)
