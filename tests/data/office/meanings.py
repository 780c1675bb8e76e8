"""Tables whose columns are alike, whose figures are in thousands or money, or which stand beside other tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl

from tests.data.documents import saved
from tests.data.office.bases import FIVE, LETTERHEAD, SIGNED, TEN, TERM, doc, lettered, sums
from tests.data.office.paper import Base, Doc, Row, right, table
from tests.data.office.structure import broad, map_q


def units_of_measure() -> Iterator[Doc]:
    ids = lettered("25")
    typed = lambda rows: [[2.1 if cell == 2100 else cell for cell in row] for row in rows]  # noqa: E731
    yield doc(next(ids), TEN, change=typed, refused=("C6",))
    odd = Base("qw", {"Thuận An": (3000, 8200), "Dĩ An": (750, 2110), "Bến Cát": (420, 1180), "Tân Uyên": (380, 960)})
    typed = lambda rows: [[3 if cell == 3000 else cell for cell in row] for row in rows]  # noqa: E731
    yield doc(next(ids), odd, change=typed, refused=("Thuận An|C2",))
    ids = lettered("27")
    thousand = lambda n: n / 1000  # noqa: E731
    unit: list[Row] = [["ĐVT: nghìn người"]]
    yield doc(next(ids), TEN, top=unit, show=thousand, refused=("nghìn",))
    words = lambda n: f"{n / 1000:.3f}".replace(".", ",")  # noqa: E731
    yield doc(next(ids), TEN, top=[["Đơn vị tính: 1.000 người"]], show=words, refused=("nghìn|1.000 người",))
    some = {"w": "Tổng số CNLĐ (nghìn người)", "g": "Ước số lao động tăng (nghìn người)"}

    def scaled(rows: list[Row]) -> list[Row]:
        return [rows[0], *([*row[:3], *(each / 1000 if each else each for each in row[3:])] for row in rows[1:])]

    yield doc(next(ids), TEN, head=some, change=scaled, refused=("nghìn",))
    yield doc(next(ids), TEN, top=[[None, None, None, None, "ĐVT: người"]])
    yield doc(next(ids), TEN, top=[["Đơn vị tính: Đoàn viên, lao động"]], total="Cộng")
    lacks = ("CNLĐ|lao động|workforce|triệu đồng",)
    money = {"q": "Chỉ tiêu thu", "w": "Tổng số phải thu", "g": "Ước tăng thu"}
    yield doc(next(ids), TEN, top=[["Đơn vị tính: triệu đồng"]], head=money, reads=None, refused=lacks)
    money = {"q": "Kinh phí công đoàn (triệu đồng)", "w": "Đoàn phí (triệu đồng)", "g": "Chi trong năm (triệu đồng)"}
    yield doc(next(ids), TEN, head=money, reads=None, refused=lacks)
    yield doc(next(ids), FIVE, "docx", options={"before": ["PHỤ LỤC", "(Đơn vị tính: Người)"]})
    pair = [("Thu kinh phí (triệu đồng)", [1200, 70, 31, 95, 4400])]
    yield doc(next(ids), FIVE, top=[["ĐVT: người; triệu đồng"]], extra=pair)


def meanings() -> Iterator[Doc]:
    ids = lettered("32")
    title: list[Row] = [["GIAO CHỈ TIÊU PHÁT TRIỂN ĐOÀN VIÊN NĂM 2018"]]
    yield doc(next(ids), TEN, top=title, head={"q": "Số đoàn viên kết nạp năm 2018"}, order="#uwqg")
    yield doc(next(ids), TEN, top=title, head={"q": "Phát triển đoàn viên"}, order="#uwq")
    less = lambda cut: [each - cut for each in TEN.of("q")]  # noqa: E731
    past = [("Chỉ tiêu 2017", less(10)), ("Thực hiện 2017", less(20))]
    for order in ("#uw01q", "#uwq01", "#u01qwg"):
        yield doc(next(ids), TEN, extra=past, order=order, head={"q": "Chỉ tiêu 2018"})
    yield doc(next(ids), TEN, extra=past, order="#uw01q", head={"q": "Kế hoạch 2018"})
    yield doc(next(ids), TEN, top=title, extra=[("Năm 2016", less(30)), ("Năm 2017", less(10))], order="#uw01q",
              head={"q": "Năm 2018"}, ways=map_q("Năm 2018"))  # fmt: skip
    change, options = broad(("Chỉ tiêu phát triển đoàn viên", 3, "Năm 2016|Năm 2017|Năm 2018"))
    yield doc(next(ids), TEN, extra=[past[1], past[0]], order="#uw01q", change=change, options=options)
    change, options = broad(("Năm 2017", 3, "Kế hoạch|Thực hiện"), ("Năm 2018", 5, "Chỉ tiêu"))
    yield doc(next(ids), TEN, extra=past, order="#uw01q", change=change, options=options)
    money = [("Chỉ tiêu thu kinh phí (triệu đồng)", [5 * each // 2 for each in TEN.of("q")])]
    for order in ("#uw0q", "#uq0w"):
        yield doc(next(ids), TEN, extra=money, order=order, head={"q": "Chỉ tiêu đoàn viên 2018"})
    founded = [("Chỉ tiêu thành lập CĐCS năm 2018", [n % 4 for n in range(10)])]
    for order in ("#uw0q", "#uq0w"):
        yield doc(next(ids), TEN, extra=founded, order=order, head={"q": "Chỉ tiêu phát triển đoàn viên năm 2018"})
    for words in ("Tăng, giảm so với 2017", "Tăng (+), giảm (-)", "So với năm 2017", "Chênh lệch", "% so với 2017"):
        yield doc(next(ids), TEN, extra=[(words, [n * 5 - 20 for n in range(10)])], order="#uwq0")
    members = [4 * each for each in TEN.of("w")]
    after = [one + more for one, more in zip(members, TEN.of("q"), strict=True)]
    stock = [("Số đoàn viên hiện có", members), ("Tổng số đoàn viên đến cuối năm 2018", after)]
    yield doc(next(ids), TEN, extra=stock, order="#uw0q1")
    yield doc(next(ids), TEN, extra=stock, order="#uw0q")
    yield doc(next(ids), TEN, extra=[stock[1]], order="#uwq0", head={"q": "Chỉ tiêu phát triển mới"})
    own = [("Chỉ tiêu đơn vị đăng ký", less(15))]
    settled = ("--map", "Chỉ tiêu tỉnh giao=published_quota", "--map", "Chỉ tiêu đơn vị đăng ký=skip")
    yield doc(next(ids), TEN, extra=own, order="#uw0q", head={"q": "Chỉ tiêu tỉnh giao"}, ways=settled)
    first = [("Chỉ tiêu đầu năm 2018", less(15))]
    settled = ("--map", "Chỉ tiêu điều chỉnh 2018=published_quota", "--map", "Chỉ tiêu đầu năm 2018=skip")
    yield doc(next(ids), TEN, extra=first, order="#uw0q", head={"q": "Chỉ tiêu điều chỉnh 2018"}, ways=settled)
    yield doc(next(ids), TERM, head={"t": "Chỉ tiêu giao giai đoạn 2016-2020", "q": "Chỉ tiêu 2019"}, order="#utqw")
    dates = [("CNLĐ đến 31/12/2016", [each - 15 for each in TEN.of("w")])]
    settled = ("--map", "CNLĐ đến 31/12/2017=workforce", "--map", "CNLĐ đến 31/12/2016=skip")
    yield doc(next(ids), TEN, extra=dates, order="#u0wqg", head={"w": "CNLĐ đến 31/12/2017"}, ways=settled)
    yield doc(next(ids), TEN, extra=[("Tỷ lệ ĐV/CNLĐ (%)", [60 + n for n in range(10)])], order="#uw0qg")
    yield doc(next(ids), TEN, extra=[("Chỉ tiêu năm trước", less(10))], order="#uw0q", head={"q": "Chỉ tiêu năm nay"})
    lost = [("Số lao động giảm", [n * 3 for n in range(10)]), ("Số DN giải thể", [n % 3 for n in range(10)])]
    yield doc(next(ids), TEN, extra=lost, order="#uw01qg")
    kinds = ["Thị xã"] * 3 + ["Huyện"] * 5 + ["Ngành"] * 2
    units = {name: (kind, *line) for (name, line), kind in zip(TEN.units.items(), kinds, strict=True)}
    yield doc(next(ids), Base("kqwg", units, 2018))
    yield doc(next(ids), TEN, order="#ugwq")
    yield doc(next(ids), TEN, order="quw", head={"u": "Tên đơn vị"}, total=None)


def beside(*tables: Sequence[Row], names: Sequence[str] = (), hidden: str = "") -> bytes:
    """A workbook with a sheet for each table."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, rows in enumerate(tables):
        sheet = book.create_sheet((names or ("Trang 1", "Trang 2", "Trang 3"))[number])
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if sheet.title == hidden else "visible"
    return saved(book)


def other_tables() -> Iterator[Doc]:
    ids = lettered("56")
    money = table(
        Base("", dict.fromkeys(TEN.units, ())), extra=[("Kinh phí (triệu đồng)", [7 * n + 300 for n in range(10)])]
    )
    title: Row = ["Phụ lục 2: Phân bổ kinh phí năm 2018"]
    yield doc(next(ids), TEN, bottom=[[], title, *money])
    yield doc(next(ids), TEN, top=[title, *money, [], ["Phụ lục 1: Chỉ tiêu đoàn viên"]])

    def book(*tables: Sequence[Row], ending: str = "xlsx", **how: Any) -> Doc:
        id = next(ids)
        refused = how.pop("refused", ())
        reads = how.pop("reads", right(TEN))
        content = beside(*tables, **how)
        return Doc(id, f"{id}.{ending}", content, reads, refused, means={"Kinh phí (triệu đồng)": "skip"})

    main = table(TEN)
    cover: list[Row] = [["LIÊN ĐOÀN LAO ĐỘNG TỈNH"], ["BÁO CÁO NĂM 2018"], ["Người lập biểu"]]
    yield book(money, main)
    yield book(cover, main)
    yield book([], main, [])
    older = Base("qwg", {name: (q - 10, w - 5, g) for name, (q, w, g) in TEN.units.items()}, 2017)  # type: ignore[operator]
    yield book(table(older), main, hidden="Trang 1")
    yield book(table(older), main, names=("2017", "2018"), refused=("2017", "2018"))
    yield doc(next(ids), TEN, change=lambda rows: [[*row, None, *more] for row, more in zip(rows, money, strict=True)])
    summary: list[Row] = [["STT", "Khối", "Chỉ tiêu phân bổ 2018", "Tổng số CNLĐ"]]
    summary += [sums(main, 1, 8, "Khối huyện", 1)[:4], sums(main, 9, 10, "Khối ngành", 2)[:4]]
    summary.append(sums(main, 1, 10, "Tổng cộng")[:4])
    yield doc(next(ids), TEN, top=[["1. Tổng hợp"], *summary, [], ["2. Chi tiết từng đơn vị"]])
    firms = [[n, f"Công ty TNHH May {n}", 40 + 13 * n] for n in range(1, 31)]
    listed: list[Row] = [
        ["DANH SÁCH DOANH NGHIỆP CHƯA CÓ CÔNG ĐOÀN"],
        ["STT", "Tên doanh nghiệp", "Số lao động"],
        *firms,
    ]
    yield doc(next(ids), TEN, bottom=[[], *listed])
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:6], [], rows[0], *rows[6:]])
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:6], ["Trang 2"], rows[0], *rows[6:]], bottom=SIGNED)
    legend: list[Row] = [["Chú giải"], ["ĐV", "đoàn viên"], ["CNLĐ", "công nhân lao động"], []]
    yield doc(next(ids), TEN, top=legend)
    yield doc(next(ids), TERM, top=LETTERHEAD, bottom=[*SIGNED, [], title, *money])
