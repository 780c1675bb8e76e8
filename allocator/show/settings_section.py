"""The section on what was believed, what was decided, and where the figures come from."""

from __future__ import annotations

from typing import Any

from allocator.data.source import Source
from allocator.finding import Section, say
from allocator.finding.settings import FigureName, Setting, text_listing
from allocator.model.allocation import Allocation
from allocator.model.scenario import ASSUMPTIONS, DECISIONS


def scenario(made: Allocation, source: Source | None) -> Section:
    """What was believed, what was decided, and where the figures come from."""
    from allocator.proof.result import result

    dump = made.scenario.model_dump(mode="json")
    settings = [
        (say(f"report.{side}"), Setting(name), Setting(value=value))
        for side, keys in (("assumptions", ASSUMPTIONS), ("decisions", DECISIONS))
        for key in keys
        for name, value in _flat(key, dump[key])
    ]
    listings = [text_listing("parameters", ("side", "parameter", "value"), settings)]
    if source is not None:
        facts = source.document.model_dump()
        printed = [(say(f"source.{key}"), value) for key, value in facts.items() if value]
        listings.append(text_listing("document", ("fact", "value"), printed))
        stands = [
            (FigureName(name), column.header, column.cell, column.total or "")
            for name, column in source.columns.items()
        ]
        listings.append(text_listing("columns", ("figure", "header", "cell", "total_printed"), stands))
    inputs = result(made)
    proof = say("report.proof", version=inputs["inputs"]["version"], table=inputs["inputs"]["table_sha256"],
                  digest=inputs["digest"])  # fmt: skip
    return Section("scenario", say("report.scenario"), (proof,), tuple(listings), aside=True)


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """A part of a scenario as its single settings: `growth` → `growth.realisation`, `growth.units`."""
    if isinstance(value, dict) and name in ("growth", "attainment", "bounds", "risk"):
        return [(f"{name}.{key}", each) for key, each in value.items()]
    return [(name, value)]
