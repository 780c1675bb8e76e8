"""Random tables and feasible scenarios on them, as allocations by the solver-free way."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from allocator.data.table import Table
from allocator.errors import InfeasibleError, InputError
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario

PEOPLE = st.sampled_from([0, 1, 7, 20, 20, 50, 100, 333, 2053])


def shares() -> st.SearchStrategy[float]:
    return st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def tables(draw: st.DrawFn, most_units: int = 6) -> Table:
    """Figures that are often alike, so that ties come up; blanks where a table may have them."""
    count = draw(st.integers(1, most_units))

    def column(values: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        return tuple(draw(st.lists(values, min_size=count, max_size=count)))

    columns = {name: column(st.none() | PEOPLE) for name in ("growth_estimate", "term_target", "recruited", "lost")}
    published = column(PEOPLE) if draw(st.booleans()) else column(st.none() | PEOPLE)
    columns |= {"workforce": column(PEOPLE), "published_quota": published, "enterprises": column(st.integers(0, 9))}
    kinds = column(st.sampled_from(["district", "sector"]))
    return Table(tuple(f"Đơn vị {i}" for i in range(count)), columns, kinds)


@st.composite
def scenarios(draw: st.DrawFn, table: Table) -> Scenario:
    """A scenario that may use every rule; it may be infeasible."""
    lot = draw(st.sampled_from([1, 5, 10]))
    lots = st.integers(0, 12).map(lambda n: n * lot)
    bounds: dict[str, Any] = {"min_quota": draw(st.sampled_from([0, 0, lot, 2 * lot]))}
    bounds["max_share"] = draw(st.sampled_from([None, 1, 0.55, 3]))
    if draw(st.booleans()):
        bounds["units"] = {draw(st.sampled_from(table.units)): {draw(st.sampled_from(["min", "max"])): draw(lots)}}
    if draw(st.booleans()):
        bounds["pace"] = {"down": draw(st.none() | shares()), "up": draw(st.none() | shares())}
    blend = [{"column": "workforce", "share": 0.6}, {"column": "enterprises", "share": 0.4}]
    attainment = {
        "basis": draw(st.sampled_from(["gross", "net"])),
        "exponent": draw(st.sampled_from([0, 1, -0.5, 2])),
        "missing": draw(st.sampled_from([1, "province", 0.6])),
    }
    locks = [{"unit": table.units[0], "quota": draw(lots)}] if draw(st.integers(0, 3)) == 0 else []
    group = {"name": "Khối huyện", "kind": "district", draw(st.sampled_from(["min", "max"])): draw(lots)}
    return Scenario.model_validate(
        {
            "data": "units.csv",
            "target": draw(st.integers(0, 40)) * lot,
            "lot": lot,
            "signpost": draw(st.sampled_from(["webster", "webster", "jefferson", "adams", "huntington_hill", "dean"])),
            "drivers": blend if draw(st.booleans()) else [{"column": "workforce", "share": 1}],
            "growth": {"realisation": draw(shares())},
            "attainment": attainment,
            "bounds": bounds,
            "locks": locks,
            "groups": [group] if "district" in table.kinds and draw(st.booleans()) else [],
        }
    )


@st.composite
def allocations(draw: st.DrawFn, most_units: int = 6) -> Allocation:
    """An allocation of a random scenario; those that cannot hold together are left out."""
    table = draw(tables(most_units))
    scenario = draw(scenarios(table))
    try:
        return allocate(table, scenario, method="waterfill")
    except (InputError, InfeasibleError):
        assume(False)
        raise
