"""Tables as offices of other places send them: what is read, what is asked, what is told."""

from __future__ import annotations

import pytest

from allocator.data.answers import Unsettled
from allocator.data.importing import Imported, import_table


def imported(*rows: str) -> Imported:
    return import_table("\n".join(rows).replace("|", "\t").encode(), "t.txt")


def values(made: Imported, column: str) -> list[object]:
    return [row.get(column) for row in made.rows]


def asked(made: Imported) -> list[str]:
    return [each.about.values["column"] for each in made.questions]


THREE = ("Phường Rạch Giá", "Xã An Phú", "Xã Mỹ An")


def with_column(header: str) -> Imported:
    rows = (f"{name}|{n}40|{n}900|{n}" for n, name in enumerate(THREE, 1))
    return imported(f"Đơn vị|Chỉ tiêu 2026|CNLĐ|{header}", *rows)


PERCENTAGES = ("Growth (%)", "Growth rate", "Đoàn viên giảm (%)", "Tỷ lệ giảm đoàn viên", "Kết nạp 2026 (%)")


@pytest.mark.parametrize("header", PERCENTAGES)
def test_a_percentage_is_no_number_of_persons(header: str) -> None:
    made = with_column(header)
    assert {*made.rows[0]} == {"unit", "kind", "published_quota", "workforce"}
    assert asked(made) == [header]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Ước lao động tăng (khoảng 2%)", "growth_estimate"),
        ("Đoàn viên giảm (người)", "lost"),
        ("Kết nạp (đạt trên 80%)", "recruited"),
    ],
)
def test_a_percentage_beside_a_number_of_persons_is_a_remark(header: str, name: str) -> None:
    assert values(with_column(header), name) == [1, 2, 3]


SOME_WORKERS = ("CNLĐ nam", "Lao động (nữ)", "Tổng số lao động nam", "CNLĐ (dưới 35 tuổi)", "Number of female workers")


@pytest.mark.parametrize("header", SOME_WORKERS)
def test_some_of_the_workers_are_not_silently_all_of_them(header: str) -> None:
    rows = ("Xã An Phú|40|300|312", "Xã Mỹ An|20|118|115")
    with pytest.raises(Unsettled, match="no header says"):
        imported(f"Đơn vị|Chỉ tiêu|{header}|Lao động khác", *rows)
    alone = imported(f"Đơn vị|Chỉ tiêu|{header}", *(row.rpartition("|")[0] for row in rows))
    assert "import.guessed" in [each.code for each in alone.findings]
    assert asked(with_column(header)) == [header]


ALL_WORKERS = (
    "CNLĐ năm",
    "CNLD nam",
    "Lao động đầu năm",
    "CNLĐ (tỉnh Hà Nam)",
    "Số lao động (nam và nữ)",
    "CNLĐ năm 2025",
)


@pytest.mark.parametrize("header", ALL_WORKERS)
def test_a_year_or_a_place_in_a_header_of_workers_leaves_it_all_of_them(header: str) -> None:
    made = imported(f"Đơn vị|Chỉ tiêu|{header}", "Xã An Phú|40|300", "Xã Mỹ An|20|118")
    assert values(made, "workforce") == [300, 118]
    assert "import.guessed" not in [each.code for each in made.findings]


LOOK_ALIKES = (
    "Số vụ tai nạn lao động",
    "Người chưa tham gia BHXH",
    "LĐ chưa đóng BHXH",
    "Kết nạp Đảng",
    "Số ĐV giới thiệu kết nạp đảng viên",
)


@pytest.mark.parametrize("header", LOOK_ALIKES)
def test_what_only_sounds_like_a_column_of_ours_is_asked_about(header: str) -> None:
    made = with_column(header)
    assert {*made.rows[0]} == {"unit", "kind", "published_quota", "workforce"}
    assert values(made, "workforce") == [1900, 2900, 3900]
    assert asked(made) == [header]


@pytest.mark.parametrize("header", ["Kết nạp đang chờ quyết định", "Ket nap dang cho", "Kết nạp khối Đảng"])
def test_recruits_are_not_of_the_party_but_where_the_accents_say_so(header: str) -> None:
    assert values(with_column(header), "recruited") == [1, 2, 3]


@pytest.mark.parametrize("header", ["CNLĐ chưa vào công đoàn, chưa tham gia BHXH", "CNLĐ chưa có tổ chức công đoàn"])
def test_those_not_organised_yet_are_the_workforce_insured_or_not(header: str) -> None:
    assert values(with_column(header), "workforce") == [1, 2, 3]


@pytest.mark.parametrize("header", ["Số vụ tai nạn lao động", "Kết nạp Đảng", "Chưa tham gia BHXH"])
def test_what_is_plainly_something_else_is_no_workforce_even_alone(header: str) -> None:
    with pytest.raises(Unsettled, match="no header says"):
        imported(f"Đơn vị|Chỉ tiêu|{header}", "Xã An Phú|40|300", "Xã Mỹ An|20|118")


SUPPLEMENTED = ("Chỉ tiêu ban đầu|Chỉ tiêu bổ sung", "Chỉ tiêu 2026|Bổ sung chỉ tiêu 2026", "Initial quota|Extra quota")
ROWS = ("Xã An Phú|600|40|5", "Xã Mỹ An|300|20|3", "Xã Vĩnh Hậu|200|10|0")


@pytest.mark.parametrize("head", SUPPLEMENTED)
def test_a_supplement_is_no_quota_of_its_own(head: str) -> None:
    open_one = imported(f"Đơn vị|CNLĐ|{head}", *ROWS)
    assert "published_quota" not in open_one.rows[0]
    assert asked(open_one) == head.split("|")
    summed = map("|".join, zip(ROWS, ("45", "23", "10"), strict=True))
    assert values(imported(f"Đơn vị|CNLĐ|{head}|Tổng chỉ tiêu", *summed), "published_quota") == [45, 23, 10]


@pytest.mark.parametrize(
    "head",
    [
        "Chỉ tiêu|Chỉ tiêu điều chỉnh, bổ sung",
        "Chỉ tiêu đầu năm|Chỉ tiêu sau bổ sung",
        "Chỉ tiêu|Chỉ tiêu đã bổ sung",
        "Chỉ tiêu|Chỉ tiêu kể cả bổ sung",
        "Chỉ tiêu đăng ký|Chỉ tiêu bổ sung",
    ],
)
def test_a_quota_with_its_supplement_is_the_quota(head: str) -> None:
    assert values(imported(f"Đơn vị|CNLĐ|{head}", *ROWS), "published_quota") == [5, 3, 0]


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        (("P. ", "X. ", "X. "), True),
        (("P.", "Q.", "Q."), True),
        (("- P. ", "- X. ", "- X. "), True),
        (("a) ", "b) ", "c) "), False),
        (("VIII. ", "IX. ", "X. "), False),
        (("O. ", "P. ", "Q. "), False),
        (("k) ", "l) ", "x) "), False),
    ],
)
def test_the_word_for_a_ward_or_a_commune_is_no_numbering(marks: tuple[str, ...], kept: bool) -> None:
    shown = [mark + name for mark, name in zip(marks, ("Rạch Giá", "An Phú", "Mỹ An"), strict=True)]
    made = imported("Đơn vị|Chỉ tiêu|CNLĐ", *(f"{name}|{n}40|{n}900" for n, name in enumerate(shown, 1)))
    right = [name.removeprefix("- ") for name in shown] if kept else ["Rạch Giá", "An Phú", "Mỹ An"]
    assert values(made, "unit") == right
