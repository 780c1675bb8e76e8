"""The sections about the year: net against gross, the review of progress, unions to found, years planned together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from allocator.analysis.netting import net_and_gross
from allocator.analysis.netting import sentences as net_sentences
from allocator.model.allocation import Allocation
from allocator.report.annex import total
from allocator.report.document import Column, Listing, Row, Section
from allocator.report.settings import readable
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.foundings import Foundings
    from allocator.analysis.pace import Pace
    from allocator.analysis.plan import Plan
    from allocator.analysis.review import Move, Review

KEYS = ("net", "review", "unions", "plan")
"""The sections, in reading order."""
_TEXTS = frozenset({"unit", "date", "status", "giver", "taker", "reasons", "enterprise"})
_KINDS = {"rate": ("share", 1), "pace": ("share", 0), "change": ("signed", 0)}


def _columns(words: Words, *keys: str) -> tuple[Column, ...]:
    kinds = {**_KINDS, **dict.fromkeys(_TEXTS, ("text", 0))}
    return tuple(Column(key, words(f"column.{key}"), *kinds.get(key, ("members", 0))) for key in keys)


def net(made: Allocation, words: Words) -> Section | None:
    """Every quota as recruits and as net gain; None where no unit tells how many it recruited and lost."""
    found = net_and_gross(made)
    if found.rate is None:
        return None
    rows: tuple[Row, ...] = tuple(
        (each.unit, quota, each.rate, each.gross, each.net)
        for each, quota in zip(found.units, made.quotas, strict=True)
    )
    sums = [None if None in column else sum(column) for column in ([r[i] for r in rows] for i in (1, 3, 4))]  # type: ignore[arg-type]
    whole: Row = (words("run.total"), sums[0], found.rate, sums[1], sums[2])
    others = [each.unit for each in found.units if not each.own]
    beyond = [each.unit for each in found.units if each.beyond_workforce]
    said = {"year.rate_of_all": others, "year.beyond_workforce": beyond}
    notes = tuple(words(key, units=units) for key, units in said.items() if units)
    title = words("year.net")
    listing = Listing("net", title, _columns(words, "unit", "quota", "rate", "gross", "net"), rows, whole, notes)
    return Section("net", title, tuple(each.message(words) for each in net_sentences(found)), (listing,))


def review(made: Review, words: Words) -> Section:
    """Where every unit stands, its new quota, and who gives to whom for which reasons."""
    keys = ("unit", "date", "status", "recruited", "lost", "quota", "achieved", "pace", "forecast", "low", "high",
            "new_quota", "change")  # fmt: skip
    figures = zip(made.current.table.units, made.pace, made.current.quotas, made.quotas, made.changes, strict=True)
    rows: tuple[Row, ...] = tuple(
        (unit, *_report(at, words), old, at.achieved if at.report else None, at.ratio, at.forecast, at.low, at.high,
         new, change)
        for unit, at, old, new, change in figures
    )  # fmt: skip
    achieved = sum(each.achieved for each in made.pace)
    whole: Row = (words("run.total"), "", "", None, None, sum(made.current.quotas), achieved, *[None] * 4,
                  sum(made.quotas), sum(made.changes))  # fmt: skip
    title = words("review.title", year=made.progress.year)
    listings = [Listing("review", title, _columns(words, *keys), rows, whole)]
    if made.moves:
        giving = words("review.from_reserve")
        moved: tuple[Row, ...] = tuple(
            (each.giver or giving, each.taker, "; ".join(reasons(made, each, words)), each.members)
            for each in made.moves
        )
        shown = _columns(words, "giver", "taker", "reasons", "members")
        listings.append(Listing("moves", words("year.moves"), shown, moved))
    texts = [words("review.moved" if made.moved else "review.nothing", members=made.moved)]
    if made.reserve:
        texts.append(words("review.reserve", members=made.reserve))
    return Section("review", title, (*texts, *(note.message(words) for note in made.notes)), tuple(listings))


def _report(at: Pace, words: Words) -> Row:
    """Day of a unit's latest report, how it stands, recruits and losses; dashes where it has not reported."""
    found, status = at.report, words(f"status.{at.status}")
    return ("–", status, None, None) if found is None else (words.date(found.date), status, found.recruited, found.lost)


def reasons(made: Review, move: Move, words: Words) -> tuple[str, str]:
    """Why the giver of a move gives, and why its taker takes."""
    pace = dict(zip(made.current.table.units, made.pace, strict=True))
    giver, taker = pace.get(move.giver or ""), pace[move.taker]
    return (
        words(f"review.gives.{move.why_giver}", high=giver.high if giver else None),
        words(f"review.takes.{move.why_taker}", low=taker.low, achieved=taker.achieved),
    )


def unions(found: Foundings, words: Words) -> Section:
    """Unions needed in each unit, and the fewest foundings that bring its member quota."""
    keys = ("unit", "eligible", "have", "needed", "quota", "foundings", "members")
    figures = [(e.eligible, e.have, e.needed, e.quota, len(e.foundings), e.members) for e in found.units]
    rows: tuple[Row, ...] = tuple((each.unit, *row) for each, row in zip(found.units, figures, strict=True))
    whole = (words("run.total"), *(total(list(each)) for each in zip(*figures, strict=True)))
    texts = [words(f"unions.over_{found.over}", needed=found.needed)]
    short = [each.unit for each in found.units if each.members < each.quota]
    if short:
        texts.append(words("unions.short", units=short))
    title = words("year.unions")
    needed = Listing("unions", title, _columns(words, *keys), rows, whole)
    return Section("unions", title, tuple(texts), (needed, working_list(found, words)))


def working_list(found: Foundings, words: Words) -> Listing:
    """The working groups' list: a row a founding, with the members its unit has gained up to it."""
    keys = ("unit", "quota", "number", "enterprise", "workers", "members", "members_so_far")
    return Listing("foundings", words("year.foundings"), _columns(words, *keys), tuple(_foundings(found)))


def _foundings(found: Foundings) -> Iterator[Row]:
    for unit in found.units:
        so_far = accumulate(each.joinable for each in unit.foundings)
        for number, (each, members) in enumerate(zip(unit.foundings, so_far, strict=True), start=1):
            yield unit.unit, unit.quota, number, each.name, each.workers, each.joinable, members


def plan(made: Plan, words: Words) -> Section:
    """Quotas of every year of a plan, beside those the year would give alone."""
    shown = list(_columns(words, "unit"))
    sides = []
    for number, year in enumerate(made.years, start=1):
        label = f"{year.name} ({year.year})" if year.year else year.name
        for key, column, quotas in (("quota", "quota", year.quotas), ("alone", "alone", year.alone)):
            shown.append(Column(f"{key}_{number}", words(f"column.{column}"), group=label))
            sides.append(quotas)
    rows: tuple[Row, ...] = tuple(zip(made.units, *sides, strict=True))
    whole: Row = (words("run.total"), *map(sum, sides))
    texts = [words("plan.changed", members=made.changed, price=readable(words, made.price), lot=made.lot)]
    title = words("year.plan")
    listing = Listing("plan", title, tuple(shown), rows, whole)
    return Section("plan", title, (*texts, *(note.message(words) for note in made.notes)), (listing,))
