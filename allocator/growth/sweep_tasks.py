"""A sweep cut into tasks big enough to send away, each a pure function of the plan and its number."""

from __future__ import annotations

from functools import reduce

from allocator.growth.summary import Summary
from allocator.growth.sweep import SweepPlan, chunk

CHUNKS = 4
"""Chunks a task holds at least: it takes far longer than the 2 ms that sending it costs, and not long to do again."""
DRAWS = 256
"""Draws a task holds at least: the summary of a large table weighs much the same however few they are."""


def task_draws(plan: SweepPlan) -> int:
    """Draws of each task but the last."""
    return max(CHUNKS * plan.chunk_size, DRAWS)


def task_count(plan: SweepPlan, draws: int) -> int:
    """Number of tasks that a sweep of so many draws has."""
    return -(-draws // task_draws(plan))


def task(plan: SweepPlan, index: int, draws: int) -> Summary:
    """The summary of task `index` of a sweep of `draws` draws, the same wherever it is computed."""
    size, each = plan.chunk_size, task_draws(plan)
    starts = range(index * each, min((index + 1) * each, draws), size)
    return reduce(Summary.merged, (chunk(plan, start // size, min(size, draws - start)) for start in starts))
