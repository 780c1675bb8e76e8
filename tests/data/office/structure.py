"""Tables whose rows or columns are sums of others, or only look so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.data.documents import written
from tests.data.office.bases import FIVE, TEN, TERM, WARDS, doc, lettered, sums
from tests.data.office.paper import Base, Cell, Doc, Row, right, table, vi

TOTALS = (
    "Tổng", "TỔNG CỘNG:", "Cộng", "CỘNG", "Toàn tỉnh", "Cả tỉnh", "TC", "Toàn ngành", "Tổng số", "T. cộng", 
    "Cộng chung", "Σ", "Total", "Chung toàn tỉnh", "Tất cả", "Hết thảy", "LĐLĐ tỉnh", "Tổng toàn tỉnh", "TONG CONG", "",
    "Cộng (10 đơn vị)",
)  # fmt: skip


def totals() -> Iterator[Doc]:
    ids = lettered("14")
    for number, words in enumerate(TOTALS):
        yield doc(next(ids), (FIVE, TEN, WARDS)[number % 3] if "10" not in words else TEN, total=words)
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:-1], ["Tổng cộng", None, *rows[-1][2:]]])
    yield doc(next(ids), TEN, order="uqwg", total="Bình Phước")
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:-1], [11, "Cả tỉnh", *rows[-1][2:]]])
    yield doc(next(ids), WARDS, "csv", total="")
    misprinted = right(TEN, target=None)
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:-1], [*rows[-1][:2], 5010, *rows[-1][3:]]], reads=misprinted)
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:-1], [*rows[-1][:2], 5000, None, None]])


Section = tuple[Cell, str, int, int]


def sectioned(rows: list[Row], *sections: Section, below: bool = False, keep_total: bool = True) -> list[Row]:
    """Rows with the sum of each section (number, words, first and last row) above or below it."""
    made = [rows[0]]
    for mark, words, first, last in sections:
        own = [sums(rows, first, last, words, mark)]
        made += [*rows[first : last + 1], *own] if below else [*own, *rows[first : last + 1]]
    return made + rows[-1:] * keep_total


def numbered(rows: list[Row], marks: Sequence[Cell]) -> list[Row]:
    return [rows[0], *([mark, *row[1:]] for mark, row in zip(marks, rows[1:], strict=True))]


def sections() -> Iterator[Doc]:
    ids = lettered("30")

    def of(*parts: Section, below: bool = False, keep: bool = True, **how: Any) -> Doc:
        change = lambda rows: sectioned(rows, *parts, below=below, keep_total=keep)  # noqa: E731
        return doc(next(ids), how.pop("base", TEN), how.pop("ending", "xlsx"), change=how.pop("change", change), **how)

    bloc = ("Khối huyện, thị xã, thành phố", 1, 8), ("Khối ngành", 9, 10)
    cases: list[tuple[Sequence[Section], bool, bool]] = [
        ([(None, *each) for each in bloc], False, False),
        ([(None, *each) for each in bloc], False, True),
        ([("A", *bloc[0]), ("B", *bloc[1])], False, False),
        ([("I", *bloc[0]), ("II", *bloc[1])], False, True),
        ([(None, "Cộng khối huyện", 1, 8), (None, "Cộng khối ngành", 9, 10)], True, False),
        ([(None, "Tổng khối huyện", 1, 8), (None, "Tổng khối ngành", 9, 10)], True, True),
        ([(None, "Các huyện", 1, 8), (None, "Các ngành", 9, 10)], True, False),
        ([(None, "", 1, 8), (None, "", 9, 10)], True, True),
        ([("I", "Vùng thành thị", 1, 3), ("II", "Vùng nông thôn", 4, 8), ("III", "Ngành", 9, 10)], False, False),
    ]
    for parts, below, total in cases:
        yield of(*parts, below=below, keep=total)
    for ending in ("docx", "csv", "txt"):
        yield of(*cases[2][0], ending=ending)
    yield of(*cases[0][0], keep=False, order="#uwqg")
    marks = [1, *(f"1.{n}" for n in range(1, 9)), 2, "2.1", "2.2", None]
    yield of(change=lambda rows: numbered(sectioned(rows, *cases[0][0]), marks))
    yield of(change=lambda rows: numbered(sectioned(rows, *cases[0][0], keep_total=False), marks[:-1]))

    def deep(rows: list[Row]) -> list[Row]:
        inner = [("1", "Thành thị", 1, 3), ("2", "Nông thôn", 4, 8)]
        last = sectioned(rows, ("II", "Khối ngành", 9, 10))
        return [
            rows[0],
            sums(rows, 1, 8, "Khối địa phương", "I"),
            *sectioned(rows, *inner, keep_total=False)[1:],
            *last[1:],
        ]

    yield of(change=deep)
    yield of(change=lambda rows: deep(rows)[:-1])
    yield of(change=lambda rows: [rows[0], rows[-1], *deep(rows)[1:-1]])

    def deep_below(rows: list[Row]) -> list[Row]:
        inner = sectioned(
            rows, (None, "Cộng thành thị", 1, 3), (None, "Cộng nông thôn", 4, 8), below=True, keep_total=False
        )
        whole = sums(rows, 1, 8, "Cộng các huyện")
        return [*inner, whole, *sectioned(rows, (None, "Cộng các ngành", 9, 10), below=True)[1:]]

    yield of(change=deep_below)

    def in_which(rows: list[Row]) -> list[Row]:
        made = sectioned(rows, *cases[2][0])
        return [*made[:2], [None, "Trong đó:", None, None, None], *made[2:]]

    yield of(change=in_which)
    labels: list[Row] = [["A", "KHỐI HUYỆN", None, None, None], ["B", "KHỐI NGÀNH", None, None, None]]
    yield of(change=lambda rows: [rows[0], labels[0], *rows[1:9], labels[1], *rows[9:]])
    wide: list[Row] = [["A. KHỐI HUYỆN", *[None] * 4], ["B. KHỐI NGÀNH", *[None] * 4]]
    merged = {"merged": ("A2:E2", "A11:E11")}
    yield of(change=lambda rows: [rows[0], wide[0], *rows[1:9], wide[1], *rows[9:]], options=merged)
    part: Row = [None, "Trong đó: KCN Bình Hòa", 1000, 1200, 4000]
    yield of(base=FIVE, change=lambda rows: [*rows[:6], part, *rows[6:]], refused=("Trong đó",))
    only_quota = lambda rows: [[*row[:3], None, None] if row[0] in ("A", "B") else row for row in rows]  # noqa: E731
    yield of(change=lambda rows: only_quota(sectioned(rows, *cases[2][0])))
    yield of(change=lambda rows: [rows[0], rows[-1], *sectioned(rows, *cases[2][0], keep_total=False)[1:]])
    one = [("A", "Khối huyện", 1, 3), ("B", "Khối ngành", 4, 4), ("C", "Khối KCN", 5, 5)]
    yield of(*one, base=FIVE)
    yield of(*[(None, *each[1:]) for each in one], base=FIVE, keep=False, refused=("Khối KCN|Khối ngành",))
    yield of(*[("A", "Thành phố", 1, 1), ("B", "Các huyện, thị xã", 2, 6)], base=TERM)
    yield of(*[("I", "Khối xã", 1, 3), ("II", "Khối phường, đặc khu", 4, 6)], base=WARDS, show=vi)
    yield of(*[("I", "Khối xã", 1, 3), ("II", "Khối phường, đặc khu", 4, 6)], base=WARDS, blank="-", below=True)
    english = Base("wq", {"Long My": (1000, 100), "Vi Thuy": (600, 60), "Health": (300, 30), "Education": (500, 50)})
    named = {"u": "unit", "w": "workforce", "q": "published_quota"}
    parts = ((None, "Subtotal districts", 1, 2), (None, "Subtotal sectors", 3, 4))

    def in_english(rows: list[Row]) -> list[Row]:
        return [row[1:] for row in sectioned([[None, *row] for row in rows], *parts, below=True)]

    how = {"head": named, "order": "uwq", "total": "Grand total", "change": in_english}
    yield of(base=english, ending="csv", **how)
    yield doc_of_formulas(next(ids), valued=True)


def doc_of_formulas(id: str, valued: bool) -> Doc:
    """Sums as formulas, with the values a spreadsheet program stores or without."""
    rows = sectioned(table(FIVE), ("A", "Khối huyện", 1, 3), ("B", "Khối ngành", 4, 5))

    def fill(book: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if row[0] in ("A", "B") and column > 1:
                    sheet.write_formula(number, column, f"=SUM({'CDE'[column - 2]}3:C4)", None, value if valued else "")
                elif value is not None:
                    sheet.write(number, column, value)

    return Doc(id, f"{id}.xlsx", written(fill), right(FIVE))


def no_sums() -> Iterator[Doc]:
    """Figures that happen to add up, and a clerk sees units all the same."""
    ids = lettered("31")

    def of(letters: str, *figures: Sequence[int | None], ending: str = "xlsx", **how: Any) -> Doc:
        names = ("Ba Tri", "Bình Đại", "Châu Thành", "Chợ Lách", "Giồng Trôm", "Mỏ Cày", "Thạnh Phú")
        return doc(next(ids), Base(letters, dict(zip(names, figures, strict=False)), 2021), ending, **how)

    yield of("qw", (100, 410), (200, 520), (300, 977), (90, 300), total=None)
    yield of("qw", (100, 410), (200, 520), (300, 977), (90, 300))
    yield of("qw", (130, 410), (75, 520), (60, 255), (190, 931), total=None)
    yield of("qw", (100, 400), (200, 500), (300, 900), (150, 700))
    yield of("qwg", (120, 400, 10), (80, 310, None), (0, 0, 0), (70, 205, 4))
    yield of("qwg", (0, 0, 0), (80, 310, None), (120, 400, 10), (70, 205, 4), total=None)
    yield of("qw", (41, 410), (52, 520), (98, 980), (30, 300), (77, 770))
    yield of("qw", (60, 255), (60, 255), (90, 310), (40, 188))
    yield of("qw", (300, 1200), (100, 310), (200, 640), (75, 290), total=None)
    yield of("qw", *[(100, each) for each in (410, 325, 288, 764, 199)], total=None)
    yield of("qw", (120, 400), (80, 310))
    yield of("qw", (120, 400))
    yield of("qw", (120, 400), total=None)
    yield of("qw", (120, 120), (80, 80), (75, 75), (46, 46))
    yield of("qwg", (120, 400, 0), (80, 310, 0), (75, 290, 0), (46, 130, 0), total=None)
    yield of("qwg", (120, 400, 0), (80, 310, 0), (75, 290, 0), (46, 130, 0), ending="csv")
    yield of("qw", (10, 100), (20, 200), (40, 400), (70, 800), (140, 1510), total=None)


def broad(*tops: tuple[str, int, str]) -> tuple[Callable[[list[Row]], list[Row]], dict[str, Any]]:
    """A second header row: titles (words, first column, headers below with bars between), the rest joined downwards."""
    below = {first + n: each for _, first, parts in tops for n, each in enumerate(parts.split("|"))}
    above = {first: words for words, first, _ in tops}

    def change(rows: list[Row]) -> list[Row]:
        top = [above.get(n) if n in below else text for n, text in enumerate(rows[0])]
        return [top, [below.get(n) for n in range(len(rows[0]))], *rows[1:]]

    letter = "ABCDEFGHIJKLMNOP"
    spans = [f"{letter[first]}1:{letter[first + parts.count('|')]}1" for _, first, parts in tops if "|" in parts]
    return change, {"merged": spans}


def sums_across() -> Iterator[Doc]:
    ids = lettered("20")
    private = [int(each * 0.7) for each in TEN.of("w")]
    state = [all - own for all, own in zip(TEN.of("w"), private, strict=True)]
    parts = [("Khu vực nhà nước", state), ("Ngoài nhà nước", private)]
    yield doc(next(ids), TEN, extra=parts, order="#uq01wg")
    yield doc(next(ids), TEN, extra=parts, order="#uqw01g", head={"w": "Tổng số CNLĐ", "g": "Ước tăng"})
    change, options = broad(("Số CNLĐ hiện có", 3, "Nhà nước|Ngoài nhà nước|Cộng"))
    yield doc(next(ids), TEN, extra=parts, order="#uq01wg", change=change, options=options)
    quarters = [(f"Quý {['I', 'II', 'III', 'IV'][n]}", [n * each // 10 for each in TEN.of("q")]) for n in (1, 2, 3)]
    last = [all - sum(each[1][n] for each in quarters) for n, all in enumerate(TEN.of("q"))]
    quarters.append(("Quý IV", last))
    change, options = broad(("Chỉ tiêu phát triển đoàn viên năm 2018", 3, "Cả năm|Quý I|Quý II|Quý III|Quý IV"))
    yield doc(next(ids), TEN, extra=quarters, order="#uwq0123", change=change, options=options)
    yield doc(next(ids), TEN, extra=quarters, order="#uw0123q", head={"q": "Cả năm 2018"}, ways=map_q("Cả năm 2018"))
    halves = [("6 tháng đầu năm", [4 * each // 10 for each in TEN.of("q")])]
    halves.append(("6 tháng cuối năm", [all - one for all, one in zip(TEN.of("q"), halves[0][1], strict=True)]))
    yield doc(next(ids), TEN, extra=halves, order="#uwq01")
    whole = [3 * each for each in TEN.of("w")]
    members = [2 * each for each in TEN.of("w")]
    three = [("Tổng số CNLĐ", whole), ("Đã là đoàn viên", members)]
    yield doc(next(ids), TEN, extra=three, order="#u01wqg", head={"w": "Chưa là đoàn viên"})
    change, options = broad(("Công nhân lao động", 2, "Tổng số|Trong đó: chưa vào công đoàn"))
    yield doc(next(ids), TEN, extra=three, order="#u0wqg", change=change, options=options)
    yield doc(next(ids), TEN, extra=[three[0]], order="#u0wqg", head={"w": "Số CNLĐ chưa gia nhập công đoàn"})
    change, options = broad(
        ("Thực hiện giai đoạn 2015 - 2018", 3, "Phát triển ĐV mới|Số đoàn viên giảm|Số ĐV tăng thêm")
    )
    yield doc(next(ids), TERM, change=change, options=options)
    women = [("Trong đó: nữ", [each // 2 for each in TEN.of("q")])]
    yield doc(next(ids), TEN, extra=women, order="#uq0wg")
    women = [("Trong đó nữ", [each // 2 for each in TEN.of("w")])]
    yield doc(next(ids), TEN, extra=women, order="#uqw0g")
    change, options = broad(("Chỉ tiêu 2018", 2, "DN nhà nước|DN ngoài nhà nước|Tổng cộng"))
    split = [("DN nhà nước", [each // 5 for each in TEN.of("q")])]
    split.append(("DN ngoài nhà nước", [each - each // 5 for each in TEN.of("q")]))
    yield doc(next(ids), TEN, extra=split, order="#u01qwg", change=change, options=options)


def map_q(header: str) -> tuple[str, ...]:
    return ("--map", f"{header}=published_quota")
