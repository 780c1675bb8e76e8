"""Which column of a document is which column of ours, told from its header in Vietnamese or English, accents or not.

A header of two levels reads as both, joined by ` / `. `HEADERS` is the whole knowledge: the first pattern found wins,
and what none matches stays unrecognised for a person to settle.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from allocator.data.numbers import bare, unmarked
from allocator.data.table import ATTAINMENT, fold, unaccented

LEVELS = " / "
SKIP = "skip"
LONGEST_NAME = 80
INDEX = "index"
UNRECOGNISED = ""
COUNTS = (
    "workforce", "growth_estimate", "term_target", "term_new_unions", "recruited", "lost", "net_gain",
    "published_quota", "workforce_gap", "workforce_insured", "enterprises",
)  # fmt: skip

_PEOPLE = r"(cn(vc?)?ld|lao dong|nld|workforce|workers)"
_NOW = r"( (hien co|hien nay|chua vao cong doan|trong|nam|tinh|den|ngay|thang|\d+))*"
_UNIT_WORDS = r"(name|ldld|cong doan|truc thuoc|cap tren co so|co so|huyen|thi xa|thi|thanh pho|nganh|va tuong duong)"
_MEMBERS = r"\b(dv|dvcd|doan vien)\b"
_DONE = r"^(?!.*(du kien|uoc|ke hoach|chi tieu)).*"
_NOT_DONE = r"^(?!.*thuc hien).*"
_UNIT = re.compile(rf"^(ten |cac )*(don vi|cong doan|ldld|lien doan lao dong|unit|union)( {_UNIT_WORDS})*$")
HEADERS: Sequence[tuple[str, str]] = (
    (INDEX, r"^(s ?t ?t|t ?t|so tt|so thu tu|no|number|index|order)$"),
    ("kind", r"^(loai|loai hinh|loai don vi|khoi|kind|type)$"),
    ("parent", r"^(don vi |cong doan )?(cap tren|parent)( truc tiep)?$"),
    ("unit", _UNIT.pattern),
    ("lost", rf"{_DONE}(\bgiam\b|\blost\b|\blosses\b)"),
    ("growth_estimate", rf"(uoc|du kien|du bao).*\b(ld|{_PEOPLE}).*tang|lao dong tang|growth"),
    ("net_gain", rf"{_DONE}({_MEMBERS}.*tang|tang (them )?{_MEMBERS}|thuc tang|tang thuc|net gain|\bnet$)"),
    (ATTAINMENT, r"so (voi )?chi tieu|\bt[iy] le\b|phan tram|attainment|of (the )?target"),
    ("term_new_unions", rf"{_NOT_DONE}(nhiem ky|\bterm\b).*(thanh lap|cdcs|new unions?)"),
    (UNRECOGNISED, r"thanh lap|new unions?|\bcdcs\b"),
    ("term_target", rf"{_NOT_DONE}(nhiem ky|\bterm\b)"),
    ("published_quota", rf"{_NOT_DONE}(chi tieu|ke hoach|phan bo|\bquota\b|published|\btarget\b)"),
    ("recruited", rf"{_DONE}(thuc hien.*phat trien|ket nap|{_MEMBERS} moi|\brecruited\b|new members)"),
    ("workforce_gap", rf"chenh lech.*{_PEOPLE}|{_PEOPLE}[^/]*/ chenh lech|workforce gap"),
    ("workforce_insured", r"bhxh|bao hiem xa hoi|insured"),
    ("enterprises", r"^(so |tong so )?(doanh nghiep|dn|enterprises)$"),
    ("workforce", rf"(^|/ |\b(tong|nguon|so|hien co) ([^/]* )?){_PEOPLE}{_NOW}$"),
    ("workforce", rf"{_PEOPLE}[^/]*/ (tong|cong|total)[^/]*$"),
)  # fmt: skip


def comparable(text: object) -> str:
    """`text` as headers are compared: no accents, marks or case, every run of anything else one space.

    Example:
        >>> comparable("**Ước số** lao động tăng")
        'uoc so lao dong tang'
    """
    bared = bare("" if text is None else str(text)).casefold().replace("%", " phan tram ")
    return re.sub(r"[\W_]+", " ", unaccented(bared)).strip()


@dataclass(frozen=True)
class Headed:
    """One column of a document.

    Attributes:
        at: index of the column.
        header: as printed, levels joined by ` / `.
        name: column of ours, `UNRECOGNISED`, or `SKIP` where the caller leaves it out.
        mapped: whether the caller said so.
    """

    at: int
    header: str
    name: str
    mapped: bool = False


def recognise(levels: Sequence[str], chosen: Mapping[str, str]) -> tuple[str, bool]:
    """Name of the column with a header of these levels, and whether `chosen` (plain header to name) settled it.

    Example:
        >>> recognise(["Tổng số CNLĐ hiện có", "Nguồn BHXH"], {})
        ('workforce_insured', False)
    """
    plains = [comparable(level) for level in levels]
    for key in (" ".join(plains), *reversed(plains)):
        if key and key in chosen:
            return chosen[key], True
    joined = LEVELS.join(plains)
    return next((name for name, pattern in HEADERS if joined and re.search(pattern, joined)), UNRECOGNISED), False


def columns_of(rows: Sequence[Sequence[object]], chosen: Mapping[str, str]) -> list[Headed]:
    """Columns under the header rows `rows`: a group's header reaches right over columns that have a second level."""
    width = max(len(row) for row in rows)
    texts = [[fold(unmarked(cell)) for cell in [*row, *[""] * width][:width]] for row in rows]
    for above, below in pairwise(texts):
        for n in range(1, width):
            grouped = below[n] and below[n - 1] and above[n - 1] != below[n - 1]
            above[n] = above[n] or (above[n - 1] if grouped else "")
    columns = [list(dict.fromkeys(filter(None, levels))) for levels in zip(*texts, strict=True)]
    return [Headed(n, LEVELS.join(levels), *recognise(levels, chosen)) for n, levels in enumerate(columns)]


def is_unit(cell: str, chosen: Mapping[str, str]) -> bool:
    """Whether a cell is the header of the units' names."""
    if len(cell) > LONGEST_NAME or not any(letter.isalpha() for letter in cell):
        return False  # most cells of a long table, told apart without the patterns
    text = comparable(cell)
    return chosen[text] == "unit" if text in chosen else bool(_UNIT.search(text))


KINDS: Sequence[tuple[str, str]] = (
    ("industrial_zone", r"\b(kcn|kkt|khu cong nghiep|khu kinh te|industrial zones?)\b"),
    ("sector", r"^(cdn|cong doan nganh|nganh)\b|\bsector\b"),
    ("provincial", r"\bcdcs\b|truc thuoc|^tong cong ty\b|^cong doan vien chuc\b|\bprovincial\b"),
)


def kind_of(unit: str) -> str:
    """Kind guessed from a unit's name, `district` where nothing tells.

    Example:
        >>> kind_of("CĐN Y tế"), kind_of("CĐ các KCN"), kind_of("An Phú")
        ('sector', 'industrial_zone', 'district')
    """
    return next((kind for kind, pattern in KINDS if re.search(pattern, comparable(unit))), "district")
