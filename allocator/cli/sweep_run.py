"""The sweep of `allocator sensitivity`: on whatever scheduler, with or without a journal, stopped cleanly by Ctrl-C."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.cli import Call
from allocator.cli.terminal import ProgressBar, processors

if TYPE_CHECKING:
    from allocator.growth.summary import Summary
    from allocator.growth.sweep import SweepPlan
    from allocator.model.allocation import Allocation


def swept(
    call: Call, allocation: Allocation, planned: SweepPlan, draws: int, scheduler: str, resume: Path | None
) -> Summary:
    """The summary of all draws; after Ctrl-C that of the tasks finished by then, if there are any."""
    from allocator.growth.sweep import task_count
    from allocator.scale import Journal, computed

    parts: list[Summary] = []
    done: set[int] = set()
    with ExitStack() as stack:
        progress = stack.enter_context(ProgressBar(call.words("sensitivity.progress"), draws))

        def take(index: int, found: Summary) -> None:
            done.add(index)
            parts[:] = [parts[0].merged(found) if parts else found]
            progress.show(parts[0].draws)

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
                call.note(call.words("scale.kept", file=resume))
    return parts[0]


def identity(allocation: Allocation, planned: SweepPlan, draws: int) -> dict[str, object]:
    """Whatever decides the digits of a sweep and of its tasks."""
    from allocator import __version__
    from allocator.data.digest import sha256
    from allocator.model.allocation import Whole

    whole = allocation.whole or Whole(allocation.table, allocation.scenario)
    return {
        "table": sha256(whole.table.rows()),
        "scenario": sha256(whole.scenario.model_dump(mode="json")),
        "seed": planned.points.seed,
        "random": planned.points.random,
        "draws": draws,
        "task": planned.task_draws,
        "version": __version__,
    }
