"""What a column means, told from its header in Vietnamese or English, accents or not, and from the columns beside it.

A header of two levels reads as both, joined by ` / `. `meanings.json` is the whole knowledge: the first pattern found
wins. What a header alone cannot tell is settled by years, measures and the other columns, and what even these do
not tell stays unrecognised for a person to settle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from allocator.data.numbers import bare, unmarked
from allocator.data.table import ATTAINMENT, TEXT_COLUMNS, fold, unaccented

LEVELS = " / "
SKIP = "skip"
LONGEST_NAME = 120
INDEX = "index"
UNRECOGNISED = ""
ASIDE = ("note", "money", "members", "past")
"""Meanings of columns that are no concern of a table of ours: left out without a question."""
COUNTS = (
    "workforce", "growth_estimate", "term_target", "term_new_unions", "recruited", "lost", "net_gain",
    "published_quota", "workforce_gap", "workforce_insured", "enterprises",
)  # fmt: skip
OWN = (*TEXT_COLUMNS, *COUNTS, ATTAINMENT)
SURE, LIKELY, WEAK = 0.95, 0.8, 0.6

_FILE = json.loads((Path(__file__).parent / "meanings.json").read_text("utf-8"))
PARTS: dict[str, str] = {}
"""Parts of patterns by name."""


def _whole(pattern: str) -> str:
    """A pattern with its parts put in."""
    return re.sub(r"\{([a-z_]+)\}", lambda each: PARTS[each[1]], pattern)


for _part, _pattern in _FILE["fragments"].items():
    PARTS[_part] = _whole(_pattern)
TABLE, PROGRESS, REGISTER, BIDS = "table", "progress", "register", "bids"
MEANINGS = {
    kind: tuple((column, _whole(pattern), sure) for column, sure, pattern in _FILE[kind])
    for kind in (TABLE, PROGRESS, REGISTER, BIDS)
}
"""What headers mean in a table, a progress report, a register of enterprises, what units ask for in a round, where
figures of the table are corrected: the first pattern found wins."""
MEANINGS[BIDS] += MEANINGS[TABLE]
_THOUSAND = ("nghin", "ngan", "thousand", "thousands", "1 000", "1000")
_FACTORS = {"tram": 100, **dict.fromkeys(_THOUSAND, 1000), "trieu": 1_000_000}
_MEASURE = re.compile(
    r"\b(?:(tram|nghin|ngan|trieu|thousands?|1 000|1000)(?: of)? )?"
    r"(nguoi|lao dong|ld|doan vien|dv|cnld|persons?|people|workers|members)$|\bin (thousands?)$"
)
_PERCENTS = re.compile(
    r"^(t[iy] le|percent|phan tram)\b|(?<!\b\d )(?<!\b\d\d )(?<!\b1\d\d )\bphan tram$|\b(percent|rate)$"
)
_SOME_WORKERS = re.compile(
    r"(^|[(\[] ?|(lao động|công nhân|người|là|\w*lđ) )(nam|nữ|dưới \d+)( giới| tuổi)?\W*$"
    r"|(?<!and )\b(fe)?male (workers|employees)$"
)
"""The men, the women, the young: only accents tell `nam` from `năm`."""
_ACCIDENTS = re.compile(r"\b(tai nan|tranh chap) (lao dong|ld)\b")
_PARTY = re.compile(r"\bkết nạp( vào| mới)* đảng\b")
"""Only accents tell `đảng` from `đang`."""
_UNINSURED = re.compile(
    r"^(?!.*(cong doan|doan vien|\bdv\b|\bcd\b)).*\b(chua|khong) ((tham gia|dong|co|duoc) )*(bhxh|bao hiem xa hoi)\b"
)
_YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")


def comparable(text: object) -> str:
    """`text` as headers are compared: no accents, marks or case, every run of anything else one space.

    Example:
        >>> comparable("**Ước số** lao động tăng")
        'uoc so lao dong tang'
    """
    bared = bare("" if text is None else str(text)).casefold().replace("%", " phan tram ")
    return re.sub(r"[\W_]+", " ", unaccented(bared)).strip()


def is_money(text: str) -> bool:
    """Whether a line says that figures are sums of money.

    Example:
        >>> is_money("Đơn vị tính: triệu đồng"), is_money("ĐVT: người")
        (True, False)
    """
    found = re.search(
        r"\b(trieu|ty|nghin|ngan|tram|1000|viet nam|vn) dong\b|(?<!lao )\bdong$|\b(vnd|usd)\b", comparable(text)
    )
    return bool(found) and not counts_persons(text)


def counts_persons(header: str) -> bool:
    """Whether a header says by itself that its figures are persons."""
    return bool(re.search(rf"{PARTS['people']}|{PARTS['members']}|\bnguoi\b", comparable(header)))


def measure(text: str) -> int | None:
    """Persons that one of a measure is, `nghìn người` 1000; None where it is no measure of persons.

    Example:
        >>> measure("ĐVT: nghìn người"), measure("người"), measure("triệu đồng")
        (1000, 1, None)
    """
    found = _MEASURE.search(comparable(text))
    return _FACTORS.get(found[1] or found[3] or "", 1) if found else None


@dataclass(frozen=True)
class Headed:
    """One column of a document.

    Attributes:
        at: index of the column.
        header: as printed, levels joined by ` / `.
        name: column of ours, one of `ASIDE`, `UNRECOGNISED`, or `SKIP` where the caller leaves it out.
        confidence: how sure that is, from 0 to 1; 1 where the caller said so.
        mapped: whether the caller said so.
        factor: persons that one of its figures is, 1 but for `nghìn người`.
    """

    at: int
    header: str
    name: str
    confidence: float = 0.0
    mapped: bool = False
    factor: int = 1

    @property
    def ours(self) -> bool:
        """Whether it goes into a table."""
        return self.name not in (UNRECOGNISED, SKIP, *ASIDE)

    @property
    def years(self) -> list[int]:
        """Years its header names, those of its last level where that names any."""
        levels = [[int(year) for year in _YEAR.findall(level)] for level in self.header.split(LEVELS)]
        return next((each for each in reversed(levels) if each), [])


class Columns(list[Headed]):
    """The columns of a document's table, each at its own index."""

    def has(self, *names: str) -> bool:
        """Whether a column has one of these names."""
        return any(each.name in names for each in self)

    def named(self, *names: str) -> list[Headed]:
        """Columns of these names."""
        return [each for each in self if each.name in names]

    def guessed(self, name: str) -> list[Headed]:
        """Columns of this name that no person chose."""
        return [each for each in self.named(name) if not each.mapped]

    def rename(self, which: Iterable[Headed], name: str, confidence: float = LIKELY) -> None:
        """Give columns a name."""
        for each in which:
            self[each.at] = replace(each, name=name, confidence=confidence)


@lru_cache(maxsize=16_384)
def recognise(levels: tuple[str, ...], kind: str = TABLE) -> tuple[str, float]:
    """Name of the column with a header of these levels, and the confidence in it; `kind`: what the headers are of.

    Example:
        >>> recognise(("Tổng số CNLĐ hiện có", "Nguồn BHXH"))
        ('workforce_insured', 0.95)
    """
    own = "_".join(comparable(levels[-1]).split()) if levels else ""
    if len(levels) == 1 and own in (OWN if kind == TABLE else {name for name, _, _ in MEANINGS[kind]}):
        return own, 1.0
    plains = [*filter(None, map(_plain, levels))]
    # Words that go on in the next row are no level of their own: `Ước số lao` over `động tăng`.
    # What stands in brackets may only be a remark: `Đã có CĐCS (x)`.
    shorn = LEVELS.join(filter(None, (comparable(re.sub(r"[(\[].*?[)\]]", "", level)) for level in levels)))
    for joined in dict.fromkeys((LEVELS.join(plains), " ".join(plains), shorn)):
        name, _, confidence = next(
            (each for each in MEANINGS[kind] if re.search(each[1], joined)), (UNRECOGNISED, "", 0.0)
        )
        if name and joined:
            return (UNRECOGNISED, 0.0) if _other(name, levels) else (name, confidence)
    return UNRECOGNISED, 0.0


def _other(name: str, levels: Sequence[str]) -> bool:
    """Whether a header that sounds like a column of ours is of something else: percentages, accidents, some workers."""
    whole, last = LEVELS.join(levels), fold(bare(levels[-1])).casefold()
    if name == "workforce" and _SOME_WORKERS.search(last) and (not whole.isascii() or "male" in last):
        return True
    uninsured = len(levels) == 1 and _UNINSURED.search(comparable(whole))
    return name in (*COUNTS, "bid") and bool(_PERCENTS.search(comparable(last)) or uninsured or plainly_other(whole))


def plainly_other(header: str) -> bool:
    """Whether a header's figures are no persons of ours, not even where nothing else is the workforce.

    Example:
        >>> plainly_other("Số vụ tai nạn lao động"), plainly_other("Kết nạp Đảng"), plainly_other("Kết nạp đang chờ")
        (True, True, False)
    """
    plain = comparable(header)
    uninsured = _UNINSURED.search(plain) and not counts_persons(header)
    return bool(_ACCIDENTS.search(plain) or _PARTY.search(fold(bare(header)).casefold()) or uninsured)


def _plain(level: str) -> str:
    """A level of a header to compare, a measure of persons in brackets left out."""
    kept = re.sub(r"[(\[]([^()\[\]]*)[)\]]", lambda each: "" if measure(each[1]) else each[0], level)
    return comparable(kept)


def _factor(header: str) -> int:
    found = (measure(each) for each in re.findall(r"[(\[]([^()\[\]]*)[)\]]", header))
    return next((each for each in found if each), 1)


def columns_of(rows: Sequence[Sequence[object]], chosen: Mapping[str, str], kind: str = TABLE) -> list[Headed]:
    """Columns under the header rows `rows`: a group's header reaches right over columns that have a second level."""
    width = max(len(row) for row in rows)
    texts = [[fold(unmarked(cell)) for cell in [*row, *[""] * width][:width]] for row in rows]
    for above, below in pairwise(texts):
        for n in range(1, width):
            grouped = below[n] and below[n - 1] and above[n - 1] != below[n - 1]
            above[n] = above[n] or (above[n - 1] if grouped else "")
    return [
        _column(n, tuple(dict.fromkeys(filter(None, each))), chosen, kind)
        for n, each in enumerate(zip(*texts, strict=True))
    ]


def _column(at: int, levels: tuple[str, ...], chosen: Mapping[str, str], kind: str) -> Headed:
    plains, header = [comparable(level) for level in levels], LEVELS.join(levels)
    for key in (" ".join(plains), *reversed(plains)):
        if key and key in chosen:
            return Headed(at, header, chosen[key], 1.0, True, _factor(header))
    return Headed(at, header, *recognise(levels, kind), factor=_factor(header))


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
