"""Shares a recruitment target among units in whole lots, provably fair, and defends every quota.

Example:
    >>> import allocator
    >>> table, scenario = allocator.load_scenario("an-giang-2017/base")
    >>> allocation = allocator.allocate(table, scenario)
    >>> sum(allocation.quotas)
    6500
"""

__version__ = "1.0.0"

language: "str | None" = None
"""What answers and errors are in, `vi` or `en`; None for the locale's."""

TYPE_CHECKING = False  # as type checkers read it; `typing` itself takes longer than Ctrl-C may find nobody listening
if TYPE_CHECKING:
    from typing import Any

    from allocator.asking import AnsweringAllocation, allocated
    from allocator.data.table import Table as Table
    from allocator.errors import AllocatorError as AllocatorError
    from allocator.errors import InfeasibleError as InfeasibleError
    from allocator.errors import InputError as InputError
    from allocator.files import load_scenario as load_scenario
    from allocator.files import load_table as load_table
    from allocator.model.scenario import Scenario as Scenario
    from allocator.show.notebook import Reply as Reply

    Allocation, allocate = AnsweringAllocation, allocated

_HOMES = {
    "AllocatorError": "errors.AllocatorError",
    "InfeasibleError": "errors.InfeasibleError",
    "InputError": "errors.InputError",
    "Table": "data.table.Table",
    "load_scenario": "files.load_scenario",
    "load_table": "files.load_table",
    "Scenario": "model.scenario.Scenario",
    "Allocation": "asking.AnsweringAllocation",
    "Reply": "show.notebook.Reply",
    "allocate": "asking.allocated",
}
__all__ = [*sorted(_HOMES), "language"]


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name in _HOMES:
        module, _, held = _HOMES[name].rpartition(".")
        return getattr(import_module(f"allocator.{module}"), held)
    if name in import_module("allocator.questions").names():
        return import_module("allocator.asking").about_nothing(name)
    raise AttributeError(f"module 'allocator' has no attribute {name!r}")
