"""The engine of the report against the model, on random scenarios with nested groups and changed settings.

`python -m tests.show.engine 5000 [SEED]` compares that many: quotas, what collides, the certificate of the allocation
and of others, and, where nothing is limited together, what holds each unit.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from random import Random
from typing import Any

from allocator.data.table import Table
from allocator.errors import AllocatorError, InfeasibleError, InputError
from allocator.model.allocation import Allocation, allocate
from allocator.model.certificate import intervals, violation
from allocator.model.claims import exact
from allocator.model.feasibility import entry_head
from allocator.model.scenario import Scenario
from allocator.show.carried import carried
from allocator.show.templating import ENGINE

PEOPLE = [0, 1, 7, 20, 20, 50, 100, 333, 2053]
HOLDS = {"LOCKED": "locked", "AT_FLOOR": "floor", "AT_CAP": "cap", "BY_CLAIM": "claim"}
ANSWER = """
(cases) => cases.map(({problem, changes, moves}) => {
  const changed = {...problem, ...changes};
  const made = engine.decide(changed), lot = changed.lot, given = made.given;
  const told = (rule) => rule && rule.key.replace(/^locks.*/, "locks");
  const after = given && moves.map(([from, to]) => given.map((each, i) => each + (i === to) - (i === from)));
  return {
    faults: made.faults.map((each) => Object.fromEntries(Object.entries(each).map(([key, value]) => [key,
      key === "rules" ? value.map(told) : value && value.key ? told(value) : value]))),
    quotas: given && given.map((each) => each * lot),
    verdicts: given && [given, ...after].map((each) => !engine.certify(made, each).why),
    tried: after,
    reasons: given && given.map((_, unit) => reasons(made, engine.certify(made, given), unit).key),
  };
})
"""
"""What the engine answers on each case: a problem, what is changed of it, and lots that move between two units."""


def answers(cases: list[dict[str, Any]], browser: Any = None) -> list[dict[str, Any]]:
    """What the engine answers, in Node where it is there, else in a browser's page."""
    engine = "\n".join((ENGINE / name).read_text("utf-8") for name in ("engine.js", "reasons.js"))
    if node := shutil.which("node"):
        script = f"{engine}\nprocess.stdout.write(JSON.stringify(({ANSWER})"
        script += '(JSON.parse(require("fs").readFileSync(0, "utf-8")))))'
        ran = subprocess.run([node, "-e", script], input=json.dumps(cases), capture_output=True, text=True, check=True)
        return list(json.loads(ran.stdout))
    made = browser.new_page()
    made.add_script_tag(content=engine)
    found: list[dict[str, Any]] = made.evaluate(ANSWER, cases)
    made.close()
    return found


def table_of(draw: Random, count: int) -> Table:
    """Figures that are often alike, so that ties come up; blanks where a table may have them."""

    def column(blank: bool, values: list[int] = PEOPLE) -> tuple[int | None, ...]:
        return tuple(None if blank and draw.random() < 0.1 else draw.choice(values) for _ in range(count))

    columns = {name: column(True) for name in ("growth_estimate", "term_target", "recruited", "lost", "last_year")}
    columns |= {"published_quota": column(True), "enterprises": column(False, [1, 2, 2, 5, 9])}
    spread = [draw.randint(0, 9000) for _ in range(count)] if draw.random() < 0.5 else PEOPLE
    columns["workforce"] = column(False, spread)
    return Table(tuple(f"Đơn vị {i}" for i in range(count)), columns, ("district",) * count)


def nested_sets(draw: Random, start: int, stop: int, depth: int = 0) -> Iterator[tuple[int, int]]:
    """Ranges of units that nest or are apart."""
    while start < stop and depth < 3:
        end = draw.randint(start + 1, stop)
        if draw.random() < 0.4:
            yield start, end
            yield from nested_sets(draw, start, end - (depth == 0 and draw.random() < 0.5), depth + 1)
        start = end


def share_of(draw: Random, amounts: list[float]) -> dict[str, Any]:
    of = draw.choice(["target", "available", "workforce", "published", "last_year"])
    return {"share": draw.choice(amounts), "of": of}


def rules_of(draw: Random, table: Table, lot: int, groups: bool) -> list[dict[str, Any]]:
    """Rules on each unit, some giving way alike, and on nested sums."""
    units, made = table.units, list[dict[str, Any]]()
    for _ in range(draw.choice([0, 0, 1, 2])):
        some = draw.sample(units, draw.randint(1, len(units)))
        least = draw.choice([draw.randint(0, 3) * lot, share_of(draw, [0.01, 0.05, 0.1]), share_of(draw, [0.02, 0.33])])
        most = draw.choice([draw.randint(2, 40) * lot, share_of(draw, [0.29, 0.6, 1, 1.4]), share_of(draw, [0.5, 1])])
        sides = draw.choice([{"least": least}, {"most": most}, {"least": least, "most": most}])
        short = {"short": "alike"} if "least" in sides and draw.random() < 0.3 else {}
        firm = draw.random() < 0.3
        made.append({"for": {"units": some}, "each": sides, "firm": firm, **short})
    for start, end in nested_sets(draw, 0, len(units)) if groups else ():
        share = (end - start) / len(units)
        least, most = (round(share * draw.uniform(*ends), 3) for ends in ((0, 1), (0.7, 2)))
        amounts = {"least": {"share": least, "of": "target"}, "most": {"share": most, "of": "target"}}
        if draw.random() < 0.3:
            amounts["most"] = {"share": draw.choice([0.4, 0.7]), "of": "available"}
        kept = draw.choice([["least"], ["most"], ["least", "most"]])
        made.append({"for": {"units": list(units[start:end])}, "together": {side: amounts[side] for side in kept}})
    return made


def scenario_of(draw: Random, table: Table) -> Scenario:
    """A scenario that may use every rule and every signpost; it may be infeasible."""
    lot = draw.choice([1, 1, 5, 10])
    workforce = sum(each or 0 for each in table.column("workforce"))
    lots = draw.choice([draw.randint(0, 40), int(workforce * draw.uniform(0, 0.6)) // lot, 200_000 // lot])
    bounds: dict[str, Any] = {"min_quota": draw.choice([0, 0, lot, 20]), "max_share": draw.choice([None, 1, 0.55, 3])}
    if draw.random() < 0.3:
        bounds["units"] = {draw.choice(table.units): {draw.choice(["min", "max"]): draw.randint(0, 60)}}
    if draw.random() < 0.2:
        bounds["pace"] = {"down": draw.choice([None, 0.5, 0.3]), "up": draw.choice([0.5, 2, 3])}
    drivers = [[("workforce", 1)], [("workforce", 0.6), ("enterprises", 0.4)], [("enterprises", 1)]]
    blend: list[dict[str, Any]] = [{"column": name, "share": share} for name, share in draw.choice(drivers)]
    if blend[0]["share"] == 0.6 and draw.random() < 0.4:
        blend[1] = {"equal": True, "share": 0.4}
    values = {
        "data": "units.csv",
        "target": lots * lot,
        "lot": lot,
        "signpost": draw.choice(["webster", "webster", "jefferson", "adams", "huntington_hill", "dean"]),
        "drivers": blend,
        "growth": {"realisation": draw.randint(0, 20) / 20, "units": {draw.choice(table.units): 0.37}},
        "attainment": {
            "basis": draw.choice(["gross", "net"]),
            "exponent": draw.choice([0, 0, 1, 2, -1, 0.5, -0.5, 1.5, -2.5, 0.3]),
            "missing": draw.choice([1, "province", 0.6]),
            "ceiling": draw.choice([1, 1.2, 3]),
        },
        "rules": rules_of(draw, table, lot, draw.random() < 0.5),
        "bounds": bounds,
        "locks": [{"unit": draw.choice(table.units), "quota": draw.randint(0, 9) * lot}] if draw.random() < 0.3 else [],
    }
    return Scenario.model_validate(values)


def lever(draw: Random, table: Table, scenario: Scenario) -> tuple[dict[str, Any], dict[str, Any]]:
    """A change of settings, as the scenario takes it and as the page does."""
    lot, halves = scenario.lot, scenario.attainment.exponent % 0.5 == 0
    names = ["realisation", "target", "lot", "min_quota", "max_share", "locks"] + ["past"] * 3 * halves
    name = draw.choice(names)
    if name == "realisation":
        value = draw.choice([0, 0.1, 0.29, 0.333, 1])
        return {"growth": {name: value}}, {name: str(exact(value))}
    if name == "past":
        past = {"basis": draw.choice(["gross", "net"]), "exponent": draw.choice([-10, -1.5, 0, 0.5, 1, 3, 9.5])}
        past |= {"floor": draw.choice([0.1, 0.55, 1]), "ceiling": draw.choice([0.9, 1, 2.5])}
        return {"attainment": past}, {key: each if key == "basis" else str(exact(each)) for key, each in past.items()}
    if name == "locks":
        place = draw.randrange(len(table))
        kept = [each for each in scenario.locks if each.unit != table.units[place]]
        locks = {str(table.units.index(each.unit)): each.quota for each in kept}
        quota = draw.randint(0, 12) * lot + (draw.random() < 0.1)
        made = [*(each.model_dump() for each in kept), {"unit": table.units[place], "quota": quota}]
        return {"locks": made}, {"locks": {**locks, str(place): quota}}
    if name in ("min_quota", "max_share"):
        value = draw.choice([0, lot, 3 * lot, 17] if name == "min_quota" else [None, 0.2, 0.55, 0.9, 2])
        return {"bounds": {name: value}}, {name: value if name == "min_quota" else value and str(exact(value))}
    value = draw.choice([1, 5, 10, 50]) if name == "lot" else scenario.target + draw.randint(-5, 20) * lot
    return {name: max(0, value)}, {name: max(0, value)}


def cases(count: int, seed: int) -> Iterator[tuple[dict[str, Any], Allocation | AllocatorError]]:
    """Problems with settings changed, and what the model says of each."""
    draw = Random(seed)
    while count > 0:
        table = table_of(draw, draw.choice([1, 2, 3, 5, 8, 8, 12, 40]))
        try:
            scenario = scenario_of(draw, table)
            made = allocate(table, scenario, "waterfill")
        except AllocatorError:
            continue
        problem = json.loads(json.dumps(carried(made)))
        changes = [({}, {}), *(lever(draw, table, scenario) for _ in range(4))]
        for settings, changed in changes[:count]:
            moves = [[draw.randrange(len(table)), draw.randrange(len(table))] for _ in range(3)]
            yield {"problem": problem, "changes": changed, "moves": moves}, model(table, scenario, settings)
        count -= len(changes)


def model(table: Table, scenario: Scenario, settings: dict[str, Any]) -> Allocation | AllocatorError:
    try:
        changed = scenario.changed(settings)
        changed.check(table)
        return allocate(table, changed, "waterfill")
    except AllocatorError as error:
        return error


def proved(made: Allocation, lots: list[int]) -> bool:
    """Whether the model finds lots within all bounds and their certificate whole; no claim gets its floor alone."""
    kept = min(lots) >= 0 and violation(made.problem, lots) is None and bool((made.problem.top >= lots).all())
    return kept and not any(each.empty for each in intervals(made.problem, lots))


def differences(case: dict[str, Any], right: Allocation | AllocatorError, got: dict[str, Any]) -> Iterator[str]:
    """In what the engine's answer differs from the model's."""
    if isinstance(right, Allocation):
        if got.get("quotas") != list(right.quotas):
            yield f"quotas {got.get('quotas')} for {right.quotas}, {got['faults']}"
            return
        if got["verdicts"] != [proved(right, each) for each in ([each for each in right.lots], *got["tried"])]:
            yield f"verdicts {got['verdicts']}"
        reasons = [HOLDS.get(each, "group") for each in right.positions]
        shared = any(each["together"] for each in case["problem"]["rules"]) or any(
            each.key in ("note.rule_band", "note.rule_band_low", "note.rule_alike") for each in right.notes
        )  # several rules hold such a unit: which is the first depends on deciding again
        if not shared and got["reasons"] != reasons:
            yield f"reasons {got['reasons']} for {reasons}"
    elif isinstance(right, InfeasibleError):
        wanted = [figures_of(each.key.removeprefix("infeasible."), each.values) for each in right.faults]
        if (found := [figures_of(each["key"], each) for each in got["faults"]]) != wanted:
            yield f"faults {found} for {wanted}"
    elif not got["faults"] or got.get("quotas"):
        yield f"nothing refused: {[each.key for each in right.faults]}"


def figures_of(key: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """The key of a fault, its figures in members, and heads of the rules that it names."""
    rules = [entry_head(each) for each in values.get("rules", ()) if each != "–"]
    numbers = {name: each for name, each in values.items() if isinstance(each, int) and name != "unit"}
    return key, sorted(numbers.items()), list(dict.fromkeys(rules))


def compared(count: int, seed: int, browser: Any = None) -> tuple[int, list[str]]:
    """How many of `count` random scenarios could hold, and every difference between engine and model."""
    posed = [*cases(count, seed)]
    got = answers([each for each, _ in posed], browser)
    wrong = [
        f"{case['changes']}: {told}"
        for (case, right), each in zip(posed, got, strict=True)
        for told in differences(case, right, each)
    ]
    assert all(isinstance(right, (Allocation, InfeasibleError, InputError)) for _, right in posed)
    return sum(isinstance(right, Allocation) for _, right in posed), wrong


if __name__ == "__main__":
    wanted, start = (int(each) for each in (*sys.argv[1:], *("5000", "1")[len(sys.argv) - 1 :]))
    held, found = compared(wanted, start)
    print(f"{wanted} scenarios, {held} with an allocation, {len(found)} differences", *found[:20], sep="\n")
    sys.exit(bool(found))
