"""Tables whose headers are the words of many offices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tests.data.office.bases import FIVE, TEN, TERM, WARDS, doc, lettered
from tests.data.office.paper import COLUMNS, Base, Doc

WORDS = {
    "q": (
        "CT GIAO", "CT giao 2017", "Chỉ tiêu giao", "KH 2017", "Kế hoạch năm 2017", "Chỉ tiêu năm 2017 (người)",
        "Số đoàn viên giao phát triển năm 2017", "Chỉ tiêu PTĐV 2017", "Chỉ tiêu kết nạp đoàn viên mới năm 2017",
        "Giao chỉ tiêu 2017", "CHI TIEU 2017", "Chỉ tiêu phấn đấu", "Phân bổ 2017", "Số ĐV cần phát triển",
        "Chỉ tiêu phát triển mới đoàn viên", "Chỉ tiêu (đoàn viên)", "CT PTĐV", "Chỉ tiêu được giao năm 2017",
        "Kế hoạch phát triển ĐV", "Chỉ tiêu tăng thêm đoàn viên năm 2017", "Đoàn viên phải phát triển",
        "Kế hoạch giao", "Chỉ tiêu đề ra", "Quota 2017", "Giao 2017", "Dự kiến giao chỉ tiêu 2017",
    ),
    "w": (
        "CNLĐ", "Số CNLĐ", "CNLĐ chưa là đoàn viên", "Số CNLĐ chưa gia nhập công đoàn", "TONG SO CNLD",
        "Tổng số CNVCLĐ", "Số lao động", "Số lao động hiện có (người)", "LĐ hiện có", "Nguồn CNLĐ",
        "Lao động chưa vào công đoàn", "Tổng số lao động", "Số người lao động", "NLĐ", "TS CNLĐ",
        "Công nhân, viên chức, lao động", "Số CNLĐ chưa phải là ĐV", "Tổng số NLĐ chưa là đoàn viên", "Quân số",
        "Lao động đang làm việc", "Số công nhân lao động", "Tổng số CN, VC, LĐ", "Lao động có mặt", "CNVC-LĐ",
        "Nguồn lao động hiện có", "Workforce",
    ),
    "u": (
        "ĐV", "DON VI", "Tên đơn vị", "Xã, phường", "Xã/phường/đặc khu", "Huyện, thị xã, thành phố", "Địa phương",
        "CĐCS", "Công đoàn cơ sở", "Công đoàn cấp trên trực tiếp cơ sở", "LĐLĐ huyện, thị, thành phố",
        "Quận, huyện", "Các đơn vị", "Công đoàn xã, phường", "Đơn vị trực thuộc", "Địa bàn", "Tên công đoàn", "Khu vực",
        "ĐƠN VỊ, ĐỊA PHƯƠNG", "LĐLĐ các huyện và CĐ ngành", "Phường, xã, thị trấn", "Tên CĐCS", "Đầu mối",
        "Tỉnh/Thành phố", "Nội dung", "Name of unit",
    ),
    "g": (
        "UOC LD TANG", "LĐ tăng", "Dự kiến tăng lao động năm 2017", "Ước tăng", "Ước số lao động tăng (người)",
        "Số LĐ dự kiến tăng", "Dự kiến LĐ tăng thêm", "Lao động tăng trong năm", "Ước CNLĐ tăng 2017",
        "Dự kiến tuyển dụng mới", "Số lao động tăng thêm", "Ước tăng lao động trong năm 2017", "LĐ ước tăng",
        "Dự báo tăng CNLĐ", "Tăng mới trong năm", "Dự kiến tăng", "Số CNLĐ tăng", "Ước LĐ tăng", "Lao động mới",
        "Tăng trong năm 2017", "Dự kiến CNLĐ tăng thêm", "Ước tăng nguồn CNLĐ", "CNLĐ dự kiến tăng", "Uớc tăng",
        "Ước số tăng", "Estimated growth",
    ),
}  # fmt: skip
WEAK = {"Quân số", "Nội dung", "Khu vực", "Đầu mối", "Dự kiến tuyển dụng mới", "Kế hoạch giao", "Lao động có mặt"}


def words_of_headers() -> Iterator[Doc]:
    """Each header of a list once beside the usual ones of the others, then four new ones together."""
    ids = lettered("54")
    bases = itertools.cycle((FIVE, TEN, WARDS))
    for letter, words in WORDS.items():
        for each in words[: 22 if letter in "qwu" else 12]:
            base = next(bases) if "2017" not in each else FIVE
            ways = ("--map", f"{each}={COLUMNS[letter]}") if each in WEAK else ()
            yield doc(next(ids), base, head={letter: each}, ways=ways)
    ids = lettered("24")
    for number in range(0, 26, 2):
        head = {letter: words[number] for letter, words in WORDS.items()}
        weak = [f"{text}={COLUMNS[letter]}" for letter, text in head.items() if text in WEAK]
        ways = [word for each in weak for word in ("--map", each)]
        yield doc(next(ids), FIVE, head={"#": ("TT", "Số TT", "Stt", "S T T")[number // 2 % 4], **head}, ways=ways)


def words_of_history() -> Iterator[Doc]:
    ids = lettered("55")
    for head in (
        {"t": "Chỉ tiêu giao nhiệm kỳ 2018-2023", "r": "Kết nạp mới", "l": "ĐV giảm", "n": "Tăng thực"},
        {"t": "CT nhiệm kỳ", "r": "Đã kết nạp", "l": "Đoàn viên giảm", "n": "ĐV thực tăng"},
        {"t": "Chỉ tiêu NK 2018 - 2023", "r": "Số ĐV phát triển", "l": "Giảm ĐV", "n": "Tăng thêm"},
        {"t": "Chỉ tiêu cả nhiệm kỳ", "r": "ĐV kết nạp mới", "l": "Số ĐV giảm", "n": "Số ĐV tăng thuần"},
    ):
        yield doc(next(ids), TERM, head=head)
    for out, values in (
        ("Giảm trừ", 5), ("Hộ nghèo giảm", 5), ("Số doanh nghiệp", [41, 12, 7, 3, 88]), ("Ghi chú", "đã rà soát"),
        ("Dân số", [280000, 245000, 121000, 90100, 77000]),
        ("Kinh phí công đoàn (triệu đồng)", [1900, 402, 77, 1350, 9100]),
        ("Lao động giảm", [20, 11, 3, 0, 140]), ("Số CĐCS", [61, 12, 9, 44, 70]),
        ("Diện tích (km2)", [115, 451, 355, 0, 12]),
        ("Biên chế giảm", [1, 2, 1, 4, 0]), ("Thành lập CĐCS", [4, 1, 1, 1, 9]),
        ("Tai nạn lao động giảm (vụ)", [3, 1, 0, 0, 7]),
        ("Nợ BHXH giảm (triệu đồng)", [310, 22, 14, 5, 991]), ("Tỷ lệ %", ["54%", "21%", "23%", "47%", "78%"]),
    ):  # fmt: skip
        yield doc(next(ids), extra=[(out, values)], total=None)
    shares = [r / t for t, r in zip(TERM.of("t"), TERM.of("r"), strict=True)]
    printed = [f"{100 * each:.2f}%".replace(".", ",") for each in shares]
    yield doc(next(ids), TERM, extra=[("Tỷ lệ đạt", printed)], order="#utrln0qwg")
    rates = {name: (q, w, n * 13 / 100) for n, (name, (q, w, _)) in enumerate(TEN.units.items(), 2)}
    percent = lambda rows: [[f"{100 * c:.0f} %" if isinstance(c, float) else c for c in row] for row in rows]  # noqa: E731
    yield doc(next(ids), Base("qwa", rates, 2018), change=percent)
