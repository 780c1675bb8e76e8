"""`allocator review`: mid-year, pace against quota, and a least-change reallocation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from allocator.cli import HELP, Call, Given, command, scenario_options
from allocator.cli.terminal import print_lines, print_table
from allocator.words import Words

if TYPE_CHECKING:
    from allocator.analysis.review import Review


@command("review")
@scenario_options
@click.option(
    "--progress",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help=HELP("cli.review.progress"),
)
def run_review(call: Call, given: Given, progress: Path) -> None:
    """Read the reports, review the quotas and print both."""
    from allocator.analysis.review import review
    from allocator.data.progress import read_progress

    table, chosen = given.load()
    made = review(table, chosen, read_progress(progress, table, chosen.year))
    call.show(document(made), lambda: print_review(call.words, made))


def document(made: Review) -> dict[str, Any]:
    """The review as one JSON object."""
    from allocator.analysis.result import plain

    before = made.current.quotas
    rows = zip(made.current.table.units, made.pace, before, made.quotas, made.changes, strict=True)
    return {
        "year": made.progress.year,
        "target": sum(made.quotas) + made.reserve,
        "lot": made.lot,
        "reserve": made.reserve,
        "moved": made.moved,
        "units": [
            {
                "unit": unit,
                "recruited": pace.report and pace.report.recruited,
                "lost": pace.report and pace.report.lost,
                "date": pace.report and pace.report.date.isoformat(),
                "previous_quota": old,
                "quota": new,
                "change": change,
                "achieved": pace.achieved,
                "elapsed": pace.elapsed,
                "expected": pace.expected,
                "pace": pace.ratio,
                "forecast": pace.forecast,
                "low": pace.low,
                "high": pace.high,
                "growth_seen": pace.growth_seen,
                "status": pace.status,
            }
            for unit, pace, old, new, change in rows
        ],
        "moves": [
            {"from": m.giver, "to": m.taker, "members": m.members, "why_from": m.why_giver, "why_to": m.why_taker}
            for m in made.moves
        ],
        "notes": [plain(note) for note in made.notes],
    }


def print_review(words: Words, made: Review) -> None:
    """Pace, forecast and new quota of every unit, then each move with its reasons."""
    number, before = words.number, made.current.quotas
    rows = [
        [
            unit,
            number(old),
            number(pace.achieved if pace.report else None),
            words.percent(pace.ratio, 0),
            number(pace.forecast),
            "–" if pace.low is None else f"{number(pace.low)} … {number(pace.high)}",
            words(f"status.{pace.status}"),
            number(new),
            words.signed(new - old),
        ]
        for unit, pace, old, new in zip(made.current.table.units, made.pace, before, made.quotas, strict=True)
    ]
    total = [words("run.total"), number(sum(before)), number(sum(p.achieved for p in made.pace)), *[""] * 4]
    total += [number(sum(made.quotas)), words.signed(sum(made.changes))]
    names = ("unit", "quota", "achieved", "pace", "forecast", "interval", "status", "new_quota", "change")
    print_table(
        [words(f"column.{each}") for each in names], rows, total, words("review.title", year=made.progress.year)
    )
    lines = [words("review.moved" if made.moved else "review.nothing", members=made.moved)]
    lines += [move_sentence(words, made, index) for index in range(len(made.moves))]
    if made.reserve:
        lines.append(words("review.reserve", members=made.reserve))
    print_lines([*lines, *(note.message(words) for note in made.notes)])


def move_sentence(words: Words, made: Review, index: int) -> str:
    """One move as a sentence with both reasons."""
    from allocator.report.year import reasons

    move = made.moves[index]
    gives, takes = reasons(made, move, words)
    giver = move.giver or words("review.from_reserve")
    return words("review.move", members=move.members, giver=giver, taker=move.taker, why_giver=gives, why_taker=takes)
