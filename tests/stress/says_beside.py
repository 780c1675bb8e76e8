"""Truths of what `run` says against another scenario, and of what `compare` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allocator.errors import Fault
from allocator.finding import Listing, say
from allocator.model.scenario import ASSUMPTIONS, Scenario
from allocator.questions import Case
from tests.stress.facts import Facts, decided, plain_name
from tests.stress.says_run import published_of
from tests.stress.sentences import Said, Scene, differing, ordered, true_of

Figures = Mapping[str, Any]
NO_QUOTA = ("title", "question", "data", "office", "what", "year", "review", "unions", "quota_basis")
"""Settings that no quota rests on."""


def short(name: str) -> str:
    """A scenario's name without its folder."""
    return name.split("/")[-1]


def fitted(first: Case, other: Case) -> dict[str, str]:
    """Names of the first side's units as the other has them, where they are alike without accents."""
    theirs = {plain_name(each): each for each in other.table.units}
    own = {*other.table.units}
    return {unit: unit if unit in own else theirs[plain_name(unit)] for unit in first.table.units
            if unit in own or plain_name(unit) in theirs}  # fmt: skip


def sides(scene: Scene) -> tuple[Case, Case]:
    """What is set beside what: the case against the other, or of a comparison the second against the first."""
    case, other = scene.drawn.case, scene.drawn.other
    return (case, other) if scene.question in ("compare", "compare_published") else (other, case)


def quotas(facts: Facts, names: Mapping[str, str]) -> dict[str, int]:
    """Quotas by unit, under the names that another side has for them."""
    return {names.get(unit, unit): each for unit, each in facts.quotas.items()}


def changes_of(scene: Scene, first: Case, second: Case, late: bool = False) -> tuple[dict[str, int], dict[str, int]]:
    """Quotas of two sides; names are those of the second where it is `late` (run against), else of the first."""
    before, after = scene.of(first), scene.of(second)
    if late:
        return quotas(before, fitted(first, second)), quotas(after, {})
    return quotas(before, {}), quotas(after, fitted(second, first))


def both(scene: Scene) -> tuple[dict[str, int], dict[str, int]]:
    """Quotas before and after."""
    return changes_of(scene, *sides(scene), late=scene.question == "against")


def shift(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What each unit is given more."""
    return {unit: after.get(unit, 0) - before.get(unit, 0) for unit in dict.fromkeys((*after, *before))}


def changing_hands(changes: Mapping[str, int]) -> int:
    """Members that move from one unit to another."""
    up = sum(each for each in changes.values() if each > 0)
    return min(up, up - sum(changes.values()))


@true_of("against.title", "against.same", "against.no_unit", "against.moved", "against.total")
def moves(scene: Scene, said: Said) -> Figures | bool:
    """How many change hands, and how many more or fewer there are."""
    before, after = both(scene)
    changes, name = shift(before, after), short(scene.drawn.other.name)
    if said.key == "against.title":
        return {"name": name}
    if said.key == "against.same":
        return {"name": name} if not any(changes.values()) else False
    if said.key == "against.no_unit":
        return {"name": name} if not before.keys() & after.keys() else False
    if said.key == "against.moved":
        return {"name": name, "moved": changing_hands(changes)}
    gap = sum(after.values()) - sum(before.values())
    return {"gap": gap, "before": sum(before.values()), "now": sum(after.values())} if gap else False


def given(key: str, changes: Mapping[str, int]) -> Figures:
    """Who is given more, or less, most first; beyond five only how many."""
    sign = 1 if key == "compare.more" else -1
    units = sorted((unit for unit, each in changes.items() if sign * each > 0), key=lambda unit: -abs(changes[unit]))
    told: list[Fault] = [say("compare.by", unit=unit, change=changes[unit]) for unit in units[:5]]
    told += [say("compare.rest", count=len(units) - 5)] * (len(units) > 5)
    return {"units": told, "count": len(units), "total": sum(changes[unit] for unit in units)}


@true_of("compare.more", "compare.less")
def more_or_less(scene: Scene, said: Said) -> Figures:
    """Units and what they are given more."""
    return given(said.key, shift(*both(scene)))


@true_of("compare.in")
def within(scene: Scene, said: Said) -> bool:
    """The same of one of several scenarios."""
    case = next(each for each in (scene.drawn.case, scene.drawn.other) if short(each.name) == said.values["name"])
    before, after = changes_of(scene, scene.drawn.other, case)
    inner = said.values["said"]
    right = given(inner.key, shift(before, after))
    return inner.key in ("compare.more", "compare.less") and not differing(dict(right), dict(inner.values))


def flat(value: Any, keys: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """What stands where, in lists by place; what is blank, empty or false is nothing."""
    if isinstance(value, Mapping):
        return {k: v for key, each in value.items() for k, v in flat(each, (*keys, str(key))).items()}
    return {} if value in (None, "", [], {}) or value is False else {keys: value}


def top_keys(first: Case, second: Case) -> set[str]:
    """Settings that differ, by their first key."""
    one, two = (each.scenario.model_dump(mode="json") for each in (first, second))
    return {key for key in one if key not in NO_QUOTA[:4] and flat(one[key]) != flat(two[key])}


def figures_differing(first: Case, second: Case) -> int:
    """Figures of the tables that differ, of units that both have."""
    names = fitted(first, second)
    rows = [{each["unit"]: each for each in case.table.rows()} for case in (first, second)]
    count = 0
    for unit, name in names.items():
        one, two = rows[0][unit], rows[1][name]
        cells = {key for key in (*one, *two) if key not in ("unit", "parent")}
        count += sum((one.get(key) or 0) != (two.get(key) or 0) or (one.get(key) is None) != (two.get(key) is None)
                     for key in cells)  # fmt: skip
        count += names.get(str(one.get("parent")), one.get("parent")) != two.get("parent")
    return count


def told_settings(scene: Scene) -> list[Mapping[str, Any]]:
    """What the JSON says that differs."""
    records = scene.found.records
    return list(records["against"]["settings"] if "against" in records else records["scenarios"][1]["settings"])


@true_of("against.settings")
def settings(scene: Scene, said: Said) -> bool | str:
    """As many as the JSON has; each stands on the sides as it says; none is missing."""
    first, second = sides(scene)
    told = told_settings(scene)
    apart = [each for each in told if not each["key"].startswith("table.")]
    if {each["key"].split(".")[0] for each in apart} != top_keys(first, second):
        return f"{apart} beside {top_keys(first, second)}"
    changes = [*said.values["changes"]]
    if changes and changes[-1].key == "against.figures":
        if changes.pop().values["count"] != figures_differing(first, second):
            return f"{figures_differing(first, second)} figures differ"
    elif figures_differing(first, second):
        return "figures differ, too"
    rest = changes.pop().values["count"] if changes and changes[-1].key == "against.rest" else 0
    if len(changes) + rest != len(apart):
        return f"{len(apart)} settings differ"
    for change, record in zip(changes, apart, strict=False):
        kind = "added" if record["from"] is None else "gone" if record["to"] is None else "setting"
        shown = ".".join(change.values["setting"].keys), change.values["old"].value, change.values["new"].value
        plain = shown[0] in ("year", "quota_basis")  # these two are told in other words
        if change.key != f"against.{kind}" or shown[0] != record["key"]:
            return f"{change} is {record}"
        if not plain and shown[1:] != (record["from"], record["to"]):
            return f"{change} is {record}"
    return True


@true_of("compare.only", "compare.fitted")
def apart(scene: Scene, said: Said) -> Figures | bool:
    """Units that only one side has; those that are one though they are written otherwise."""
    first, second = sides(scene)
    if scene.question == "compare_three":
        first, second = scene.drawn.other, scene.drawn.case
    names = fitted(first, second)
    if said.key == "compare.fitted":
        return {"units": [f"{unit} = {name}" for unit, name in names.items() if unit != name]}
    ways = [
        (second, first, [unit for unit in second.table.units if unit not in names.values()]),
        (first, second, [unit for unit in first.table.units if unit not in names]),
    ]
    return any(units and dict(said.values) == {"name": short(one.name), "other": short(two.name), "units": units}
               for one, two, units in ways)  # fmt: skip


STAGES = ("figures", "assumptions", "target", "rules")


def staged(first: Scenario, last: Scenario, stages: list[str], figures: bool) -> Scenario:
    """The first scenario with what some stages change."""
    keys: set[str] = {*(["published"] if figures else [])}
    keys |= {*ASSUMPTIONS} if "assumptions" in stages else set()
    keys |= {"target"} if "target" in stages else set()
    if "rules" in stages:
        keys |= {*Scenario.model_fields} - {*ASSUMPTIONS, *NO_QUOTA, "target"}
    return first.model_copy(update={key: getattr(last, key) for key in keys})


def stages_differing(first: Case, last: Case) -> list[str]:
    """What differs, in the order in which it is changed."""
    figures = first.table.rows() != last.table.rows() or first.table.units != last.table.units
    tops = top_keys(first, last) - {*NO_QUOTA, *(["published"] if figures else [])}
    differ = {"figures": figures, "assumptions": tops & {*ASSUMPTIONS}, "target": tops & {"target"},
              "rules": tops - {*ASSUMPTIONS, "target"}}  # fmt: skip
    return [each for each in STAGES if differ[each]]


@ordered("against")
def a_bridge(scene: Scene) -> Iterator[str]:
    """Each step is what changing so much, and deciding again, gives; they add up; changes are those of the units."""
    from tests.stress.says_run import a_result

    yield from a_result(scene)
    first, last = sides(scene)
    record, (before, after) = scene.found.records["against"], both(scene)
    changes = shift(before, after)
    if {each["unit"]: each["change"] for each in record["units"]} != changes:
        yield f"changes {record['units']}, worked out {changes}"
    stages, done, names = stages_differing(first, last), list[str](), fitted(first, last)
    if any(changes.values()) and [stage for each in record["bridge"] for stage in each["steps"]] != stages:
        yield f"steps {[each['steps'] for each in record['bridge']]}, {stages} differ"
        return
    now = {names.get(unit, unit): each for unit, each in scene.of(first).quotas.items()}
    for each in record["bridge"]:
        for stage in each["steps"]:
            done.append(stage)
            made = decided(last.table, staged(first.scenario, last.scenario, done, "figures" in stages))
            whole = done == stages
            if made is not None and stage != each["steps"][-1] and not whole:
                yield f"{each['steps']} are said to be one step, but {done} fit by themselves"
        made = after if whole else made
        if made is None:
            yield f"the step {each['steps']} has no allocation"
            return
        right = {unit: change for unit, change in shift(now, made).items() if change}
        if right != {one["unit"]: one["change"] for one in each["units"]}:
            yield f"step {each['steps']}: {each['units']}, decided again {right}"
        if each["moved"] != (changing_hands(right) if now.keys() & made.keys() else None):
            yield f"step {each['steps']} is said to move {each['moved']}"
        now = made


@true_of("against.joined")
def joined(scene: Scene, said: Said) -> bool:
    """A step of several stages of the JSON, which the bridge has been tried on."""
    told = [each.key.rpartition(".")[2] for each in said.values["steps"]]
    name = short(scene.drawn.other.name)
    return said.values["name"] == name and told in [each["steps"] for each in scene.found.records["against"]["bridge"]]


@true_of("against.steps", "against.step", "against.bridge", "against.order", "against.now")
def bridge_words(scene: Scene, said: Said) -> bool:
    """Names of the steps; there is an order where there are two."""
    steps = scene.found.records["against"]["bridge"]
    if said.key == "against.steps":
        return [each.key.rpartition(".")[2] for each in said.values["steps"]] in [each["steps"] for each in steps]
    return said.key == "against.now" or len(steps) > 1


@true_of("against.kept")
def kept(scene: Scene, said: Said) -> Figures:
    """Units whose quota stays."""
    return {"count": sum(not each for each in shift(*both(scene)).values())}


@true_of("compare.figures")
def many_figures(scene: Scene, said: Said) -> bool:
    """Only where there are very many."""
    return bool(said.values["count"] > 100)


@true_of("compare.moved", "compare.moved_settings", "compare.totals_differ", "compare.no_unit")
def compared(scene: Scene, said: Said) -> Figures | bool:
    """What one scenario moves against the first, or against what is published."""
    values = said.values
    cases = {short(each.name): each for each in (scene.drawn.case, scene.drawn.other)}
    case = cases[values["name"]]
    if said.key == "compare.moved":
        first = published_of(scene.facts)
        known = {unit: each for unit, each in first.items() if each is not None}
        made = {unit: each for unit, each in scene.of(case).quotas.items() if unit in known}
        ours, theirs = sum(made.values()), sum(known[unit] for unit in made)
        scale = 1 if ours == theirs else ours / theirs if ours and theirs else None
        if scale is None:
            return False
        gaps = sum(abs(each - known[unit] * scale) for unit, each in made.items())
        return {"name": values["name"], "moved": gaps / 2, "reference": say("compare.published")}
    base = cases[values["reference"]]
    before, after = changes_of(scene, base, case)
    named = {"name": values["name"], "reference": values["reference"]}
    if said.key == "compare.no_unit":
        return named if not before.keys() & after.keys() else False
    if said.key == "compare.totals_differ":
        gap = sum(after.values()) - sum(before.values())
        return {**named, "gap": gap, "now": sum(after.values()), "before": sum(before.values())} if gap else False
    settings = next(each for each in scene.found.records["scenarios"] if short(each["name"]) == values["name"])[
        "settings"
    ]
    count = len([each for each in settings if each["key"].startswith("table.")])
    if count != figures_differing(base, case) or {e["key"].split(".")[0] for e in settings} - {"table"} != top_keys(
        base, case
    ):
        return False
    return {**named, "moved": changing_hands(shift(before, after)), "count": len(settings)}


@true_of("compare.of")
def of_some(scene: Scene, said: Said) -> bool:
    """A caveat that holds of these scenarios."""
    from tests.stress.says_run import measure

    inner, names = said.values["text"], []
    for each in scene.found.records["scenarios"]:
        case = scene.drawn.case if each["name"] == scene.drawn.case.name else scene.drawn.other
        first = published_of(scene.facts if scene.question == "compare_published" else scene.of(case))
        right = measure(Said(inner, "line"), scene.of(case).quotas, first)
        names += [short(case.name)] * (isinstance(right, Mapping) and not differing(dict(right), dict(inner.values)))
    return [*said.values["names"]] == names


@true_of("compare.change", "compare.changes", "compare.measured_how")
def how(scene: Scene, said: Said) -> bool:
    """What changes are against."""
    if said.key == "compare.measured_how":
        return True
    published = scene.question == "compare_published"
    return bool(said.values["name"] == (say("compare.published") if published else short(sides(scene)[0].name)))


@true_of("compare.change_of")
def whose_change(scene: Scene, said: Said) -> bool:
    """Above which column: that of the scenario it names."""
    assert said.listing is not None
    assert said.column is not None
    heads = [each.key for each in said.listing.columns]
    beside = said.listing.columns[heads.index(said.column.key.replace("change_", "quota_"))]
    return bool(beside.header == said.values["name"])


@ordered("compare", "compare_published", "compare_three")
def side_by_side(scene: Scene) -> Iterator[str]:
    """Quotas in the rows are those decided again, changes the differences beside the reference; members moved too."""
    records = scene.found.records
    cases = {each.name: each for each in (scene.drawn.case, scene.drawn.other)}
    listing = next(each for each in scene.found.listings if each.key == "compare")
    first = records["scenarios"][0]["name"]
    published = published_of(scene.of(cases[first]))
    columns = _columns(listing)
    units = [str(row[0]) for row in listing.rows]
    before = None
    for number, each in enumerate(records["scenarios"], 1):
        now = quotas(scene.of(cases[each["name"]]), fitted(cases[each["name"]], cases[first]))
        before = now if before is None else before
        if [now.get(unit) for unit in units] != columns[f"quota_{number}"]:
            yield f"quotas of {each['name']}: {columns[f'quota_{number}']}, decided again {now}"
        if each["moved"] != (changing_hands(shift(before, now)) if before.keys() & now.keys() else None):
            yield f"{each['name']} is said to move {each['moved']}"
        reference = published if scene.question == "compare_published" else before
        if f"change_{number}" in columns:
            absent = None if reference is published else 0
            there = [reference.get(unit, absent) for unit in units]
            right = [None if was is None else now.get(unit, 0) - was for unit, was in zip(units, there, strict=True)]
            if right != columns[f"change_{number}"]:
                yield f"changes of {each['name']}: {columns[f'change_{number}']}, worked out {right}"


def _columns(listing: Listing) -> dict[str, list[Any]]:
    return {head.key: [row[at] for row in listing.rows] for at, head in enumerate(listing.columns)}
