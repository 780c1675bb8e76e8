"""`allocator sensitivity`: how the allocation, and the risk of the fixed quotas, depend on the growth estimates."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.call import Call, command_of, option
from allocator.cli.output import progress, say_aside
from allocator.questions import Case, find, with_reading

if TYPE_CHECKING:
    from allocator.growth.draws import SweepPlan
    from allocator.growth.summary import Summary
    from allocator.model.allocation import Allocation


@option("--scheduler", "cli.sensitivity.scheduler", type=str, default="local", show_default=True)
@option("--resume", "cli.sensitivity.resume", metavar="FILE")
@option("--charts", "cli.sensitivity.charts", metavar="DIR")
def _swept_and_drawn(call: Call, about: Case, details: bool, charts: Path | None, **sweep: Any) -> None:
    """Sweep over the growth estimates, say what was found, and draw it where asked to."""
    from dataclasses import replace

    from allocator.finding.premise import with_premise
    from allocator.growth.draws import plan_sweep
    from allocator.questions.sensitivity import answer, check, details_of

    call.check()
    draws, seed, random = (sweep.pop(name) for name in ("draws", "seed", "random"))
    check(draws, seed)
    about = replace(about, method="waterfill")
    more = details_of(about, tips=details) if details or charts else None
    planned = plan_sweep(about.allocation, seed, random)
    summary = swept(call, about.allocation, planned, draws, **sweep)
    whole = summary.draws == draws
    finding = with_reading(with_premise(answer(about, planned, summary, more if whole else None), about), about)
    if charts and whole:
        from allocator.show.drawings import draw
        from allocator.writing import write_folder

        contents: dict[str, bytes | str] = {}
        for chart in (draw(each, call.words) for section in finding.sections for each in section.charts):
            contents |= {f"{chart.name}.svg": chart.svg(), f"{chart.name}.png": chart.png()}
        write_folder(charts, contents)
        finding = replace(finding, records={**finding.records, "charts": [*contents]})
    call.give(finding)
    if not whole:
        say_aside(call.words("sensitivity.stopped", done=summary.draws, draws=draws))
        sys.exit(130)


sensitivity = command_of(find("sensitivity"), _swept_and_drawn)


def swept(
    call: Call, allocation: Allocation, planned: SweepPlan, draws: int, scheduler: str, resume: Path | None
) -> Summary:
    """The summary of all draws, on whatever scheduler; after Ctrl-C that of the tasks finished by then, if any."""
    from allocator.growth.sweep import task_count
    from allocator.scale import Journal, computed

    parts: list[Summary] = []
    done: set[int] = set()
    with ExitStack() as stack:
        show = stack.enter_context(progress(call.words("sensitivity.progress"), draws))

        def take(index: int, found: Summary) -> None:
            done.add(index)
            parts[:] = [parts[0].merged(found) if parts else found]
            show(parts[0].draws)

        try:
            journal = None
            if resume is not None:
                journal = stack.enter_context(Journal(resume, identity(allocation, planned, draws)))
                for index, found in journal.finished():
                    take(index, found)
            left = [index for index in range(task_count(planned, draws)) if index not in done]
            running = stack.enter_context(closing(computed(planned, left, draws, scheduler, processors())))
            for index, found in running if left else ():
                if journal is not None:
                    journal.add(index, found)
                take(index, found)
        except KeyboardInterrupt:
            if not parts:
                raise
            if resume is not None:
                say_aside(call.words("scale.kept", file=resume))
    return parts[0]


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def identity(allocation: Allocation, planned: SweepPlan, draws: int) -> dict[str, object]:
    """Whatever decides the digits of a sweep and of its tasks."""
    from allocator import __version__
    from allocator.data.digest import sha256

    ground = allocation.ground
    return {
        "table": sha256(ground.table.rows()),
        "scenario": sha256(ground.scenario.model_dump(mode="json")),
        "seed": planned.points.seed,
        "random": planned.points.random,
        "draws": draws,
        "task": planned.task_draws,
        "version": __version__,
    }
