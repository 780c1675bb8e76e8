"""Twenty tables of other offices, which no reader was tuned to: each gives a first allocation in one command.

`python -m tests.data.office.kept` tells one line about each.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.command import allocator
from tests.data.office.paper import Cell, Doc, write

# A title line: file, target, number of the column that names units and of that which they are shared by.
# Then the document line by line, cells between bars; the lines of units begin with "=".
TABLES = """
# nghe-an.xlsx 1200 1 2
DANH SÁCH GIAO CHỈ TIÊU PHÁT TRIỂN ĐOÀN VIÊN NĂM 2026

STT|Xã, phường|Số lao động chưa vào công đoàn
=1|Phường Thành Vinh|3120
=2|Phường Trường Vinh|2655
=3|Phường Cửa Lò|840
=4|Xã Diễn Châu|1290
=5|Xã Quỳnh Lưu|977
|Cộng|8882

||TM. BAN CHẤP HÀNH
# dong-nai.docx 1000 1 2
TT|Công đoàn ngành|CNVCLĐ|KH giao 2024
=1|Giáo dục|4.105|210
=2|Y tế|1.980|90
=3|Xây dựng|2.744|150
=4|Công Thương|3.310|180
=5|Cao su|6.020|370
|Tổng|18.159|1.000
# ha-noi.csv 50000 0 1
Quận, huyện|Dân số 2023
=Ba Đình|226315
=Hoàn Kiếm|140200
=Hà Đông|435500
=Đông Anh|437308
=Sóc Sơn|357652
=Ba Vì|305933
# quang-nam.xlsx 240 1 2
TT|Đoàn xã, thị trấn|Tổng số thanh niên|Đoàn viên kết nạp năm 2023
=1|Nam Phước|1420|61
=2|Duy Trinh|655|30
=3|Duy Hải|812|24
=4|Duy Vinh|590|33
=5|Duy Nghĩa|733|19
# hoi-phu-nu.xlsx 900 1 2
CHỈ TIÊU PHÁT TRIỂN HỘI VIÊN
STT|Hội LHPN huyện, thành phố|Phụ nữ chưa là hội viên
=1|Lào Cai|5210
=2|Sa Pa|3988
=3|Bảo Thắng|4120
=4|Bát Xát|2755
=5|Mường Khương|2410
|Toàn tỉnh|18483
# bao-hiem.csv 2600 1 2
Mã|BHXH huyện|Số người chưa tham gia BHXH tự nguyện
=01|Phổ Yên|12400
=02|Sông Công|6120
=03|Đại Từ|15310
=04|Phú Bình|11875
=05|Võ Nhai|7020
# hien-mau.xlsx 15000 1 2
STT|Đơn vị|Dân số trong độ tuổi hiến máu|Kết quả 2023 (đơn vị máu)
=1|Tam Kỳ|61200|3105
=2|Hội An|55310|2950
=3|Điện Bàn|124050|4800
=4|Núi Thành|80455|2770
|Tổng cộng|321015|13625
# sales.xlsx 2000 0 1
Region|Active customers|Q1 revenue (USD)
=North|12400|910000
=South|9800|1204000
=East|15230|877500
=West|7120|402300
Total|44550|3393800
# territories.csv 300 0 1
Territory|Open accounts
=Midlands|412
=Scotland|388
=Wales|205
=Greater London|961
=South West|340
=Northern Ireland|174
# school-districts.csv 600 1 2
District ID|School district|Enrollment
=4401|Lakeview Unified|8412
=4402|Cedar Falls|5120
=4403|Pine Ridge|2988
=4404|Riverbend|11054
=4405|Stonebrook|1877
# blood-drive.txt 2000 0 1
Site|Registered donors|Last drive (units)
=City Hall|1,420|311
=St. Mary's Hospital|2,265|502
=University|3,890|640
=Fire Station 12|410|88
=Mall of the North|1,105|203
# vaccination.xlsx 90000 0 1
Vaccination campaign 2025
Targets by health district

Health district|Eligible adults
=Kigali|604000
=Huye|182300
=Musanze|240150
=Rubavu|221900
=Nyagatare|263480
# branches.docx 250 1 2
No.|Branch|Members|New members 2023
=1|Harbour|640|41
=2|Old Town|1,210|77
=3|Airport|385|52
=4|Hillside|902|30
|All branches|3,137|200
# voters.csv 60 0 1
Province|Registered voters
=Bohol|950210
=Cebu|3288778
=Leyte|1204410
=Samar|520333
=Negros Oriental|944512
# trong-rung.xlsx 400 1 2
STT|Xã|Diện tích đất trống (ha)
=1|Tà Hộc|412
=2|Chiềng Sung|388
=3|Mường Bon|97
=4|Hát Lót|530
=5|Nà Ớt|266
|Tổng diện tích|1693
# library.md 1500 0 1
Library branch|Cardholders
=Central|20411
=Eastgate|7730
=Westfield|9052
=Mill Lane|3120
# depots.html 40 0 1
Depot|Vehicles|Drivers off sick
=Alpha|120|4
=Bravo|88|2
=Charlie|143|9
=Delta|61|1
# giao-quan.docx 120 1 2
STT|Xã, thị trấn|Nam thanh niên trong độ tuổi|Ghi chú
=1|Phú Túc|512|
=2|Chư Gu|333|vùng khó khăn
=3|Ia Rsai|287|
=4|Uar|198|
=5|Krông Năng|266|vùng khó khăn
# truong.xlsx 240 1 2
STT|Trường|Số học sinh|Chỉ tiêu đội viên năm trước
|Khối THCS|2214|120
=1|THCS Lê Lợi|905|52
=2|THCS Nguyễn Du|780|41
=3|THCS Kim Đồng|529|27
|Khối tiểu học|2010|98
=4|TH Hòa Bình|1104|60
=5|TH Sơn Ca|906|38
|Tổng cộng|4224|218
# khach-hang.txt 5000 0 1
Chi nhánh|Khách hàng hiện hữu
=Hà Nội|12.450
=Hải Phòng|4.310
=Đà Nẵng|6.075
=Cần Thơ|3.980
=TP. Hồ Chí Minh|18.200
Tổng|45.015
"""


@dataclass(frozen=True)
class Kept:
    """A table, how much is to be shared out, and the figure of each unit that it is shared by."""

    doc: Doc
    target: int
    drivers: Mapping[str, int]


def kept() -> Iterator[Kept]:
    """The tables of `TABLES`; in a workbook figures are numbers."""
    for part in TABLES.strip().removeprefix("# ").split("\n# "):
        title, *lines = part.splitlines()
        name, target, unit, by = title.split()
        cells = [line.removeprefix("=").split("|") for line in lines]
        drivers = {
            row[int(unit)]: int(row[int(by)].replace(".", "").replace(",", ""))
            for row, line in zip(cells, lines, strict=True)
            if line.startswith("=")
        }
        ending = name.split(".")[-1]
        width = max(map(len, cells))

        def typed(text: str, ending: str = ending) -> Cell:
            return int(text) if ending == "xlsx" and text.isdigit() else text or None

        rows = [[*map(typed, row), *[None] * (width - len(row))] for row in cells]
        yield Kept(Doc(name, name, write(ending, rows)), int(target), drivers)


def shared_out(each: Kept, folder: Path) -> str | None:
    """What is wrong with the first allocation of a table; None where nothing is."""
    path, out = each.doc.save(folder), folder / "out"
    done = allocator("new", path, "--target", each.target, "--out", out, language="en")
    if done.returncode:
        return done.stderr.strip()
    done = allocator("run", out / "base.yaml", "--json")
    if done.returncode:
        return done.stderr.strip()
    made = json.loads(done.stdout)
    columns = [driver.get("column") for driver in made["scenario"]["drivers"]]
    found = {row["unit"]: row.get(columns[0]) for row in made["inputs"]["table"]}
    if len(columns) != 1 or list(found.items()) != list(each.drivers.items()):
        return f"shared by {columns}: {found}, not {each.drivers}"
    total = sum(unit["quota"] for unit in made["units"])
    return None if total == made["target"] == each.target else f"{total} of {each.target} shared out"


def main() -> None:
    """Tell of each table whether it gives a first allocation, and how many do."""
    found = []
    for each in kept():
        with tempfile.TemporaryDirectory() as folder:
            found.append(shared_out(each, Path(folder)))
        print(f"{each.doc.id:22} {found[-1] or 'right'}".replace("\n", " ")[:220], flush=True)
    print(f"{found.count(None)} of {len(found)} right")


if __name__ == "__main__":
    main()
