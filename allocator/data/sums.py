"""Rows that are sums of other rows, found by arithmetic: sections, blocs, the whole, at any depth.

A row may add up by chance. How unlikely that is decides: the figures a sum is made of are counted in the steps that
its column goes in, columns that tell the same are counted once, and words or running numbers beside it speak for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

from allocator.data.meaning import comparable
from allocator.data.table import Number

CERTAIN = 3.0
"""Evidence, as a power of ten, from which a row that adds up is a sum."""
ASKED = 1.0
"""Evidence from which a person should look."""
BESIDE = 2.5
"""What a word such as `tổng`, or running numbers that pass a row over, speak for it; such a row is not one of many."""
MOST_SHORT = 2_000
Row = Sequence[Number | None]
_TOTALS = re.compile(
    r"(tong( cong| so)?|cong( chung)?|(grand )?totals?|sum|overall)"
    r"( toan (tinh|nganh|quoc|thanh pho|he thong|bo))?( cong)?|(toan|ca) tinh"
)
_CONG = r"cong(?! (ty|doan|an|nhan|nghiep|nghe|trinh|hoa|dong|tac|vien|lap|thuong)\b)"
_TONG = r"tong(?! (cong ty|cuc|kho|dai|lien doan)\b)"
_WORDS = re.compile(
    rf"({_TONG}|{_CONG}|toan|ca|khoi|cum|cac|(sub|grand )?totals?|sub totals?|sum|all|overall|region|bloc|section)\b"
)
_SURE_WORDS = re.compile(rf"({_TONG}|{_CONG}|(sub|grand )?totals?|sub totals?)\b")
_MAY_TELL = re.compile(r"\W*(t[oôồổỗộ]|c[oôộaảáuụ]|kh|su|gr|al|ov|re|bl|se|tr|ba|g[oồ]|of|in|th)", re.IGNORECASE)
"""How a name begins that a word of those below may begin: most do not, and are not looked at."""
_PART_WORDS = re.compile(r"(trong do|bao gom|gom|rieng|of which|including|thereof)\b")
_NO_UNIT = re.compile(
    r"(binh quan|trung binh|average|mean|ty le|ti le|phan tram|mang sang|chuyen sang|carried|so voi|tang so|nam \d{4}$|"
    r"ghi chu|luu y|nguon)\b"
)


def plain_label(name: str) -> str:
    """A row's name as `judged` takes it; empty where no word of a sum can begin it."""
    return comparable(name) if _MAY_TELL.match(name) else ""


def is_total(label: str) -> bool:
    """Whether a row is called a sum of all, and nothing else: `Tổng cộng`, `Grand total`."""
    return bool(_TOTALS.fullmatch(label))


def may_sum(label: str) -> bool:
    """Whether a row is called as sums are."""
    return bool(_WORDS.match(label))


def starts_parts(label: str) -> bool:
    """Whether a row begins what only a part of another is: `Trong đó`, `Riêng`."""
    return bool(_PART_WORDS.match(label))


@dataclass(frozen=True)
class Sum:
    """A row that adds up.

    Attributes:
        row: its index; `parts`: indexes of the rows it is the sum of, sums among them left out.
        evidence: how unlikely chance is, as a power of ten.
        slips: columns, most others being right, in which it is not the sum.
    """

    row: int
    parts: tuple[int, ...]
    evidence: float
    slips: tuple[int, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a row is, if no unit.

    Attributes:
        why: `total`, `subtotal`, `part`; `differs` for a sum by its name whose figures are not; `asked` where it may be
            a sum; `unit` for a unit whose parts stand below it; `beside` for an average or the like, or what stands
            below the total.
        parts: indexes of the rows it is made of, empty where that is not known.
        slips: columns in which it is not their sum, though it is in most.
    """

    why: str
    parts: tuple[int, ...] = ()
    slips: tuple[int, ...] = ()


def judged(
    labels: Sequence[str], indexes: Sequence[str], rows: Sequence[Row], kept: Collection[int]
) -> dict[int, Verdict]:
    """Rows that are no units, told by arithmetic first, and by words and running numbers where these agree with it.

    Args:
        labels: what each row is called, as headers are compared.
        indexes: its running number, empty where it has none.
        rows: its figures.
        kept: rows that a person said are units.
    """
    numbered = [each for each in indexes if each]
    counted = sum(map(_is_number, numbered))
    ordinal = counted > 1 and counted * 2 > len(rows) - len(numbered)
    words = [bool(_WORDS.match(each)) for each in labels]
    made = _by_arithmetic(labels, indexes, rows, {*kept}, words)
    leaves = [at for at in range(len(rows)) if at not in made or made[at].why in ("asked", "unit")]
    for at in [each for each in leaves if each not in kept and made.get(each, Verdict("asked")).why == "asked"]:
        unnumbered = ordinal and not indexes[at]
        if why := _by_words(labels[at], words[at], unnumbered, _is_number(indexes[at]), ordinal and not any(rows[at])):
            made[at] = Verdict(why)
        elif (words[at] or unnumbered) and _almost_all(rows, at, [each for each in leaves if each != at]):
            made[at] = Verdict("total")
    last = max((at for at, each in made.items() if each.why == "total"), default=len(rows))
    last = last if sum(at < last for at in leaves) * 2 >= len(leaves) else len(rows)
    below = [at for at in leaves if at > last and at not in kept and (at not in made or made[at].why == "asked")]
    if ordinal and not any(indexes[at] for at in below):
        made.update({at: Verdict("beside") for at in below})
    return made


def _by_arithmetic(
    labels: Sequence[str], indexes: Sequence[str], rows: Sequence[Row], kept: set[int], words: Sequence[bool]
) -> dict[int, Verdict]:
    """What the rows that add up are."""
    found = {each.row: each for each in sums_in(rows, words, [*map(_style, indexes)]) if each.row not in kept}
    sure = {at for at, each in found.items() if each.evidence >= CERTAIN or is_total(labels[at])}
    made: dict[int, Verdict] = {}
    for at in sorted(found):
        parts, slips = found[at].parts, found[at].slips
        if at not in sure:
            made.setdefault(at, Verdict("asked", parts))
        elif indexes[at].isdecimal() and _has_parts(at, found, sure, indexes):
            made[at] = Verdict("unit", parts, slips)
            made.update({part: Verdict("part") for part in parts})
        else:
            whole = len(parts) == len(rows) - len(sure) or is_total(labels[at])
            made[at] = Verdict("total" if whole else "subtotal", parts, slips)
    return made


def _by_words(label: str, word: bool, unnumbered: bool, numbered: bool, nobody: bool) -> str:
    """What a row that does not add up is by its name; empty where that does not tell."""
    if is_total(label):
        return "total"
    if not numbered and _PART_WORDS.match(label):
        return "part"
    if not numbered and _NO_UNIT.match(label):
        return "beside"
    if unnumbered and _SURE_WORDS.match(label):
        return "differs"
    return "subtotal" if word and nobody and not numbered else ""  # a section of nobody


def _is_number(index: str) -> bool:
    return index.replace(".", "").isdecimal()


def _style(index: str) -> str:
    """What a running number looks like; of `1.2` how deep it is."""
    if _is_number(index):
        return "1" * (1 + index.count("."))
    return "I" if re.fullmatch("[IVXivx]+", index) else "A" if index else ""


def _has_parts(at: int, found: dict[int, Sum], sure: Collection[int], indexes: Sequence[str]) -> bool:
    """Whether a sum is a unit with its parts below: it is numbered, they are not, and not every numbered row is so."""

    def own(row: int) -> bool:
        return row in sure and all(part > row and not indexes[part] for part in found[row].parts)

    numbered = [row for row, each in enumerate(indexes) if each.isdecimal()]
    return own(at) and not all(map(own, numbered))


def sums_in(rows: Sequence[Row], words: Sequence[bool], styles: Sequence[str]) -> list[Sum]:
    """Every row that is the sum of those right before or right after it, or of all others, the surest reading of each.

    Args:
        rows: figures of each row, column by column, None for a blank.
        words: whether each is called as sums are.
        styles: what each running number looks like.

    Example:
        >>> sums_in([(1300, 2987), (1100, 2053), (150, 714), (50, 220)], [False] * 4, ["A", *"111"])[0].parts
        (1, 2, 3)
    """
    columns = [*zip(*rows, strict=True)]
    steps = [math.gcd(*(int(abs(v)) for v in column if v and v == int(v))) or 1 for column in columns]
    found: dict[int, Sum] = {}
    while True:
        left = [row for row in range(len(rows)) if row not in found]
        news: dict[int, Sum] = {}
        for each in chain(*(_readings(rows, order, words, styles, steps) for order in (left, left[::-1]))):
            other = news.get(each.row)
            if other is None or (not each.slips, each.evidence) > (not other.slips, other.evidence):
                news[each.row] = each
        # Sums of several rows come before those of one, which may be a sum itself, and before those with a slip, which
        # may be whole in the next turn; a part of one sum is not another's total at once.
        ranks = {row: (each.evidence < CERTAIN, bool(each.slips), len(each.parts) < 2) for row, each in news.items()}
        first = [each for row, each in news.items() if ranks[row] == min(ranks.values())]
        taken: set[int] = set()
        for made in sorted(first, key=lambda each: (len(each.parts), -each.evidence, each.row)):
            if made.evidence >= ASKED and made.row not in taken and not taken & {*made.parts}:
                found[made.row] = made
                taken |= {made.row, *made.parts}
        if not taken:
            return [*found.values()]


def _readings(
    rows: Sequence[Row], order: Sequence[int], words: Sequence[bool], styles: Sequence[str], steps: Sequence[int]
) -> Iterator[Sum]:
    """Every way to read a row as the sum of those before it in an order, with the evidence for it."""
    for row, parts, right in _runs(rows, order):
        slips = tuple(at for at, value in enumerate(rows[row]) if value and at not in right)
        beside = words[row] or all(styles[part] != styles[row] for part in parts)
        if not beside and (len(parts) < 2 or len(slips) == len(right)):
            continue
        evidence = _evidence(rows, row, parts, right, steps) + (BESIDE if beside else -2 * math.log10(len(rows)))
        called_so = words[row] and all(styles[part] != styles[row] for part in parts)
        if not called_so and not all(_slight(rows, row, parts, at) for at in slips):
            evidence = min(evidence, CERTAIN - 0.1)  # more than a slip of the pen: a person should look
        yield Sum(row, tuple(sorted(parts)), evidence, slips)


def _runs(rows: Sequence[Row], order: Sequence[int]) -> Iterator[tuple[int, list[int], list[int]]]:
    """Each row that is, in most of its columns, the sum of the run of rows right before it in `order`, and in which."""
    width = len(rows[order[0]]) if order else 0
    # A long table is gone through by one column, in which a sum is never blank; a short one by each.
    filled_in = [sum(bool(rows[row][at]) for row in order) for at in range(width)]
    leading = range(width) if len(order) <= MOST_SHORT else [max(range(width), key=lambda at: filled_in[at])]
    totals: list[list[Number]] = [[0] for _ in range(width)]
    places: dict[int, dict[Number, list[int]]] = {at: {0: [0]} for at in leading}
    for count, row in enumerate(order):
        values, seen = rows[row], set[int]()
        for main in leading:
            own = values[main]
            if not own or not count:
                continue
            for start in places[main].get(totals[main][-1] - own, ())[:8]:
                if start < count and start not in seen:
                    seen.add(start)
                    filled = [at for at, value in enumerate(values) if value]
                    right = [at for at in filled if totals[at][-1] - totals[at][start] == values[at]]
                    near = all(
                        abs(totals[at][-1] - totals[at][start] - (values[at] or 0)) <= abs(values[at] or 0) / 10
                        for at in filled
                    )
                    if 2 * len(right) > len(filled) or (near and 2 * len(right) >= len(filled)):
                        yield row, list(order[start:count]), right
        for at, value in enumerate(values):
            totals[at].append(totals[at][-1] + (value or 0))
        for at in leading:
            places[at].setdefault(totals[at][-1], []).append(count + 1)


def _slight(rows: Sequence[Row], row: int, parts: Sequence[int], at: int) -> bool:
    """Whether a figure is off the sum of its parts by no more than a slip of the pen."""
    value, added = rows[row][at] or 0, sum(rows[part][at] or 0 for part in parts)
    return abs(value - added) <= max(3, abs(added) / 100)


def _evidence(rows: Sequence[Row], row: int, parts: Sequence[int], right: Sequence[int], steps: Sequence[int]) -> float:
    """How unlikely it is that figures of a row in these columns are this sum by chance, as a power of ten."""
    weights = sorted((math.log10(max(abs(rows[row][at] or 0) / steps[at], 1)) for at in right), reverse=True)
    return sum(weights[: _rank([[Fraction(rows[part][at] or 0) for at in right] for part in parts[:40]])])


def _rank(matrix: list[list[Fraction]]) -> int:
    """Rank of a small matrix: how many columns tell something of their own."""
    rank = 0
    for at in range(len(matrix[0]) if matrix else 0):
        top = next((n for n in range(rank, len(matrix)) if matrix[n][at]), None)
        if top is None:
            continue
        matrix[rank], matrix[top] = matrix[top], matrix[rank]
        for n in range(rank + 1, len(matrix)):
            if matrix[n][at]:
                times = matrix[n][at] / matrix[rank][at]
                matrix[n] = [a - times * b for a, b in zip(matrix[n], matrix[rank], strict=True)]
        rank += 1
    return rank


def _almost_all(rows: Sequence[Row], row: int, others: Sequence[int]) -> bool:
    """Whether most figures of a row are the sums of all others', so that it is their total with a slip in it."""
    filled = [at for at, value in enumerate(rows[row]) if value]
    right = [at for at in filled if sum(rows[each][at] or 0 for each in others) == rows[row][at]]
    return len(right) > 1 and 2 * len(right) > len(filled)
