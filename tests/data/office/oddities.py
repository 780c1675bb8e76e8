"""Tables with something that no other kind has: codes, captions within, years as headers, blanks in a quota."""

from __future__ import annotations

from collections.abc import Iterator

from tests.data.office.bases import FIVE, TEN, TERM, WARDS, doc, lettered
from tests.data.office.paper import Base, Doc, Row, delimited, right, table, vi, word
from tests.data.office.structure import broad

PADS = ("{}", "  {} ", "{}:", "{} *", "{} (1)", "{}¹", "{}.", "* {}")


def odd_tables() -> Iterator[Doc]:
    ids = lettered("59")
    for codes in ([f"BP{n:02}" for n in range(1, 11)], list(range(101, 111))):
        yield doc(next(ids), TEN, extra=[("Mã đơn vị", codes)], order="#0uqwg")
    yield doc(next(ids), TEN, extra=[("Điện thoại", [f"0271 388 {n}00" for n in range(10)])], order="#u0qwg")
    yield doc(next(ids), TEN, extra=[("Cụm thi đua số", [n % 4 + 1 for n in range(10)])], order="#u0qwg", total=None)
    yield doc(next(ids), TEN, change=lambda rows: [[f"{cell}." if n == 0 and i else cell for n, cell in enumerate(row)]
                                                   if row[0] else row for i, row in enumerate(rows)])  # fmt: skip
    yield doc(
        next(ids),
        WARDS,
        change=lambda rows: [[f"0{row[0]}" if row[0] in range(9) else row[0], *row[1:]] for row in rows],
    )
    gap = {name: (None if name == "Lộc Ninh" else q, w, g) for name, (q, w, g) in TEN.units.items()}
    for blank in (None, "-"):
        yield doc(next(ids), Base("qwg", gap, 2018), blank=blank)
    title: list[Row] = [["CHỈ TIÊU PHÁT TRIỂN ĐOÀN VIÊN NĂM 2018", *[None] * 4]]
    yield doc(next(ids), TEN, change=lambda rows: [*title, *rows], options={"merged": ("A1:E1",)})
    id = next(ids)
    yield Doc(id, f"{id}.docx", word([*title, *table(TEN)], merged=[(0, 0, 0, 4)]), right(TEN))
    less = [("2016", [q - 20 for q in TEN.of("q")]), ("2017", [q - 10 for q in TEN.of("q")])]
    change, options = broad(("Chỉ tiêu", 3, "2016|2017|2018"))

    def years(rows: list[Row]) -> list[Row]:
        made = change(rows)
        return [made[0], [int(cell) if cell else None for cell in made[1]], *made[2:]]

    yield doc(next(ids), TEN, extra=less, order="#uw01q", change=years, options=options)
    id = next(ids)
    yield Doc(id, f"{id}.csv", ("sep=;\n" + delimited(table(TEN), ";")).encode("utf-8-sig"), right(TEN))
    id = next(ids)
    lines = delimited(table(TEN, show=str), ",").replace("CĐ ngành Cao su", '"CĐ ngành\nCao su"')
    yield Doc(id, f"{id}.csv", lines.encode(), right(TEN))
    yield doc(next(ids), TEN, "csv", head={"w": "Tổng số CN, VC, LĐ", "u": "Huyện, thị xã, thành phố"})
    yield doc(next(ids), TEN, show=lambda n: f"{vi(n)} LĐ" if n > 1000 else vi(n))
    for pad in PADS[1:]:
        head = {"q": pad.format("Chỉ tiêu năm 2017"), "w": pad.format("Tổng số CNLĐ"), "u": pad.format("Đơn vị")}
        yield doc(next(ids), FIVE, head=head)
    plain = {"u": "DON VI", "q": "CHI TIEU PHAT TRIEN DOAN VIEN NAM 2017", "w": "TONG SO CNLD HIEN CO", "g": "UOC TANG"}
    yield doc(next(ids), FIVE, head=plain, total="TONG CONG")
    yield doc(next(ids), FIVE, head={"u": "Đơn vi"}, ways=("--map", "Đơn vi=unit"))
    yield doc(next(ids), FIVE, head={"q": "Chi tiêu 2017"}, ways=("--map", "Chi tiêu 2017=published_quota"))
    yield doc(next(ids), FIVE, change=lambda rows: rows[1:], reads=None, refused=("tiêu đề",))
    yield doc(next(ids), TERM, order="#uqw", head={"q": "Giao năm 2019"}, total="Toàn tỉnh", show=vi)
    kinds = ["Thị xã", None, None, "Huyện", None, None, None, None, "Ngành", None]
    shown = {name: (kind, *line) for (name, line), kind in zip(TEN.units.items(), kinds, strict=True)}
    full = ["Thị xã"] * 3 + ["Huyện"] * 5 + ["Ngành"] * 2
    meant = {name: (kind, *line) for (name, line), kind in zip(TEN.units.items(), full, strict=True)}
    spans = {"merged": ("C2:C4", "C5:C9", "C10:C11")}
    yield doc(next(ids), Base("kqwg", shown, 2018), reads=right(Base("kqwg", meant)), options=spans)
    late = [("Ngày báo cáo", [f"{n + 1:02}/02/2018" for n in range(10)])]
    yield doc(next(ids), TEN, extra=late, order="#u0qwg")
    yield doc(next(ids), TEN, extra=[("Xếp hạng", list(range(10, 0, -1)))], total=None)
    yield doc(next(ids), WARDS, "docx", total="Toàn thành phố", blank="0")
    yield doc(next(ids), WARDS, "md", total="**Cộng**", blank="–")
    yield doc(next(ids), WARDS, "html", total="Σ", blank="…")
    yield doc(next(ids), TERM, "csv", total="Toàn ngành", blank="-", options={"mark": ";"})
    yield doc(next(ids), TERM, "ods", total="Cả tỉnh", show=lambda n: f"{n:,}".replace(",", "\u00a0"))
