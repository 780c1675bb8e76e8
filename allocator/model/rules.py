"""Every limit on quotas as one form: names resolved to nodes of the tree, amounts in exact members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from allocator.data.table import Table, fold
from allocator.errors import Fault, InputError, fault
from allocator.model.claims import MICRO, Stage, exact
from allocator.model.forest import Forest
from allocator.model.limit import Limit, Ruled
from allocator.model.parts import PREVIOUS, Amount, Whom
from allocator.model.problem import ANY_LOTS, array
from allocator.model.short_forms import MOVING, Entry, group_forms, short_forms, written_rules
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    from allocator.model.scenario import Level, Scenario


@dataclass(frozen=True, eq=False)
class Figures:
    """A figure of every node, exactly: numerators of one denominator, and which of them are blank."""

    tops: NDArray[Any]
    blank: NDArray[np.bool_]
    bottom: int

    @classmethod
    def of(cls, values: Sequence[int | None], bottom: int) -> Figures:
        """The figures of a list; negative ones count as 0."""
        return cls(_whole([max(0, each or 0) for each in values]), np.array([each is None for each in values]), bottom)


def _whole(values: Sequence[int]) -> NDArray[Any]:
    """Whole numbers as an array, of Python's own where 64 bits do not hold what they may be multiplied by."""
    return np.array(values, dtype=np.int64 if max(values, default=0) < ANY_LOTS >> 30 else object)


@dataclass(frozen=True, eq=False)
class RuleGround:
    """What rules stand on: the tree, its rows, and the figures of every level.

    Attributes:
        tree: the tree.
        table: one row a unit, inner ones too.
        scenario: of the whole.
        levels: each level from the top, its rows in the order of `tree.shown(level)`.
    """

    tree: Forest
    table: Table
    scenario: Scenario
    levels: Sequence[Stage]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every rule, the short forms of each level for its nodes; of equal rules the first is the one named."""
        scenario, made = self.scenario, list[Entry]()
        replaced = set[int]()
        for level, own in enumerate((each.scenario for each in self.levels), start=1):
            at = level if self.tree.depth > 1 else 0
            written = scenario.levels[level - 1] if at and level <= len(scenario.levels) else None
            # By default nobody is asked for more than its workforce, which not every table has.
            idle = own.bounds.max_share == 1 and not self.table.measured
            forms = (each for each in short_forms(own, at) if not (idle and each.key == "bounds.max_share"))
            made += (self._covering(_placed(each, level, written)) for each in forms)
            if written is not None and written.groups is not None:
                replaced.add(level)
                made += (replace(each, key=f"levels.{level - 1}.{each.key}") for each in group_forms(own.groups, at))
        made += written_rules(scenario)
        for each in group_forms(scenario.groups):
            levels = {self.tree.level[node] for node in covered(each, self).tolist()} if replaced else {0}
            if not levels <= replaced:
                made.append(each)
        return tuple(made)

    def _covering(self, entry: Entry) -> Entry:
        """Decided at once a short form is about all leaves; a level's own about its nodes, as all are in `levels`."""
        by_level = self.scenario.hierarchy == "levels" or entry.key.startswith("levels.")
        if by_level or not entry.level or entry.rule.whom.every is None:
            return entry
        return replace(entry, rule=entry.rule.model_copy(update={"whom": Whom(every="all")}))

    @cached_property
    def _known(self) -> dict[str, Figures]:
        """Figures that were asked for already; workforces, of every level, to begin with; blank without any."""
        made: dict[str, list[int | None]] = {name: [None] * len(self.tree.names) for name in ("workforce", MOVING)}
        for level, claims in enumerate((each.claims for each in self.levels if self.table.measured), start=1):
            for node, now, available in zip(self.tree.shown(level), claims.workforce, claims.available, strict=True):
                if self.tree.level[node] == level:
                    made["workforce"][node], made[MOVING][node] = now, available
        return {name: Figures.of(values, MICRO if name == MOVING else 1) for name, values in made.items()}

    def figures(self, name: str) -> Figures:
        """Figures of a reference for every node.

        An inner node without a figure of its own has the sum of those below it, if none of them is blank.
        """
        if name not in self._known:
            self._known[name] = self._column(name)
        return self._known[name]

    def _column(self, name: str) -> Figures:
        column = self.table.column(name)
        bottom = lcm(*(exact(value).denominator for value in column if isinstance(value, float)))
        own = [
            None if value is None else value * bottom if isinstance(value, int) else int(exact(value) * bottom)
            for value in column
        ]
        own += [None] * (len(self.tree.names) - len(own))
        if self.tree.depth > 1:
            for node in sorted(range(len(own)), key=lambda each: -self.tree.level[each]):
                below = [own[child] for child in self.tree.children[node]]
                if own[node] is None and below and None not in below:
                    own[node] = sum(each or 0 for each in below)
        return Figures.of(own, bottom)

    def reference(self, amount: Amount) -> str:
        """Name of what an amount is a share of: `workforce`, `available`, or a column."""
        if amount.of == "published":
            return self.scenario.published or ""
        return PREVIOUS if amount.of == "previous" else amount.column or amount.of or ""


def _placed(entry: Entry, level: int, written: Level | None) -> Entry:
    """The rule with its place in the scenario, where a level has it as its own."""
    part, _, name = entry.key.partition(".")
    own = getattr(written, part, None)
    if own is None:
        return entry
    within = name.partition(".")[0]
    mine = part == "locks" or (within in own.model_fields_set and (within != "units" or entry.name in own.units))
    return replace(entry, key=f"levels.{level - 1}.{entry.key}") if mine else entry


def covered(entry: Entry, ground: RuleGround) -> IntArray:
    """Nodes a rule covers, in the tree's order."""
    tree, table, whom = ground.tree, ground.table, entry.rule.whom
    out = {tree.position[name] for name in entry.rule.left_out}
    nodes: Sequence[int] = tree.leaves
    if whom.units:
        nodes = sorted({tree.position[name] for name in whom.units})
    elif whom.every == "nodes" or whom.kind:
        nodes = range(len(tree.names))
    if entry.level:
        nodes = [node for node in nodes if tree.level[node] == entry.level]
    if whom.kind:
        nodes = [node for node in nodes if node < len(table) and table.kinds[node] == whom.kind]
    if whom.under:
        head = tree.position[whom.under]
        nodes = [node for node in nodes if head in tree.above(node)]
    for column, value in (whom.where or {}).items():
        values = table.cells(column)
        wanted = _number(value) if column in table.columns else fold(str(value))
        nodes = [node for node in nodes if node < len(table) and values[node] == wanted]
    if strange := [each for each in out if each not in nodes and not any(each in tree.above(node) for node in nodes)]:
        place = ground.scenario.place("rules", int(entry.key.removeprefix("rules.")), "except")
        raise InputError(fault("scenario.except_nobody", place, names=[tree.names[each] for each in strange]))
    if out:
        nodes = [node for node in nodes if node not in out and out.isdisjoint(tree.above(node))]
    return np.array(nodes, dtype=np.int64)


def _number(value: str | float) -> str | float:
    """A number, also where it was written in quotes."""
    try:
        return float(value)
    except ValueError:
        return value


def ruled(ground: RuleGround, written: tuple[Entry, ...] | None = None) -> Ruled:
    """The rules of `ground`, with their amounts; `written` is its entries, where they are known."""
    written = ground.entries if written is None else written
    covers: dict[str, IntArray] = {}
    found, notes = list[Limit](), list[Fault]()
    for entry in written:
        nodes = covered(entry, ground)
        covers[entry.key] = np.concatenate((covers[entry.key], nodes)) if entry.key in covers else nodes
        if not len(nodes):
            if not entry.level:
                notes.append(fault("note.rule_nobody", rule=entry.key))
            continue
        for limit, blank, column in _sides(entry, nodes, ground):
            if limit is not None:
                found.append(limit)
            if len(blank):
                units = [ground.tree.names[node] for node in blank.tolist()]
                note = fault("note.rule_blank", rule=entry.key, column=column, units=units)
                if note not in notes:
                    notes.append(note)
    return Ruled(written, covers, tuple(found), tuple(notes))


def _sides(entry: Entry, nodes: IntArray, ground: RuleGround) -> Iterator[tuple[Limit | None, IntArray, str]]:
    """The limits of a rule; with each the nodes it leaves alone, as a figure is blank or nothing there, and which."""
    rule = entry.rule
    together = rule.together is not None
    if together and ground.tree.depth > 1:
        nodes = array(sorted({leaf for node in nodes.tolist() for leaf in ground.tree.leaves_below(node)}))
    for least, amount in ((True, rule.sides.least), (False, rule.sides.most)):
        if amount is None:
            continue
        share, source = exact(amount.share), ground.reference(amount)
        if amount.members is not None or amount.of == "target":
            whole = share * ground.scenario.target if amount.members is None else Fraction(amount.members)
            tops = _whole([whole.numerator] * (1 if together else len(nodes)))
            yield Limit(entry, least, nodes, tops, whole.denominator), nodes[:0], ""
            continue
        figures = ground.figures(source)
        blank = figures.blank[nodes]
        if source not in ("workforce", MOVING):
            # A share of nothing is no limit that anybody meant.
            nothing = figures.tops[nodes] == 0
            blank = blank | (nothing if not together else np.full(len(nodes), nothing.all()))
        kept = np.zeros(0, dtype=np.int64) if together and blank.any() else nodes[~blank]
        limit = None
        if len(kept):
            tops = figures.tops[kept]
            tops = (_whole([sum(tops.tolist())]) if together else tops) * share.numerator
            limit = Limit(entry, least, kept, tops, figures.bottom * share.denominator)
        yield limit, nodes[blank], source
