"""A hundred calls that planners, their keyboards and their shells really make, and what has to be in the answer.

A call is the line as it reaches a shell. `said` are texts of the answer, the right command among them; the test runs
every call that an answer offers. A folder as `office` makes it is where they are called.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import openpyxl

from tests.command import allocator

TABLE = "Đơn vị,Tổng số CNLĐ,Chỉ tiêu 2017\nAn Phú,600,50\nTịnh Biên,300,30\nChâu Phú,100,20\n"
NEW = "Đơn vị,Tổng số CNLĐ,Ước số lao động tăng\nAn Phú,600,20\nTịnh Biên,300,0\nChâu Phú,100,10\n"
SCENARIO = "data: bang.csv\ntarget: 100\nlot: 10\nyear: 2017\n"


class Mistake(NamedTuple):
    """A call, the language of its answer, what is said, the exit status, and whether a mending call is offered."""

    language: str
    call: str
    said: tuple[str, ...]
    status: int = 2
    mended: bool = True


def office(folder: Path) -> None:
    """Write what lies about in a planner's folder."""
    texts = {
        "bang.csv": TABLE,
        "bảng số liệu.csv": TABLE,
        "moi.csv": NEW,
        "trung-ten.csv": "Đơn vị,Tổng số CNLĐ,Chỉ tiêu 2017\nHòa An,600,50\nHoà Ân,300,30\n",
        "kich-ban.yaml": SCENARIO,
        "kế hoạch.yaml": SCENARIO,
        "khac.yml": SCENARIO,
        "con/cap-duoi.yaml": "extends: ../kich-ban.yaml\n",
        "tinh-toi/units.csv": TABLE,
        "tinh-toi/base.yaml": "data: ../bang.csv\ntarget: 100\nlot: 10\n",
        "tien-do.csv": "Đơn vị,Kết nạp,Giảm,Ngày\nAn Phú,20,1,15/05/2017\n",
        "nguoc.csv": "Đơn vị,Giảm,Ngày\nAn Phú,1,15/05/2017\n",
        "dn.csv": "Đơn vị,Tên doanh nghiệp,Số lao động,Có công đoàn\nAn Phú,A,60,không\n",
        "rong.csv": "",
        "de-nghi.csv": "Đơn vị,Chỉ tiêu đề nghị\nLong Xuyên,900\n",
        "de-nghi-sai.csv": "unit,bid\nNhà máy,10\n",
        "rong.yaml": "",
        "khoa-sai.yaml": "data: bang.csv\ntarget: 100\ngrowht: {realisation: 0.3}\n",
        "ghi-chu.txt": "Họp lúc 8 giờ\n",
        "bao-cao": "tệp cũ\n",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in TABLE.splitlines():
        book.worksheets[0].append([int(each) if each.isdigit() else each for each in row.split(",")])
    book.save(folder / "bang.xlsx")
    (folder / "~$bang.xlsx").write_bytes(b"\x03Lan")
    (folder / "phu-luc.pdf").write_bytes(b"%PDF-1.4\n")
    allocator("run", "kich-ban.yaml", "--out", "ket-qua.json", cwd=folder)
    (folder / "hong.json").write_text(json.dumps({"a": 1}), encoding="utf-8")


MISTAKES = [
    # Names of commands
    Mistake("vi", "allocator expalin", ("không có expalin: có phải ý bạn là explain?", "allocator explain")),
    Mistake("vi", "allocator Run", ("allocator run",)),
    Mistake("vi", "allocator allocator run", ("allocator run",)),
    Mistake("vi", "allocator help run", ("allocator run --help",)),
    Mistake("vi", "allocator help", ("allocator --help",)),
    Mistake("vi", "allocator chay kich-ban.yaml", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator 'phân bổ' kich-ban.yaml", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator kich-ban.yaml", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator bang.xlsx", ("allocator run bang.xlsx",)),
    Mistake("vi", "allocator an-giang-2017/base", ("allocator run an-giang-2017/base",)),
    Mistake("en", "allocator alocate an-giang-2017/base", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator kich-ban.yaml run", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator --set lot=1 run kich-ban.yaml", ("allocator run --set lot=1 kich-ban.yaml",)),
    Mistake("en", "allocator --json run", ("allocator run --json",)),
    Mistake("en", "allocator scenario", ("allocator scenarios",)),
    Mistake("vi", "allocator key growth", ("allocator keys growth",)),
    Mistake("vi", "allocator '$' allocator run", ("allocator run",)),
    Mistake("vi", "allocator xyzzy", ("allocator --help",)),
    # Names of options
    Mistake("vi", "allocator explain --unt 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain -unit 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain '–unit' 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain '—unit' 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain --Unit 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain --units='Châu Phú'", ("allocator explain '--unit=Châu Phú'",)),
    Mistake("vi", "allocator explain --don-vi 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator run '/json'", ("allocator run --json",)),
    Mistake("en", "allocator run --output r.json", ("allocator run --out r.json",)),
    Mistake("vi", "allocator run --traget 6000", ("allocator run --target 6000",)),
    Mistake("vi", "allocator run --lang fr", ("allocator run --lang vi",)),
    Mistake("vi", "allocator run --format=CSV", ("allocator run --format=csv",)),
    Mistake("en", "allocator run --format xlsx", ("--format csv",)),
    Mistake("en", "allocator run --json=1", ("allocator run --json",)),
    Mistake("vi", "allocator run --json --format csv", ("allocator run --format csv",)),
    Mistake("vi", "allocator run --format md --format csv --json", ("allocator run --json",)),
    Mistake("vi", "allocator run --set", ("--set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --out", ("allocator run --out ketqua.json",)),
    Mistake("en", "allocator sensitivity --draws", ("allocator sensitivity --draws",)),
    # Scenarios and paths
    Mistake("vi", "allocator run an-giang/base", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run an-giang-2017", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run an-giang-2017/base.yaml", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run 'an-giang-2017\\base'", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run An-Giang-2017/Base", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run base", ("allocator run an-giang-2017/base",)),
    Mistake("vi", "allocator run kich-ban", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator run kich-bna.yaml", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator run khac.yaml", ("allocator run khac.yml",)),
    Mistake("vi", "allocator run cap-duoi.yaml", ("allocator run con/cap-duoi.yaml",)),
    Mistake("vi", "allocator run kế hoạch.yaml", ("allocator run 'kế hoạch.yaml'",)),
    Mistake(
        "vi",
        "allocator run kich-ban.yaml --data bảng số liệu.csv",
        ("allocator run kich-ban.yaml --data 'bảng số liệu.csv'",),
    ),
    Mistake("vi", "allocator run tinh-toi", ("allocator run tinh-toi/base.yaml",)),
    Mistake("vi", "allocator run kich-ban.yaml --data tinh-toi", ("--data tinh-toi/units.csv",)),
    Mistake("vi", "allocator run '~$bang.xlsx'", ("allocator run bang.xlsx",)),
    Mistake("vi", "allocator run phu-luc.pdf", (".docx",), mended=False),
    Mistake("vi", "allocator run rong.csv", ("tệp trống",), mended=False),
    Mistake("vi", "allocator run rong.yaml", ("data: và target:",), mended=False),
    Mistake("vi", "allocator run khoa-sai.yaml", ("khoa-sai.yaml:3", "allocator keys growth")),
    Mistake("vi", "allocator run moi.csv", ("allocator run moi.csv --target 500",)),
    Mistake("en", "allocator run nowhere/deep.yaml", ("allocator scenarios",)),
    Mistake("vi", "allocator run ket-qua.json", ("allocator verify ket-qua.json",)),
    Mistake("vi", "allocator explain ket-qua.json", ("allocator verify ket-qua.json",)),
    Mistake("vi", "allocator verify kich-ban.yaml", ("allocator run kich-ban.yaml --out",)),
    Mistake("en", "allocator verify bang.csv", ("allocator run bang.csv --out",)),
    Mistake("en", "allocator verify hong.json", ("allocator run --out",)),
    Mistake("vi", "allocator audit kich-ban.yaml", ("allocator audit bang.csv",), 2),
    Mistake(
        "en",
        "allocator run an-giang-2017/base an-giang-2017/full-growth",
        ("allocator compare an-giang-2017/base an-giang-2017/full-growth",),
    ),
    Mistake("en", "allocator verify", ("allocator run --out",)),
    Mistake(
        "vi", "allocator review tien-do.csv kich-ban.yaml", ("allocator review kich-ban.yaml --progress tien-do.csv",)
    ),
    Mistake("vi", "allocator review kich-ban.yaml", ("--progress",), mended=False),
    Mistake("vi", "allocator review kich-ban.yaml --progress nguoc.csv", ("Giảm",), mended=False),
    Mistake("vi", "allocator unions kich-ban.yaml dn.csv", ("allocator unions dn.csv kich-ban.yaml",)),
    Mistake(
        "vi", "allocator run --set 'growth={realisaton: 0.3}'", ("allocator run --set 'growth={realisation: 0.3}'",)
    ),
    Mistake(
        "en", "allocator run --set 'uncertainty.workforce={low: 0.9}'", ("allocator keys uncertainty.default.low",)
    ),
    Mistake(
        "vi",
        "allocator run --set 'bounds.units={Châu Phú: {lot: 12}}'",
        ("không đặt được lô riêng cho từng đơn vị", "allocator keys lot"),
    ),
    # Names of units
    Mistake("vi", "allocator explain --unit Châu Phú", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain --unit '“Châu' 'Phú”'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("en", 'allocator explain --unit "\'Châu" "Phú\'"', ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain --unit 'Châu Phúc'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake("vi", "allocator explain --unit 'huyện Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake(
        "vi", "allocator appeal --unit 'Lng Xuyên' --quota 950", ("allocator appeal --unit 'Long Xuyên' --quota 950",)
    ),
    Mistake("vi", "allocator explain 'Châu Phú'", ("allocator explain --unit 'Châu Phú'",)),
    Mistake(
        "vi",
        "allocator explain trung-ten.csv --unit 'hoa an'",
        ("Hoà Ân và Hòa An", "--unit 'Hòa An'", "--unit 'Hoà Ân'"),
    ),
    Mistake(
        "vi",
        "allocator run trung-ten.csv --set 'locks=[{unit: hoa an, quota: 10}]'",
        ("Hoà Ân và Hòa An", "unit: Hòa An, quota", "unit: Hoà Ân, quota"),
    ),
    Mistake("vi", "allocator explain --unit Hà Nội", ("không có đơn vị Hà Nội", "allocator run --format md")),
    Mistake("vi", "allocator round de-nghi-sai.csv", ("không có đơn vị Nhà máy", "allocator run --format md")),
    Mistake("en", "allocator round de-nghi.csvv", ("allocator round de-nghi.csv",)),
    Mistake("vi", "allocator appeal 'Long Xuyên' 950", ("allocator appeal --unit 'Long Xuyên' --quota 950",)),
    Mistake("vi", "allocator appeal --quota 950", ("--unit 'Long Xuyên'",)),
    Mistake(
        "en",
        "allocator run --set 'table.Chau Phuc.workforce=428'",
        ("allocator run --set 'table.Châu Phú.workforce=428'",),
    ),
    # Figures
    Mistake("vi", "allocator appeal --unit 'Long Xuyên' --quota 1.000", ("--quota 1000",)),
    Mistake("en", "allocator appeal --unit 'Long Xuyên' --quota 1,000", ("--quota 1000",)),
    Mistake(
        "vi",
        "allocator appeal --unit 'Long Xuyên' --quota 12,5",
        ("số nguyên", "allocator appeal --help"),
        mended=False,
    ),
    Mistake("vi", "allocator appeal --unit 'Long Xuyên' --quota 955", ("--quota 950",)),
    Mistake("vi", "allocator run --target 6.500", ("allocator run --target 6500",)),
    Mistake("vi", "allocator run --target '６５００ người'", ("--target 6500",)),
    Mistake("vi", "allocator run --target -100", ("số nguyên", "allocator run --target 100")),
    Mistake("vi", "allocator run --target 6505", ("--target 6500",)),
    Mistake("vi", "allocator run --target 600000", ("allocator run",), 3),
    Mistake("vi", "allocator run --target 6000 --set target=6100", ("allocator run --target 6000",)),
    Mistake("vi", "allocator run --set target=6.500", ("--set target=6500",)),
    Mistake("vi", "allocator run --set target=６５００", ("--set target=6500",)),
    Mistake("vi", "allocator run --set target", ("--set target=6500",)),
    Mistake("vi", "allocator run --set target = 6000", ("--set target=6000",)),
    Mistake("en", "allocator run --set lot=1=2", ("allocator keys lot",)),
    Mistake("vi", "allocator run --set realisation=0.3", ("--set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --set 'growth.realisation = 0,3'", ("--set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --set growth.realisation=30", ("--set 'growth.realisation=30 %'",)),
    Mistake("vi", "allocator run --set growth.realization=0.3", ("--set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --set growth:realisation=0.3", ("--set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --set 'growth.realisation=mười phần trăm'", ("allocator keys growth.realisation",)),
    Mistake("vi", "allocator run growth.realisation=0.3", ("allocator run --set growth.realisation=0.3",)),
    Mistake("vi", "allocator run --set growth.realisation:0.3", ("--set growth.realisation=0.3",)),
    Mistake(
        "en",
        "allocator run --set 'table.Châu Phú.workforc=428'",
        ("allocator run --set 'table.Châu Phú.workforce=428'",),
    ),
    Mistake("vi", "allocator run --set signpost=websters", ("--set signpost=webster",)),
    Mistake("en", "allocator run --numbers de moi.csv --target 500", ("--numbers vi",)),
    Mistake("vi", "allocator run bang.csv --map 'Tổng CNLĐ=workforce'", ("--map 'Tổng số CNLĐ=workforce'",)),
    Mistake("vi", "allocator run bang.csv --map 'Tổng số CNLĐ=Work Force'", ("--map 'Tổng số CNLĐ=workforce'",)),
    # Files to write
    Mistake("vi", "allocator run --out kq.csv", ("allocator run --format csv > kq.csv",)),
    Mistake("vi", "allocator run --out kq.xlsx", ("allocator report --formats xlsx --out kq",)),
    Mistake("vi", "allocator run --edits bang.csv", ("allocator report",), mended=False),
    Mistake("vi", "allocator run --save kich-ban.yaml", ("allocator run --save kich-ban-2.yaml",)),
    Mistake("vi", "allocator report --out bao-cao", ("allocator report --out bao-cao-2",)),
    Mistake("vi", "allocator report kich-ban.yaml --formats pdf --out r", ("--formats docx",)),
    Mistake("en", "allocator report kich-ban.yaml --out r --formats xlsx docx", ("--formats xlsx,docx",)),
    Mistake("vi", "allocator report kich-ban.yaml", ("allocator report kich-ban.yaml --out bao-cao-2",)),
    Mistake("vi", "allocator new bang.xlsx", ("allocator new bang.xlsx --out ",)),
    # And more of every kind
    Mistake(
        "vi",
        "allocator run --set table.Châu Phú.workforce=428 --target 6000",
        ("ngoặc kép", "allocator run --set 'table.Châu Phú.workforce=428' --target 6000"),
    ),
    Mistake("vi", "allocator run -target 6000", ("allocator run --target 6000",)),
    Mistake("vi", "allocator run --target=6.500", ("allocator run --target=6500",)),
    Mistake("vi", "allocator run --target 6500 người", ("allocator run --target 6500",)),
    Mistake("vi", "allocator keys 'tỷ lệ thực hiện'", ("allocator keys attainment",)),
    Mistake("en", "allocator synth --units 0 --out q", ("allocator synth --units 1 --out q",)),
    Mistake("vi", "allocator calibrate --range realisation=0-0.5", ("allocator calibrate --range realisation=0:0.5",)),
    Mistake("vi", "allocator sensitivity kich-ban.yaml --draws 0", ("--draws 16384",)),
    Mistake("vi", "allocator sensitivity kich-ban.yaml --draws 10.000", ("--draws 10000",)),
    Mistake(
        "en",
        "allocator sensitivity kich-ban.yaml --seed abc",
        ("a whole number", "allocator sensitivity kich-ban.yaml --seed 0"),
    ),
    Mistake("vi", "allocator import bang.xlsx", ("allocator import bang.xlsx --out tinh-toi-2",)),
    Mistake("vi", "allocator new kich-ban.yaml --out x", ("đây là kịch bản", "allocator run kich-ban.yaml")),
    Mistake("vi", "allocator run --out tinh-toi", ("allocator run --out tinh-toi/ket-qua.json",)),
    Mistake("vi", "allocator run --format json", ("allocator run --json",)),
    Mistake("vi", "allocator -v", ("allocator --version",)),
    Mistake("vi", "allocator version", ("allocator --version",)),
    Mistake("vi", "allocator '/?'", ("allocator --help",)),
    Mistake("vi", "allocator run '?'", ("allocator run --help",)),
    Mistake(
        "vi",
        "allocator compare an-giang-2017/base,an-giang-2017/full-growth",
        ("allocator compare an-giang-2017/base an-giang-2017/full-growth",),
    ),
    Mistake("vi", "allocator run 'kich-ban.yaml '", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator run 'C:\\Users\\a\\kich-ban.yaml'", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator run kich-ban.yaml.txt", ("allocator run kich-ban.yaml",)),
    Mistake("vi", "allocator run --set bounds.max_share=60", ("allocator run --set 'bounds.max_share=60 %'",)),
    Mistake("vi", "allocator run --set target=-6500", ("allocator keys target",)),
    Mistake("vi", "allocator schema --format csv", ("không in bảng nào", "allocator schema")),
    Mistake("vi", "allocator run kich-ban.yaml --set 'lot: 5'", ("allocator run kich-ban.yaml --set lot=5",)),
    Mistake("vi", "allocator run kich-ban.yaml --json false", ("allocator run kich-ban.yaml --json",)),
]
