"""Tables whose surroundings, figures or names are written as offices write them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.data.office.bases import FIVE, LETTERHEAD, SIGNED, TEN, TERM, WARDS, doc, lettered, renamed, sums
from tests.data.office.paper import Base, Doc, Row, vi


def surroundings() -> Iterator[Doc]:
    ids = lettered("01")
    note = [None, "Ghi chú: số liệu CNLĐ theo BHXH tỉnh đến 31/12/2016."]
    yield doc(next(ids), TEN, top=LETTERHEAD, bottom=[[], note, *SIGNED])
    names = [[None, "TM. BAN THƯỜNG VỤ"], [None, "PHÓ CHỦ TỊCH"], [None, "(đã ký)"]]
    yield doc(next(ids), WARDS, bottom=[[None, "Nơi nhận:"], [None, "- Như trên;"], [None, "- Lưu: VT."], *names])
    day = [None, None, "Long Xuyên, ngày 15 tháng 02 năm 2017"]
    yield doc(next(ids), top=LETTERHEAD, bottom=[day, ["Người lập biểu", None, "Kế toán trưởng", "Chủ tịch"]])
    yield doc(next(ids), TEN, change=lambda rows: [*rows[:4], [], *rows[4:7], [], [], *rows[7:]])
    told = ["Tổng chỉ tiêu phát triển đoàn viên năm 2017 của tỉnh: 4.250 đoàn viên."]
    yield doc(next(ids), top=[["KẾ HOẠCH 2017"], told, []], total=None)
    yield doc(next(ids), TEN, top=[[], [], []], change=lambda rows: [[None, None, *row] for row in rows])
    notes = [["(1) Nguồn: Bảo hiểm xã hội tỉnh."], ["(2) Dự kiến của Ban Quản lý các khu công nghiệp, 2.000 lao động."]]
    yield doc(next(ids), bottom=[[], *notes], head={"w": "Tổng số CNLĐ (1)", "g": "Ước số lao động tăng (2)"})
    yield doc(next(ids), TEN, bottom=[["Bằng chữ: Năm nghìn đoàn viên."], ["Ngày 5/3/2018"]])
    yield doc(next(ids), TERM, top=LETTERHEAD, bottom=SIGNED, total="Cộng")
    yield doc(next(ids), TEN, "csv", top=LETTERHEAD, bottom=[[], note, *SIGNED])
    yield doc(next(ids), FIVE, "docx", bottom=[[None, "TM. BAN THƯỜNG VỤ"], [None, "CHỦ TỊCH"]])


def places_of_sums() -> Iterator[Doc]:
    ids = lettered("02")
    yield doc(next(ids), TEN, change=lambda rows: [rows[0], rows[-1], *rows[1:-1]])
    yield doc(next(ids), change=lambda rows: [rows[0], rows[-1], *rows[1:]], total="Toàn tỉnh")
    numbers: list[Row] = [["(1)", "(2)", "(3)", "(4)", "(5)"]]
    yield doc(next(ids), change=lambda rows: [rows[0], *numbers, *rows[1:]])
    yield doc(next(ids), TEN, change=lambda rows: [rows[0], ["A", "B", 1, 2, 3], *rows[1:]])
    page = ["Cộng trang 1", "Cộng trang 2"]

    def pages(rows: list[Row]) -> list[Row]:
        one, two = sums(rows, 1, 5, page[0]), sums(rows, 6, 10, page[1])
        return [*rows[:6], one, rows[0], *rows[6:11], two, *rows[11:]]

    yield doc(next(ids), TEN, change=pages)
    carried = "Mang sang"

    def carry(rows: list[Row]) -> list[Row]:
        return [*rows[:6], sums(rows, 1, 5, "Cộng mang sang"), rows[0], sums(rows, 1, 5, carried), *rows[6:]]

    yield doc(next(ids), TEN, change=carry)


def thousands() -> Iterator[Doc]:
    ids = lettered("03")
    for mark in ("\u00a0", "\u2009", "\u202f", " ", "'", "’"):
        yield doc(next(ids), TEN, show=lambda n, mark=mark: f"{n:,}".replace(",", mark))
    yield doc(next(ids), TEN, "csv", show=lambda n: f"{n:,}".replace(",", " "), options={"mark": ";"})
    yield doc(next(ids), FIVE, "docx", show=lambda n: f"{n:,}".replace(",", "\u00a0"))
    ids = lettered("04")
    yield doc(next(ids), TEN, show=vi)
    million = Base("qw", {"Quận 1": (1234567, 2345678), "Quận 3": (98000, 345000), "Gò Vấp": (7000, 64000)}, 2024)
    yield doc(next(ids), million, show=lambda n: f"{n:,}")
    yield doc(next(ids), TEN, show=lambda n: f"{n:,}", ways=("--numbers", "en"))
    yield doc(next(ids), TEN, show=str)
    yield doc(next(ids), TEN, show=lambda n: f"{n}.0")
    yield doc(next(ids), FIVE, "csv", show=lambda n: f"{n}.0")
    yield doc(next(ids), TEN, show=lambda n: n + 0.00000000001)
    yield doc(next(ids), FIVE, show=lambda n: vi(n).translate({48 + d: 0xFF10 + d for d in range(10)} | {46: 0xFF0E}))
    yield doc(next(ids), FIVE, show=lambda n: vi(n) + ",00")
    yield doc(next(ids), FIVE, show=lambda n: f"{n:,}.00")
    yield doc(next(ids), FIVE, show=lambda n: vi(n) + " người")
    yield doc(next(ids), FIVE, show=lambda n: f" {vi(n)}\u00a0 ")
    yield doc(next(ids), FIVE, "csv", show=lambda n: f"{n:,}", ways=("--numbers", "en"))
    share = ("Tỷ lệ (%)", ["53.58%", "21.01%", "22.73%", "46.58%", "78.43%"])
    yield doc(next(ids), FIVE, "csv", show=lambda n: f"{n:,}", extra=[share])
    yield doc(next(ids), FIVE, show=lambda n: n if n < 1000 else vi(n))
    gross = {"q": "Allocated quota", "u": "Unit", "w": "Workforce", "g": "Estimated growth", "#": "No."}
    yield doc(next(ids), TEN, show=lambda n: f"{n:,}", head=gross, total="Total")
    yield doc(next(ids), FIVE, show=lambda n: "0" * (n < 1000) + str(n))
    yield doc(next(ids), FIVE, show=lambda n: "'" + str(n))


def files_of_text() -> Iterator[Doc]:
    ids = lettered("05")
    for mark in (",", ";", "|", "\t"):
        yield doc(next(ids), TEN, "csv", options={"mark": mark})
        yield doc(next(ids), TEN, "csv", options={"mark": mark}, show=vi)
    for encoding in ("utf-8-sig", "utf-16"):
        yield doc(next(ids), TEN, "csv", options={"encoding": encoding})
    yield doc(next(ids), TEN, "txt", options={"mark": "   "}, blank="-", change=lambda rows: rows[:-1])
    yield doc(next(ids), TEN, "txt", change=lambda rows: [[*row, "", ""] for row in rows])
    yield doc(next(ids), TEN, "ods")
    yield doc(next(ids), TEN, "txt", change=lambda rows: [row[1:] for row in rows])
    yield doc(next(ids), FIVE, "csv", change=lambda rows: [[f" {c} " if c else c for c in row] for row in rows])
    yield doc(next(ids), FIVE, "csv", top=[["Kế hoạch, phương hướng, nhiệm vụ và giải pháp, năm 2017"]])


def names() -> Iterator[Doc]:
    ids = lettered("06")
    for form in ("{n}. {t}", "{n}) {t}", "{n}/ {t}", "{n:02d}- {t}", "- {t}", "• {t}", "+ {t}", "({n}) {t}", "{n}.{t}"):
        yield doc(next(ids), TEN, order="uqwg", name=lambda n, t, form=form: form.format(n=n, t=t))
    roman = ("I", "II", "III", "IV", "V")
    yield doc(next(ids), order="uqwg", name=lambda n, t: f"{roman[n - 1]}. {t}")
    yield doc(next(ids), order="uqwg", name=lambda n, t: f"{'abcde'[n - 1]}) {t}")
    for form in ("{t}*", "{t} (*)", "{t}¹", "{t} [1]", "  {t}\u00a0", "*  {t}"):
        yield doc(next(ids), name=lambda n, t, form=form: form.format(t=t) if n == 2 else t)
    ids = lettered("07")

    def wrapped(rows: list[Row]) -> list[Row]:
        """The last unit's name goes on in a row of its own."""
        return [*rows[:5], [5, "CĐ các", *rows[5][2:]], [None, "KCN", None, None, None], *rows[6:]]

    yield doc(next(ids), change=wrapped)
    yield doc(next(ids), FIVE, "txt", change=wrapped)
    yield doc(next(ids), name=lambda n, t: t.replace(" ", "\n") if n > 3 else t)
    parts = [["STT", "Đơn vị", "Chỉ tiêu", "Tổng số", "Ước số lao"], [None, None, "phân bổ 2017", "CNLĐ", "động tăng"]]
    yield doc(next(ids), change=lambda rows: [*parts, *rows[1:]])
    yield doc(next(ids), head={"q": "Chỉ tiêu\nphân bổ\n2017", "w": "Tổng số\nCNLĐ"})
    ids = lettered("08")
    places = ("Quận 1", "Quận 3", "Quận 10", "Phường 12", "Tổng công ty 28")
    yield renamed(next(ids), places)
    yield renamed(next(ids), ("Cộng Hòa", "Tổng công ty 28", "Khối 5", "Chung Sơn", "Tổng kho Long Bình"), total=None)
    yield renamed(next(ids), ("Cộng Hòa", "Tổng công ty Cao su", "Khối 5", "Toàn Thắng", "Trong Đó"))
    yield renamed(next(ids), ("1975", "2017", "Nông trường 30/4", "19-5", "Xí nghiệp 2"))
    yield renamed(next(ids), ("Đơn vị sự nghiệp", "Chỉ tiêu đội 1", "Lao động xã hội", "Công đoàn cơ sở", "Tổng hợp"))
    yield renamed(next(ids), ("Kon Tum", "Krông Pắc", "Ea H'leo", "Cư M'gar", "M'Đrắk"))
    yield renamed(next(ids), ("LĐLĐ TP. Thủ Đức", "CĐ Dệt May", "CĐCS Cty TNHH A&B", "CĐ VC (khối Đảng)", "KCN 1, 2"))
    yield renamed(next(ids), ("Xã A", "Xã B", "Xã C", "Xã I", "Xã V"), ending="csv")
    yield renamed(next(ids), ("TT. Núi Sập", "X. Vĩnh Trạch", "P. Mỹ Bình", "H. Thoại Sơn", "Tx. Tân Châu"))


def negatives_and_blanks() -> Iterator[Doc]:
    ids = lettered("21")
    for form in ("({})", "−{}", "–{}", "- {}", "-{}", "‑{}"):
        show = lambda n, form=form: vi(n) if n >= 0 else form.format(vi(-n))  # noqa: E731
        yield doc(next(ids), TERM, show=show, total="Tổng cộng")
    ids = lettered("22")
    for blank in ("-", "‐", "‒", "–", "—", "―", "−", "﹣", "－", "---", "- -", "…", "...", "/", "//", "không", " "):
        yield doc(next(ids), TEN, blank=blank)
    yield doc(next(ids), TEN, "docx", blank="–")
    yield doc(next(ids), FIVE, blank="0")
    ids = lettered("23")
    for form in ("{}*", "{} *", "{}(1)", "{} (1)", "{}¹", "{}[1]", "{}**", "(*) {}"):
        yield doc(next(ids), show=lambda n, form=form: form.format(vi(n)) if n in (1100, 3570) else vi(n))
    yield doc(next(ids), FIVE, "csv", show=lambda n: f"{vi(n)} (2)" if n == 11000 else vi(n))
