"""Shares a recruitment target among units in whole lots, provably fair, and defends every quota.

Example:
    >>> import allocator
    >>> table, scenario = allocator.load_scenario("an-giang-2017/base")
    >>> allocation = allocator.allocate(table, scenario)
    >>> sum(allocation.quotas)
    6500
"""

__version__ = "1.0.0"

TYPE_CHECKING = False  # as type checkers read it; `typing` itself takes longer than Ctrl-C may find nobody listening
if TYPE_CHECKING:
    from typing import Any

    from allocator.data.table import Table as Table
    from allocator.errors import AllocatorError as AllocatorError
    from allocator.errors import InfeasibleError as InfeasibleError
    from allocator.errors import InputError as InputError
    from allocator.files import load_scenario as load_scenario
    from allocator.files import load_table as load_table
    from allocator.model.allocation import Allocation as Allocation
    from allocator.model.allocation import allocate as allocate
    from allocator.model.scenario import Scenario as Scenario

_HOMES = {
    "AllocatorError": "errors",
    "InfeasibleError": "errors",
    "InputError": "errors",
    "Table": "data.table",
    "load_scenario": "files",
    "load_table": "files",
    "Scenario": "model.scenario",
    "Allocation": "model.allocation",
    "allocate": "model.allocation",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'allocator' has no attribute {name!r}")
    return getattr(import_module(f"allocator.{_HOMES[name]}"), name)
