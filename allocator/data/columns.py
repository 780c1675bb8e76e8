"""The columns of a document's table settled: by the cells below them, by arithmetic between them, else by a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from allocator.data.answers import OpenQuestion, PossibleAnswer, Unsettled
from allocator.data.findings import ColumnName
from allocator.data.meaning import (
    ASIDE,
    COUNTS,
    MEANINGS,
    OWN,
    SKIP,
    SURE,
    TABLE,
    UNRECOGNISED,
    WEAK,
    Headed,
    comparable,
    plainly_other,
)
from allocator.data.printed_figures import is_figure, lenient, way_of
from allocator.data.table import ATTAINMENT, TEXT_COLUMNS, fold
from allocator.errors import InputError, fault

if TYPE_CHECKING:
    from allocator.data.blocks import Line
    from allocator.data.reading import Reading

_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PERCENT = re.compile(r"%|\b(tỷ|tỉ) lệ\b|percent|rate|so với", re.IGNORECASE)


def told_by_values(made: Reading, kind: str) -> None:
    """Meanings that cells tell: texts are no figures, names stand in the first column of words, a sum is the whole."""
    lines = made.block.lines[:400]
    words = {
        each.at: sum(isinstance(c := line.cell(each.at), str) and bool(re.search(r"[^\W\d_]{2}", c)) for line in lines)
        for each in made.columns
    }
    numbers = {each.at: sum(is_figure(line.cell(each.at)) for line in lines) for each in made.columns}
    for each in made.columns:
        text = each.name in (*COUNTS, ATTAINMENT) and words[each.at] > 2 * numbers[each.at] + 2
        figures = each.name == "unit" != each.header and numbers[each.at] > words[each.at]  # "unit": our own, codes
        if not each.mapped and (text or figures):
            made.columns.rename([each], UNRECOGNISED, WEAK)
    _one_unit(made, words, numbers)
    if kind != TABLE:
        return
    for name in ("published_quota", "workforce"):
        same = made.columns.named(name)
        unknown = made.columns.named(UNRECOGNISED) if len(same) > 1 else []
        totals = (_total_of(made, some) for some in (same, *([*same, each] for each in unknown)) if len(same) > 1)
        if total := next(filter(None, totals), None):
            others = [each for each in same if each is not total and not each.mapped]
            made.columns.rename(others, UNRECOGNISED, WEAK)
            made.columns.rename([total], name, total.confidence or WEAK)
    _by_sums(made)
    if not made.columns.has("workforce"):
        _without_workforce(made, numbers)
    for each in made.columns:
        if each.ours and each.confidence == WEAK:
            made.note("guessed", "warning", column=each.header or "?", place=made.header.place(each.at), name=each.name)


def _without_workforce(made: Reading, numbers: Mapping[int, int]) -> None:
    """What is the workforce, or may be a driver, where no header says workforce: the only figures, or what they say."""
    free = _free(made, numbers)
    figures = [each for each in made.columns if numbers[each.at] and each.name not in TEXT_COLUMNS]
    drivers = free or [each for each in figures if each.name != "published_quota"]
    # Named as only our own tables name columns: a driver, not a document's workforce.
    ours = all(_COLUMN_NAME.fullmatch(each.header) for each in (free or figures))
    if drivers and (ours or (not free and any(each.name == "enterprises" for each in drivers))):
        for each in free:
            made.columns.rename([each], each.header, SURE)
        made.note("no_workforce", columns=[each.header for each in drivers], place=made.header.place())
    elif len(free) == 1 and _above_quota(made, free[0]):
        made.columns.rename(free, "workforce", WEAK)


def _one_unit(made: Reading, words: Mapping[int, int], numbers: Mapping[int, int]) -> None:
    """One column of names: the first of words where no header tells, of several the one whose names differ most."""
    lines = made.block.lines[:400]
    named = made.columns.named("unit")
    if not named:
        texts = [each for each in made.columns.named(UNRECOGNISED) if words[each.at] > numbers[each.at]]
        made.columns.rename(texts[:1], "unit", WEAK)
    elif len(named) > 1:
        distinct = {each.at: len({fold(str(line.cell(each.at) or "")) for line in lines}) for each in named}
        best = max(named, key=lambda each: (each.mapped, distinct[each.at]))
        rest = [each for each in named if each is not best and not each.mapped]
        # Two communes of one name in two districts are told apart by the column of the districts.
        apart = len(rest) == 1 and _times_apart(lines, best.at, rest[0].at)
        made.columns.rename(rest, "parent" if apart else UNRECOGNISED, WEAK)


def _times_apart(lines: Sequence[Line], at: int, above: int) -> bool:
    """Whether some names stand in a column twice, and each but once beside the same cell of another column."""
    filled = [line for line in lines if not line.blank(at) and not line.blank(above)]
    pairs = [(fold(str(line.cell(at))), fold(str(line.cell(above)))) for line in filled]
    return len({name for name, _ in pairs}) < len(pairs) == len({*pairs})


def _by_sums(made: Reading) -> None:
    """A column of figures that is the difference of recruits and losses, or the year's sum of the columns before it."""
    at, unknown = made.at, made.columns.named(UNRECOGNISED)
    way = way_of(line.cell(each.at) for line in made.block.lines for each in unknown)
    figures = [[lenient(cell, way) for cell in line.cells] for line in made.block.lines]
    for each in unknown:
        if {"recruited", "lost"} <= at.keys() and "net_gain" not in at:
            wide = [row for row in figures if len(row) > max(each.at, at["recruited"], at["lost"])]
            known = [row for row in wide if None not in (row[each.at], row[at["recruited"]], row[at["lost"]])]
            right = sum(row[at["recruited"]] - row[at["lost"]] == row[each.at] for row in known)
            if known and right > 0.8 * len(known):
                made.columns.rename([each], "net_gain", WEAK)
    if "published_quota" not in at:
        total = _total_of(made, unknown)
        if total and re.search(r"\b(nam|year|tong|cong|total)\b", comparable(total.header)):
            made.columns.rename([total], "published_quota", WEAK)


def _free(made: Reading, numbers: Mapping[int, int]) -> list[Headed]:
    """Columns of figures without a meaning."""
    return [
        each for each in made.columns.named(UNRECOGNISED)
        if numbers[each.at] > 1 and each.header and not (_PERCENT.search(each.header) or plainly_other(each.header))
    ]  # fmt: skip


def _above_quota(made: Reading, column: Headed) -> bool:
    """Whether figures of a column may be workforces of the quotas beside them."""
    quotas = made.columns.named("published_quota")
    if not quotas:
        return True
    pairs = [(lenient(line.cell(quotas[0].at)), lenient(line.cell(column.at))) for line in made.block.lines]
    known = [bool(a <= b) for a, b in pairs if a is not None and b is not None]
    return 2 * sum(known) > len(known)


def _total_of(made: Reading, same: Sequence[Headed]) -> Headed | None:
    """Of several columns the one that is the sum of the others, row by row."""
    way = way_of(line.cell(each.at) for line in made.block.lines for each in same)
    rows = [[lenient(line.cell(each.at), way) or 0 for each in same] for line in made.block.lines]
    rows = [row for row in rows if sum(row)]
    for n, each in enumerate(same):
        if len(rows) > 1 and sum(2 * row[n] == sum(row) for row in rows) > 0.8 * len(rows):
            return each
    return None


def settle_columns(made: Reading, chosen: Mapping[str, str], required: Sequence[str], kind: str) -> None:
    """Leave of columns with one name none; ask for the required ones; what a person chose must fit."""
    seen = [each.header for each in made.columns if each.header]
    names = dict.fromkeys(OWN if kind == TABLE else (name for name, _, _ in MEANINGS[kind] if name))
    if wrong := [name for name in chosen.values() if not _COLUMN_NAME.fullmatch(name)]:
        raise InputError([fault("import.map_column", "--map", column=name, columns=[*names]) for name in wrong])
    mapped = {each.name for each in made.columns if each.mapped}
    for name in mapped:
        made.columns.rename(made.columns.guessed(name), UNRECOGNISED, 0.0)
    numbers = {each.at: sum(is_figure(line.cell(each.at)) for line in made.block.lines[:400]) for each in made.columns}
    asked = []
    for name in required:
        same = made.columns.named(name)
        if len(same) == 1:
            continue
        # Of none, any column of figures, those that are surely something else last.
        others = [each for each in made.columns.named(UNRECOGNISED, *ASIDE) if each.header]
        free = same or [each for each in others if (numbers[each.at] > 1) is (name in COUNTS)]
        key = "import.same_column" if same else "import.no_column"
        about = fault(key, made.header.place(), column=ColumnName(name), same=[each.header for each in same], seen=seen)
        choices = [PossibleAnswer("--map", f"{each.header}={name}", _samples(made, each)) for each in free]
        asked.append(OpenQuestion(about, choices))
    if asked:
        raise Unsettled(asked)
    times = Counter(each.name for each in made.columns if each.ours)
    made.columns.rename([each for each in made.columns if times[each.name] > 1], UNRECOGNISED, 0.0)
    for each in made.columns:
        _tell(made, each, times)


def _samples(made: Reading, column: Headed) -> list[str]:
    """The first cells of a column with anything in them, as printed."""
    lines = (line for line in made.block.lines if not line.blank(column.at))
    return [fold(str(line.cell(column.at)))[:40] for line, _ in zip(lines, range(3), strict=False)]


def _tell(made: Reading, column: Headed, times: Mapping[str, int]) -> None:
    """Note a column that is left out; ask what one without a meaning is."""
    cells, place = _samples(made, column), made.header.place(column.at)
    if not cells or column.ours or column.name == SKIP:
        return
    if column.name in ASIDE:
        made.note(f"aside_{column.name}", column=column.header, place=place)
        return
    made.note("unrecognised", "warning", column=column.header, cells=cells, place=place)
    likely = [name for name, count in times.items() if count > 1 and made.block.header.columns[column.at].name == name]
    made.ask(
        fault("import.what_column", place, column=column.header or "?", cells=cells),
        [PossibleAnswer("--map", f"{column.header or '?'}={name}", cells) for name in (*likely, SKIP)],
    )
