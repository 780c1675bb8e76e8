"""A sweep cut into tasks big enough to send away, each a pure function of the plan and its number."""

from __future__ import annotations

from functools import reduce

from allocator.analysis.summary import Summary
from allocator.analysis.sweep import Plan, chunk

CHUNKS = 4
"""Chunks a task holds: it takes far longer than the 2 ms that sending it costs, and not long to do again."""


def task_count(plan: Plan, draws: int) -> int:
    """Number of tasks that a sweep of so many draws has."""
    return -(-draws // (CHUNKS * plan.chunk_size))


def task(plan: Plan, index: int, draws: int) -> Summary:
    """The summary of task `index` of a sweep of `draws` draws, the same wherever it is computed."""
    size = plan.chunk_size
    first = index * CHUNKS
    counts = [min(size, draws - start * size) for start in range(first, first + CHUNKS) if draws > start * size]
    return reduce(Summary.merged, (chunk(plan, first + at, count) for at, count in enumerate(counts)))
