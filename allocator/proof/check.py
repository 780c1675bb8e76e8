"""Whether a stored result is what its inputs give: one file, standard library only, nothing of the program it checks.

`python -I -S check.py result.json` says so in a sentence: status 0 valid, 1 not, 2 no result at all. From the stored
table and scenario alone: claims, rules, bounds, the exact optimum (intervals bottom-up, in fractions), both ends of π,
fair shares, positions, ties, groups, the comparison, what became of every rule, the notes, hashes and the digest.

Taken at its word: titles, questions and scenario keys that no quota rests on; that the program would take such inputs
(types and names are looked at, not what contradicts what); the version (any text); what the other hierarchy would move;
which method decided more than 2,000 units; what another scenario gives, and the steps that lead from it (`against`);
how the table was read (`inputs.reading`, the last of the notes); risk costs of distributions without a closed form here
(PERT, beta, lognormal): whole numbers that grow with k, and in levels what rests on them above the leaves. Keys of
mappings and of rows stand in the order in which they were written.
"""

import gc
import hashlib
import json
import re
import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections import namedtuple
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from heapq import heapify, heappop, heapreplace
from itertools import chain
from math import erfc, exp, fsum, isfinite, pi, sqrt

MICRO, NANO, LARGE = 10**6, 10**9, 2_000
COUNTS, ENDS = ("term_target", "recruited", "lost"), ("marginal_effort", "next_effort")
PARTS = ("scenario", "target", "lot", "units", "comparison", "inputs", "digest")
SIGNPOSTS = {  # s(k) as a ratio (Huntington–Hill: its square), and how many lots k have s(k) <= x
    "webster": (lambda k: (2 * k - 1, 2), lambda x: int(x + 0.5)),
    "jefferson": (lambda k: (k, 1), int),
    "adams": (lambda k: (k - 1, 1), lambda x: int(x) + 1),
    "huntington_hill": (lambda k: (k * (k - 1), 1), lambda x: int(0.5 + sqrt(0.25 + x * x))),
    "dean": (lambda k: (2 * k * (k - 1), 2 * k - 1), lambda x: int((1 + x + sqrt(1 + x * x)) / 2)),
}
Wrong = namedtuple("Wrong", "code figures")  # the first thing that is not so: a code, and its figures
Bound = namedtuple("Bound", "key least members hard alike")  # a side of a rule; hard: a band keeps its lower lot only
Rule = namedtuple("Rule", "key level whom least most out together alike hard title", defaults=(None, (), 0, 0, 0, ""))
Stage = namedtuple("Stage", "s own lot nodes now available claims notes")  # a level; available, claims in millionths


class Refused(Exception):
    """Carries what is wrong up to `first_wrong`."""


def refuse(code, **figures):
    raise Refused(Wrong(f"verify.{code}", figures))


def fraction(value):
    """A number as the decimal it was written as, `60 %` too; None for anything else."""
    if isinstance(value, str):
        return Fraction(value[:-2]) / 100 if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,30})? %", value) else None
    if isinstance(value, float):
        return Fraction(repr(value)) if isfinite(value) else None
    return value if type(value) in (int, Fraction) else None


def within(low, high, *kinds):
    return lambda value: type(value) in kinds and (made := fraction(value)) is not None and low <= made <= high


def is_text(value):
    return isinstance(value, str) and bool(value) and " ".join(value.split()) == value


COUNT, FIGURE = within(0, 9 * 10**9, int), within(-(10**15), 10**15, int, float)
RATIO = within(0, MICRO, int, float, str)
INEXACT = "dist deviation units kinds"
RANGE, BOUNDS = "dist low mode high a b mean sd values", "min_quota max_share units pace firm"
LEVEL = "lot drivers growth attainment bounds locks groups"
KEYS = {  # what a mapping under a key of the scenario may hold; under `units`, `kinds`, `where`, `columns` any name
    "": f"{LEVEL} title question what office data published target signpost rules risk uncertainty hierarchy levels "
    "season year follows carry_over quota_basis review unions", "levels": LEVEL, "drivers": "column equal share",
    "growth": "realisation units", "attainment": f"basis exponent floor ceiling missing {INEXACT}", "bounds": BOUNDS,
    "pace": "reference down up firm", "units*": "min max firm " + RANGE, "kinds*": RANGE, "default": RANGE,
    "locks": "unit quota by reason firm",
    "groups": "name kind units min max firm", "rules": "for except each together short name by reason firm",
    "for": "units kind under where", "each": "least most", "together": "least most", "least": "share of column",
    "most": "share of column", "risk": "weight reachable", "workforce": INEXACT, "columns*": INEXACT,
    "uncertainty": "default units kinds factor correlation workforce attainment columns",
}  # fmt: skip
JUDGES = {  # what may stand under a key; None may where nothing is asked for
    **dict.fromkeys("title question what office data season year follows carry_over quota_basis".split()),
    **dict.fromkeys("review unions factor correlation".split()),
    **dict.fromkeys("by reason name".split(), lambda value: isinstance(value, str)),
    **dict.fromkeys("target min_quota quota min max least most".split(), COUNT),
    **dict.fromkeys("realisation down deviation units* kinds*".split(), within(0, 1, int, float)),
    **dict.fromkeys("exponent mean".split(), within(-MICRO, MICRO, int, float)),
    **dict.fromkeys("share floor ceiling max_share up weight reachable low mode high a b sd values".split(), RATIO),
    **dict.fromkeys("published column reference unit kind units under of except".split(), is_text),
    **dict.fromkeys("firm equal".split(), lambda value: type(value) is bool or value in ("min_quota", "max_share")),
    "lot": within(1, 9 * 10**9, int),
    "where*": lambda value: FIGURE(value) or isinstance(value, str),
    "missing": lambda value: value == "province" or RATIO(value),
    "for": lambda value: value in ("all", "nodes"),
    "short": lambda value: value == "alike",
    "basis": lambda value: value in ("gross", "net"),
    "hierarchy": lambda value: value in ("at_once", "levels"),
    "signpost": lambda value: value in [*SIGNPOSTS],
    "dist": lambda value: value in "uniform triangular pert beta normal lognormal values".split(),
}  # fmt: skip


def look(value, key="", path=""):
    """Refuses a scenario with a key or a value that none may hold."""
    judge = JUDGES.get(key, lambda _: False)
    if judge is None or value is None or value in ([], {}):
        return
    if not isinstance(value, (dict, list)):
        if not judge(value):
            refuse("bad_setting", key=path, value=value)
        return
    free = key in ("units", "kinds", "where", "columns")
    for name, each in value.items() if isinstance(value, dict) else [(key, each) for each in value]:
        at = f"{path}.{name}" if path and name != key else name if name != key else path
        if isinstance(value, dict) and not free and name not in KEYS.get(key, "").split():
            refuse("unknown", figure=f"scenario.{at}")
        look(each, f"{key}*" if free and isinstance(value, dict) else name, at)


def laid(under, over):
    """A scenario with a level's own keys: mappings merge, the rest replaces."""
    return {**under, **{k: laid(under[k], v) if isinstance(v, dict) and under.get(k) else v for k, v in over.items()}}


def allowed(on, lot):
    """Least and most whole lots under some bounds (most None: no end), and the note of a band without a lot."""
    least, most = ([each.members for each in on if each.least is side] for side in (True, False))
    low, high = max((-(-each // lot) for each in least), default=0), min((each // lot for each in most), default=None)
    if not (least and most and low > high and max(least) <= min(most)):
        return low, high, None
    ends, low = {True: max(least), False: min(most)}, max(least) // lot
    high = low + (not any(each.hard for each in on if not each.least and each.members < (low + 1) * lot))
    keys = list(dict.fromkeys(each.key for each in on if each.members == ends[each.least]))
    figures = {"least": float(ends[True]), "most": float(ends[False]), "low": low * lot, "high": high * lot}
    return low, high, {"code": "note.rule_band" + "_low" * (low == high), "rules": keys, **figures}


def raised(base, power):
    """A power: exact for a whole exponent, else to 28 digits."""
    context = Context(prec=28, rounding=ROUND_HALF_EVEN)
    if power == int(power) or not base:
        return base ** int(power) if base else base
    digits = context.divide(Decimal(base.numerator), Decimal(base.denominator))
    return Fraction(context.power(digits, Decimal(repr(float(power)))))


class Inputs:
    """The inputs, and what they give. Nodes are the rows, then parents without a row; a flat table has one level."""

    def __init__(self, rows, scenario, kept):
        self.rows, self.s, self.known, self.stages, self.own, self.notes = rows, scenario, {}, [], {}, []
        self.measured = "workforce" in rows[0]
        self.texts = {"unit", "kind", "parent"}.union(
            n for row in rows for n, cell in row.items() if isinstance(cell, str)
        )
        judges = dict.fromkeys(self.texts, is_text) | {"attainment": within(0, MICRO, int, float)}
        judges |= dict.fromkeys(("workforce", "growth_estimate", "published_quota", *COUNTS), COUNT)
        for at, row in enumerate(rows, start=1):
            for name, cell in row.items():
                if not (judges.get(name, FIGURE)(cell) or (cell is None and name != "unit")):
                    refuse("bad_cell", row=at, column=name, value=cell)
        above = [row.get("parent") for row in rows]
        self.names = list(dict.fromkeys([*(row["unit"] for row in rows), *(each for each in above if each)]))
        self.at, count = {name: node for node, name in enumerate(self.names)}, len(self.names)
        self.parent = [self.at.get(each, -1) for each in above] + [-1] * (count - len(rows))
        self.children, self.below, self.level = [[] for _ in self.names], [[n] for n in range(count)], [1] * count
        for node, up in enumerate(self.parent):
            self.children[up] += [node] * (up >= 0)
        self.order = [node for node, up in enumerate(self.parent) if up < 0]
        for node in self.order:
            self.order += self.children[node]
            self.level[node] += self.level[self.parent[node]] * (self.parent[node] >= 0)
        same = all(row.keys() == rows[0].keys() for row in rows) and len({row["unit"] for row in rows}) == len(rows)
        if not same or len(self.order) < count or len(scenario["levels"]) > max(self.level):
            refuse("bad_rows")
        for node in (n for n in reversed(self.order) if self.children[n]):
            self.below[node] = sorted(chain(*(self.below[each] for each in self.children[node])))
        self.depth = max(self.level)
        for level in range(self.depth, 0, -1):
            self.stages.insert(0, self.stage(level))
        self.last, self.leaves = self.stages[-1], self.stages[-1].nodes
        self.target, self.kept = scenario["target"], dict(zip(self.leaves, kept))
        self.apply()
        self.bands, self.many = self.give_way(), self.depth > 1 and scenario["hierarchy"] == "levels"
        self.tiers = [(self.depth, self.last, {-1: range(len(self.leaves))})] * (not self.many)
        for level, stage in enumerate(self.stages * self.many, start=1):
            families = {}
            for place, n in enumerate(stage.nodes):
                families.setdefault(self.parent[n] if self.level[n] == level else n, []).append(place)
            self.tiers.append((level, stage, families))
        self.attached = [*self.limits_on_sums()]

    def limits_on_sums(self):
        """Of sums, and of nodes above leaves decided at once: level, nodes, bounds, their lot, name."""
        for key, (over, on) in self.sums.items():
            leaves = {*over}
            for at, stage, _ in self.tiers:
                nodes = [n for n in stage.nodes if leaves.issuperset(self.below[n])]
                if sum(len(self.below[n]) for n in nodes) == len(over):
                    yield at, nodes, on, stage.lot, self.titles[key]
                    break
        for n in sorted(
            (n for n in self.order if self.children[n] and not self.many), key=lambda n: (self.level[n], n)
        ):
            yield self.depth, self.below[n], self.on[n], self.stages[self.level[n] - 1].lot, n

    def chain(self, node):
        """A node and those above it."""
        while node >= 0:
            yield node
            node = self.parent[node]

    def nearest(self, named, node, default):
        """What is said of a node, or else of the nearest one above it."""
        return next((named[self.names[each]] for each in self.chain(node) if self.names[each] in named), default)

    def cell(self, name, node):
        return self.rows[node].get(name) if node < len(self.rows) else None

    def column(self, name, strict=False, needed=False):
        """Figures of every node; of an inner one without its own the sum below, where `strict` if nothing is blank."""
        if name in self.texts or (needed and name not in self.rows[0]):
            refuse("bad_setting", key="column", value=name)
        if (name, strict) not in self.known:
            made = self.known[name, strict] = [fraction(self.cell(name, node)) for node in range(len(self.names))]
            for node in reversed(self.order) if self.depth > 1 and (strict or name != "attainment") else ():
                known = [made[each] for each in self.children[node] if made[each] is not None]
                if made[node] is None and known and not (strict and len(known) < len(self.children[node])):
                    made[node] = sum(known)
        return self.known[name, strict]

    def stage(self, level):
        """Claims of one level; those of the levels below are made."""
        own = self.s["levels"][level - 1] if self.depth > 1 and level <= len(self.s["levels"]) else {}
        own = {key: each for key, each in own.items() if each is not None}
        s, available, rates = laid(self.s, own), [], laid(self.s, own)["growth"]["units"]
        nodes = [n for n, at in enumerate(self.level) if at == level or (at < level and not self.children[n])]
        now, growth, common = self.column("workforce"), self.column("growth_estimate"), s["growth"]["realisation"]
        if not self.measured:  # without workforces nothing is available
            if any(each.get("column") == "workforce" for each in s["drivers"]):
                refuse("bad_setting", key="drivers", value="workforce")
            now, growth = [0] * len(self.names), [0] * len(self.names)
        for n in nodes:
            if now[n] is None:
                refuse("bad_cell", row=n + 1, column="workforce", value=None)
            rate = fraction(self.nearest(rates, n, common) if rates else common)
            bare = self.children[n] and self.cell("workforce", n) is None
            w = (
                sum(self.own[each][1] for each in self.children[n])
                if bare
                else (now[n] + rate * (growth[n] or 0)) * MICRO
            )
            available.append(round(w))
            if self.level[n] == level:
                self.own[n] = now[n], available[-1]
        powers, notes = self.powers(s["attainment"], nodes)
        claims = [round(b * m) for b, m in zip(self.base(s["drivers"], nodes, available), powers)]
        return Stage(s, own, s["lot"], nodes, [now[n] for n in nodes], available, claims, notes)

    def base(self, drivers, nodes, available):
        """The blend of drivers, millionths of a person."""
        own, others, whole = (
            sum(fraction(each["share"]) for each in drivers if each.get("column") == "workforce"),
            [0] * len(nodes),
            sum(available) if self.measured else None,
        )
        for name, share in ((e.get("column"), fraction(e["share"])) for e in drivers if e.get("column") != "workforce"):
            if name == "remaining_term_target":
                counts = ([self.column(count)[n] for count in COUNTS] for n in nodes)
                values = [None if None in each else max(0, each[0] - each[1] + each[2]) for each in counts]
            else:
                values = [self.column(name, needed=True)[n] if name else len(self.below[n]) for n in nodes]
            if None in values or min(values) < 0 or not any(values):
                refuse("bad_setting", key="drivers", value=name)
            whole = sum(values) * MICRO if whole is None else whole
            part = share * whole / Fraction(sum(values))
            others = [other + part * value for other, value in zip(others, values)]
        return [own * w + other for w, other in zip(available, others)]

    def attained(self, past, nodes):
        """Columns that past attainment is counted from, and the attainment of some nodes; None where it is missing."""
        names, stated, made = COUNTS[: 2 + (past["basis"] == "net")], self.column("attainment"), []
        for n in nodes:
            target, recruited, *lost = (self.column(name)[n] for name in names)
            counted = target and None not in (recruited, *lost)
            made.append(
                stated[n] if stated[n] is not None else Fraction(recruited - sum(lost), target) if counted else None
            )
        return names, made

    def powers(self, past, nodes):
        """Attainment multipliers of some nodes, and the note of those whose attainment is missing."""
        if not past["exponent"]:
            return [1] * len(nodes), []
        names, made = self.attained(past, nodes)
        stand_in, absent = fraction(past["missing"]), [n for n, each in zip(nodes, made) if each is None]
        if past["missing"] == "province":
            known = [(self.column(names[0])[n] or 0, each) for n, each in zip(nodes, made) if each is not None]
            total = sum(target for target, _ in known)
            stand_in = Fraction(sum(target * each for target, each in known)) / total if total else 1
        blank = {self.names[n]: [name for name in names if self.column(name)[n] is None] for n in absent}
        note = {"code": "note.attainment_missing", "units": [*blank], "value": float(stand_in), "blank": blank}
        low, high, power = fraction(past["floor"]), fraction(past["ceiling"]), fraction(past["exponent"])
        clipped = (Fraction(min(max(stand_in if each is None else each, low), high)) for each in made)
        return [raised(each, power) for each in clipped], [note] * bool(absent)

    def entries(self):
        """Every rule, the short forms of each level for its nodes."""
        replaced = set()
        for level, (s, own, _, nodes, *_) in enumerate(self.stages, start=1):
            at, limits, here, mine = level * (self.depth > 1), s["bounds"], {*nodes}, own.get("bounds", {})
            who = lambda name, mine=mine: "nodes" if name in mine or self.s["hierarchy"] == "levels" else "all"  # noqa: E731
            prefix, pace = f"levels.{level - 1}.", limits["pace"]
            for name, q, firm in ((e["unit"], e["quota"], e["firm"]) for e in s["locks"] if self.at[e["unit"]] in here):
                yield Rule(prefix * ("locks" in own) + f"locks.{name}", at, {"units": [name]}, q, q, hard=firm)
            for name, e in limits["units"].items():
                if self.at[name] in here and not e["min"] is e["max"] is None:
                    key = prefix * (name in mine.get("units", ())) + f"bounds.units.{name}"
                    yield Rule(key, at, {"units": [name]}, e["min"], e["max"], hard=e["firm"])
            if pace and not pace["down"] is pace["up"] is None:
                shares = (
                    None if pace[k] is None else 1 + sign * fraction(pace[k]) for k, sign in (("down", -1), ("up", 1))
                )
                sides = [share if share is None else {"share": share, "of": pace["reference"]} for share in shares]
                yield Rule(prefix * ("pace" in mine) + "bounds.pace", at, who("pace"), *sides, hard=pace["firm"])
            most = (
                limits["max_share"]
                if limits["max_share"] is None
                else {"share": limits["max_share"], "of": "available"}
            )
            for name, *sides in (("min_quota", limits["min_quota"] or None, None), ("max_share", None, most)):
                if sides != [None, None] and (self.measured or sides[1] is None or fraction(sides[1]["share"]) != 1):
                    yield Rule(prefix * (name in mine) + f"bounds.{name}", at, who(name), *sides)
            if at and "groups" in own:
                replaced.add(level)
                yield from (self.summed(each, at, prefix) for each in own["groups"])
        for index, e in enumerate(self.s["rules"]):
            sides, ways = e["each"] or e["together"], (e["except"], not e["each"], e["short"], e["firm"], e["name"])
            yield Rule(f"rules.{index}", 0, e["for"], sides["least"], sides["most"], *ways)
        for rule in (self.summed(each, 0, "") for each in self.s["groups"]):
            if not replaced or not {self.level[node] for node in self.covered(rule)} <= replaced:
                yield rule

    def summed(self, group, level, prefix):
        whom, name = {"units": group["units"]} if group["units"] else {"kind": group["kind"]}, group["name"]
        sides = group["min"], group["max"]
        return Rule(f"{prefix}groups.{name}", level, whom, *sides, together=True, hard=group["firm"], title=name)

    def covered(self, rule):
        """Nodes of a rule, in the tree's order."""
        whom = rule.whom if isinstance(rule.whom, dict) else {}
        nodes = sorted({self.at[name] for name in whom["units"]}) if "units" in whom else range(len(self.names))
        nodes = nodes if whom.keys() & {"units", "kind"} or rule.whom == "nodes" else self.leaves
        nodes = [n for n in nodes if not rule.level or self.level[n] == rule.level]
        for name, value in ({"kind": whom["kind"]} if "kind" in whom else {} | whom.get("where", {})).items():
            folded = " ".join(unicodedata.normalize("NFC", str(value)).split())
            nodes = [n for n in nodes if self.cell(name, n) == (folded if name in self.texts else float(value))]
        nodes = [n for n in nodes if "under" not in whom or self.at[whom["under"]] in [*self.chain(n)][1:]]
        out = {self.at[name] for name in rule.out}
        return [n for n in nodes if out.isdisjoint(self.chain(n))] if out else nodes

    def apply(self):
        """Bounds of every node and of every sum, whom each rule covers, and the notes of rules."""
        self.on, self.sums, self.covers, self.status, self.titles = [[] for _ in self.names], {}, {}, {}, {}
        for rule in self.entries():
            nodes, self.titles[rule.key] = self.covered(rule), rule.title or rule.key
            self.covers.setdefault(rule.key, []).extend(self.names[n] for n in nodes)
            self.status.setdefault(rule.key, "noted")
            if not nodes:
                self.notes += [{"code": "note.rule_nobody", "rule": rule.key}] * (not rule.level)
                continue
            over = sorted({leaf for n in nodes for leaf in self.below[n]}) if rule.together else nodes
            for least, amount in ((True, rule.least), (False, rule.most)):
                if amount is not None:
                    self.limit(rule, over, least, amount if isinstance(amount, dict) else {"members": amount})

    def limit(self, rule, over, least, amount):
        """One side of a rule on its nodes, or on the sum over them; a blank is noted and binds nobody."""
        of, share = amount.get("of", amount.get("column")), fraction(amount.get("share", 1))
        hard, fixed = rule.hard or of in ("workforce", "available"), of in (None, "target")
        if fixed:
            values = [self.s["target"] if of else amount["members"]] * len(over)
        elif of in ("workforce", "available"):
            values = [self.own[n][0] if of == "workforce" else Fraction(self.own[n][1], MICRO) for n in over]
        if not fixed and (of not in ("workforce", "available") or not self.measured):
            of = {"published": self.s["published"], "previous": "previous_quota"}.get(of, of)
            known = self.column(of, True, True) if of not in ("workforce", "available") else [None] * len(self.names)
            values = [each and max(0, each) for each in (known[n] for n in over)]
            empty = [each is None if rule.together and any(values) else not each for each in values]
            if any(empty):
                names = [self.names[n] for n, each in zip(over, empty) if each]
                note = {"code": "note.rule_blank", "rule": rule.key, "column": of, "units": names}
                self.notes += [note] * (note not in self.notes)
                kept = [] if rule.together else [pair for pair, each in zip(zip(over, values), empty) if not each]
                over, values = [n for n, _ in kept], [each for _, each in kept]
        if over:
            self.status[rule.key] = "slack"
            total = values[0] if fixed else sum(values)
            places = [self.sums.setdefault(rule.key, (over, []))[1]] if rule.together else [self.on[n] for n in over]
            for place, each in zip(places, [total] if rule.together else values):
                place.append(Bound(rule.key, least, share * each, hard, least and rule.alike))

    def give_way(self):
        """Where minima that give way alike exceed the target with all others: what is left of each, by leaf."""
        self.gave, self.cut, lot, alike = (
            {},
            set(),
            self.last.lot,
            [n for n in self.leaves if any(b.alike for b in self.on[n])],
        )
        ends = {n: allowed(self.on[n], lot)[:2] for n in self.leaves * bool(alike)}
        promised, target = sum(low for low, _ in ends.values()), self.s["target"] // lot
        if promised <= target or any(high is not None and low > high for low, high in ends.values()):
            return []
        others = [allowed([b for b in self.on[n] if b.least and not b.alike], lot)[0] for n in alike]
        low, cap = [min(each, ends[n][0]) for each, n in zip(others, alike)], [ends[n][0] for n in alike]
        left = target - promised + sum(cap)
        if left < sum(low):
            return []
        weights = [round(MICRO * max(b.members for b in self.on[n] if b.alike)) for n in alike]
        self.gave = dict(zip(alike, Family(weights, low, cap, 1, "webster", left).solve()))
        self.cut = {n for n in alike if self.gave[n] < ends[n][0]}
        keys = [key for key in self.covers if any(b.alike and b.key == key for n in alike for b in self.on[n])]
        return [{"code": "note.rule_alike", "rules": keys, "promised": promised * lot, "target": target * lot}]

    def firm(self, on):
        """Bounds of a node above leaves: where minima give way alike, the leaves have given way for it."""
        return [each for each in on if not each.alike] if self.gave else on

    def ends(self, n, lot, last, grouped=True):
        """Least and most lots of a node at a tier by the rules on it alone."""
        on = self.on[n] if grouped or not self.children[n] else []
        low, high, _ = allowed(on, lot)
        if not last and (high is None or low <= high):
            low, high, _ = allowed(self.firm(on), lot)
        return self.gave.get(n, low) if last else low, high

    def again(self, grouped, n, least):
        """Members of a leaf decided again without one side of its bounds (None: both); None where none can be."""
        kept, gave = self.on[n], (self.gave, self.cut)
        self.on[n] = [each for each in kept if least is not None and each.least is not least]
        try:
            self.give_way()
            return self.decide(self.pose(grouped))[n]
        except ArithmeticError:
            return None
        finally:
            self.on[n], (self.gave, self.cut) = kept, gave

    def pose(self, grouped=True):
        """The families of each tier from the top, with bounds narrowed to what those below must and can take; without
        rules on sums and on nodes above leaves where not `grouped`.
        """
        made, reach = [], {}
        for level, stage, families in reversed(self.tiers):
            last, lot, target, found = stage is self.last, stage.lot, self.target // stage.lot, {}
            for owner, places in families.items():
                nodes = [stage.nodes[at] for at in places]
                ends = [self.ends(n, lot, last, grouped) for n in nodes]
                ends = [(low, target if high is None else high) for low, high in ends]
                if not last:
                    below = [reach[n, level + 1] for n in nodes]
                    ends = [(max(a, -(-must // lot)), min(b, can // lot)) for (a, b), (must, can) in zip(ends, below)]
                if any(low > high for low, high in ends):
                    raise ArithmeticError("the rules cannot hold together")
                risk = stage.s["risk"]["weight"] and [self.risk(stage, at) for at in places]
                ends = [(low, min(high, target) if risk else high) for low, high in ends]
                w, place = [stage.claims[at] for at in places], {n: at for at, n in enumerate(nodes)}
                groups = []
                for at, over, on, own, name in self.attached * grouped:
                    if over[0] in place and at == level:
                        low, high, _ = allowed(self.firm(on), own)
                        high = target if high is None and type(name) is int else high and high * own // lot
                        groups.append(([place[n] for n in over], -(-low * own // lot), high))
                tops = [max(high, low) if claim else low for claim, (low, high) in zip(w, ends)]
                family = Family(w, [low for low, _ in ends], tops, lot, stage.s["signpost"], target, groups, risk)
                family.nodes, family.ends, family.target, found[owner] = nodes, ends, target, family
                family.costs = {at: [*self.kept[n]] for at, n in enumerate(nodes) if last and n in self.kept}
                low, high = family.tightened() if self.many else ([], [])
                reach[owner, level] = sum(low) * lot, sum(high) * lot
            made.insert(0, found)
        return made

    def decide(self, posed):
        """Members of every node, from the top."""
        held = {-1: self.target}
        for families in posed:
            for owner, family in families.items():
                family.floor[0] = family.cap[0] = held[owner] // family.lot
                held |= {n: x * family.lot for n, x in zip(family.nodes, family.solve())}
        return held

    def held_alone(self, posed, held, grouped):
        """Leaves that would get less without all minima on them alone, and those that would get more without maxima."""
        made, lot = ({}, {}), self.last.lot
        loose = self.gave and (self.sums or any(self.on[n] for n, below in enumerate(self.children) if below))
        mixed = len({stage.lot for stage in self.stages}) > 1 or self.sums
        edge = {(n, side) for tier in posed[:-1] for f in tier.values() for n, *ends in zip(f.nodes, f.low, f.high)
                for side, end in zip((True, False), ends) if held[n] == end * f.lot}  # fmt: skip
        for family in posed[-1].values():
            x = [held[n] // lot for n in family.nodes]
            around = family.around(x)
            for i, n in enumerate(family.nodes):
                (giver, taker), band = around[family.home[i]], allowed(self.on[n], lot)[2]
                for least in {each.least for each in self.on[n]}:
                    if least:
                        stuck = x[i] > 0 and x[i] <= family.low[i]
                        hit = stuck and (not family.w[i] or (taker is not None and family.key(i, x[i]) > taker))
                        hit = hit or (x[i] > 0 and self.gave and self.cut != {n} and not loose)
                    else:
                        stuck = family.w[i] > 0 and x[i] >= family.high[i]
                        hit = stuck and giver is not None and family.key(i, x[i] + 1) < giver
                    squeezed = (stuck or mixed) and any((each, least) in edge for each in self.chain(n))
                    if band or (loose and least and x[i]) or (not hit and squeezed):
                        now = self.again(grouped, n, least)
                        hit = now is not None and (now < held[n] if least else now > held[n])
                        hit = hit or (least and x[i] > 0 and not family.w[i])
                    made[not least][n] = bool(hit)
        return made

    def positions(self, posed, held):
        """Where each leaf stands: statements about deciding again."""
        less, more = self.held_alone(posed, held, True)
        default = "bounds.max_share" * (
            self.s["bounds"]["max_share"] == 1 and self.status.get("bounds.max_share") == "slack"
        )
        inside = {leaf for over, _ in self.sums.values() for leaf in over}
        ruled = (n for n, below in enumerate(self.children) if below and any(b.key != default for b in self.on[n]))
        inside.update(*(self.below[n] for n in ruled))
        if inside:
            free = self.pose(False)
            again = self.decide(free)
            sides = self.held_alone(free, again, False)
            moved = {n for n in inside if again[n] != held[n] or sides[0].get(n) or sides[1].get(n)}
            bands = {n for n in inside if allowed(self.on[n], self.last.lot)[2] and again[n] == held[n]}
            inside = moved - {n for n in bands if self.again(False, n, None) in (None, held[n])}
        for n in self.leaves:
            low, high = ({(b.key, b.members) for b in self.on[n] if b.least is side} for side in (True, False))
            found = (
                "AT_FLOOR" if less.get(n) else "AT_CAP" if more.get(n) else "AT_GROUP" if n in inside else "BY_CLAIM"
            )
            yield "LOCKED" if low & high else found

    def risk(self, stage, at):
        """What the k-th lot of a unit adds to its expected shortfall, 10⁻⁹; None where it has no closed form here."""
        s, n, u, lot = stage.s, stage.nodes[at], stage.s["uncertainty"], stage.lot
        r, now, growth = (
            float(fraction(s["risk"]["reachable"])),
            float(stage.now[at]),
            self.column("growth_estimate")[n] or 0,
        )
        d = self.nearest(u["units"], n, u["kinds"].get(self.cell("kind", n), u["default"]))
        low, mode, high, mean, sd = (float(fraction(d.get(k, 0))) for k in ("low", "mode", "high", "mean", "sd"))
        width, values = high - low, [float(fraction(each)) for each in d.get("values", ())]
        above = lambda z: erfc(z / sqrt(2)) / 2  # noqa: E731

        def normal(c):
            a, b = -mean / sd, (c - mean) / sd
            between = above(a) - above(b) if a > 0 else above(-b) - above(-a)
            return ((c - mean) * between + sd * (exp(-b * b / 2) - exp(-a * a / 2)) / sqrt(2 * pi)) / above(a)

        def triangular(c):
            if c <= mode:
                return (c - low) ** 3 / (3 * width * (mode - low)) if c > low else 0.0
            rest = (high - c) ** 3 / (3 * width * (high - mode)) if c < high else 0.0
            return c - (low + mode + high) / 3 + rest

        forms = {
            "uniform": lambda c: (min(max(c, low), high) - low) ** 2 / (2 * width) + max(c - high, 0.0),
            "normal": lambda c: max(normal(c), 0.0) if c > 0 else 0.0,
            "values": lambda c: fsum(max(c - each, 0.0) for each in values) / len(values),
            "triangular": triangular,
        }
        form, weight = forms.get(d["dist"]), float(fraction(s["risk"]["weight"])) / lot * NANO
        sure = not growth or not r
        short = lambda q: max(q - r * now, 0.0) if sure else r * growth * form((q / r - now) / growth)  # noqa: E731
        return (lambda k: (short(k * lot) - short((k - 1) * lot)) * weight) if sure or form else None


def dearer(one, other):
    return other if one is None else one if other is None else max(one, other)


def cheaper(one, other):
    return other if one is None else one if other is None else min(one, other)


class Family:
    """Units that share a number of lots, with sums among them: nested groups, the whole first."""

    def __init__(self, w, low, high, lot, signpost, total, groups=(), risk=None):
        self.w, self.low, self.high, self.lot, self.risk, self.costs = w, low, high, lot, risk, {}
        (self.point, self.count), self.squared, self.scale = SIGNPOSTS[signpost], signpost[0] == "h", lot * MICRO
        ordered = [(range(len(w)), total, total), *sorted(groups, key=lambda each: -len(each[0]))]
        self.members, self.floor, self.cap = ([each[side] for each in ordered] for side in range(3))
        self.home, self.parent = [0] * len(w), [-1]
        for group, inside in enumerate(self.members[1:], start=1):
            self.parent.append(self.home[inside[0]])
            if len({self.home[i] for i in inside}) > 1:
                refuse("bad_setting", key="groups", value="cross")
            for i in inside:
                self.home[i] = group

    def extra(self, i, k):
        """What growth that may not come adds to the k-th lot, in 10⁻⁹; where it is not known the last that is."""
        known = self.costs.setdefault(i, [])
        while len(known) < k and self.risk[i]:
            known.append(max(round(self.risk[i](len(known) + 1)), *known[-1:], 0))
        return known[min(k, len(known)) - 1] if known else 0

    def key(self, i, k):
        """Place of a unit's k-th lot in the one order: cost (squared with Huntington–Hill), larger claim, table, k."""
        (top, bottom), w, scale = self.point(k), self.w[i], self.scale
        cost = Fraction(top * scale * scale, bottom * w * w) if self.squared else Fraction(top * scale, bottom * w)
        return (cost + Fraction(self.extra(i, k), NANO) if self.risk else cost), -w, i, k

    def cost(self, key):
        return None if key is None else sqrt(key[0]) if self.squared else float(key[0])

    def inside(self, x):
        """Of each group the dearest lot given and the cheapest not given within it; and the lots it holds."""
        last, following = [None] * len(self.members), [None] * len(self.members)
        held = [sum(x[i] for i in inside) for inside in self.members]
        for i, home in enumerate(self.home):
            if self.w[i] and x[i] > self.low[i]:
                last[home] = dearer(last[home], self.key(i, x[i]))
            if self.w[i] and x[i] < self.high[i]:
                following[home] = cheaper(following[home], self.key(i, x[i] + 1))
        for group, up in reversed([*enumerate(self.parent)][1:]):
            if held[group] != self.floor[group]:
                last[up] = dearer(last[up], last[group])
            if held[group] != self.cap[group]:
                following[up] = cheaper(following[up], following[group])
        return list(zip(last, following)), held

    def around(self, x):
        """Of each group the dearest lot that could come to it, and the cheapest that one of its own could leave for."""
        (made, held), found = self.inside(x), []
        for group, (last, following) in enumerate(made):
            up = found[self.parent[group]] if group else (None, None)
            last = last if held[group] == self.cap[group] else dearer(last, up[0])
            found.append((last, following if held[group] == self.floor[group] else cheaper(following, up[1])))
        return found

    def tightened(self, most=None, fill=None, scale=1):
        """Least and most of each unit, sums but the whole taken into them: more for a sum never lowers anybody."""
        fill, low, high = fill or self.fill, [each * scale for each in self.low], [each * scale for each in self.high]
        high = high if most is None else [max(a, min(b, most)) for a, b in zip(low, high)]
        for group in range(len(self.members) - 1, 0, -1):
            inside, floor, cap = self.members[group], self.floor[group] or 0, self.cap[group]
            for side, bound in ((low, floor), (high, cap)):
                total = sum(side[i] for i in inside)
                if total < bound * scale if side is low else bound is not None and total > bound * scale:
                    for i, each in zip(inside, fill(inside, low, high, bound * scale)):
                        side[i] = each
        return low, high

    def solve(self):
        return self.fill(self.members[0], *self.tightened(), self.floor[0])

    def shares(self):
        """The fair shares, members, exactly."""
        sides = self.tightened(None, self.share, self.lot)
        return map(Fraction, self.share(self.members[0], *sides, self.floor[0] * self.lot))

    def share(self, inside, low, high, total):
        """clip(λ·claim, low, high) of some units, with λ such that they sum to the total."""
        live, fixed, free = [i for i in inside if low[i] < high[i]], sum(low[i] for i in inside), 0
        steps = [(low[i] / self.w[i], self.w[i], -low[i]) for i in live]
        steps += [(high[i] / self.w[i], -self.w[i], high[i]) for i in live]
        for at, slope, start in sorted(steps):
            if fixed + free * at >= total:
                level = Fraction(total - fixed) / free if free else Fraction(at)
                return [min(max(level * self.w[i], low[i]), high[i]) if low[i] < high[i] else low[i] for i in inside]
            fixed, free = fixed + start, free + slope
        return [high[i] for i in inside]

    def fill(self, inside, low, high, total):
        """The optimum of some units without sums: the cheapest lots by a threshold, the last of them one by one."""
        rest, live = total - sum(low[i] for i in inside), [i for i in inside if low[i] < high[i]]
        if not 0 <= rest <= sum(high[i] - low[i] for i in live):
            raise ArithmeticError("the rules cannot hold together")

        def lots(effort):
            if self.risk:
                counts = (bisect_right(range(high[i]), effort, key=lambda k, i=i: self.key(i, k + 1)[0]) for i in live)
            else:
                counts = (self.count(effort * self.w[i] / self.scale) for i in live)
            return [min(max(each, low[i]), high[i]) - low[i] for i, each in zip(live, counts)]

        under, over, made = (
            0.0,
            total * self.scale / (sum(self.w[i] for i in live) or 1) or 1.0,
            {i: low[i] for i in inside},
        )
        less, more, turn = 0, sum(lots(over)), 0
        while more < rest:
            over, more = 2 * over, sum(lots(2 * over))
        while over - under > 1e-14 * over and rest - less > len(live) / 16:
            turn, part = turn + 1, (rest - less) / (more - less) if turn % 3 and more > less else 0.5
            middle = under + (over - under) * part
            middle = middle if under < middle < over else (under + over) / 2
            if (count := sum(lots(middle))) <= rest:
                under, less = middle, count
            else:
                over, more = middle, count
        made |= {i: low[i] + each for i, each in zip(live, lots(under * (1 - 1e-14)))} if under else {}
        heap = [(self.key(i, made[i] + 1), i) for i in live if made[i] < high[i]]
        heapify(heap)
        for _ in range(total - sum(made.values())):
            i = heap[0][1]
            made[i] += 1
            heapreplace(heap, (self.key(i, made[i] + 1), i)) if made[i] < high[i] else heappop(heap)
        return [made[i] for i in inside]


class Derived:
    """What the result of a case holds, given the quotas that it states: refuses those that are not the optimum."""

    def __init__(self, case, quotas):
        self.case, self.posed, held = case, case.pose(), dict.fromkeys(range(-1, len(case.names)), 0)
        self.held, self.ends, claimed = held, [{} for _ in case.tiers], dict.fromkeys(held, 0)
        for n, quota, claim in zip(case.leaves, quotas, case.last.claims):
            for node in case.chain(n):
                held[node] += quota
                claimed[node] += claim > 0
        held[-1] = case.target
        for (_, stage, _), families, ends in zip(case.tiers, self.posed, self.ends):
            for owner, family in families.items():
                ends[owner] = self.optimal(stage, family, held[owner])
        spots = [([n], case.on[n], case.stages[case.level[n] - 1].lot) for n in range(len(case.names))]
        for nodes, on, lot in spots + [each[1:4] for each in case.attached if type(each[4]) is str]:
            step, have = lot if case.many else case.last.lot, sum(held[n] for n in nodes)
            for key, least, members, *_ in on:
                lots = -(-members // lot) if least else members // lot
                tight = have - step < lots * lot if least else have + step > lots * lot
                if tight and (lots > 0 or (not least and any(claimed[n] for n in nodes))):
                    case.status[key] = "binding"
        for at, families in enumerate(self.posed[:-1]):
            for family in families.values():
                for i, n in enumerate(family.nodes):
                    for side in (True, False):
                        if held[n] == (family.low if side else family.high)[i] * family.lot and (side or family.w[i]):
                            for key in self.narrowing(at, family, i, side):
                                case.status[key] = "binding"
        self.positions = dict(zip(case.leaves, case.positions(self.posed, held)))

    def narrowing(self, at, family, i, least):
        """Keys of the rules below a node of a tier that make its least (most) tighter than its own rules do."""
        case, n = self.case, family.nodes[i]
        own = case.ends(n, family.lot, False)[not least]
        own = own if least else family.target if own is None else min(own, family.target)
        tighter = family.ends[i][0] > own if least else family.ends[i][1] < own
        if at + 1 == len(self.posed) or n not in self.posed[at + 1] or not tighter:
            return []
        (level, stage, _), inner, found = case.tiers[at + 1], self.posed[at + 1][n], []
        for j, child in enumerate(inner.nodes):
            below = self.narrowing(at + 1, inner, j, least)
            on = [each for each in case.on[child] if each.least is least]
            lots = [-(-each.members // stage.lot) if least else each.members // stage.lot for each in on]
            if on and not below and (inner.low[j] > 0 or not least):
                below = [on[lots.index(max(lots) if least else min(lots))].key]
            found += below
        for tier, over, on, *_ in case.attached:
            if tier == level and {*over} <= {*inner.nodes}:
                found += [each.key for each in on if each.least is least and (not least or each.members > 0)]
        return found

    def optimal(self, stage, family, total):
        """Both ends in each group of a family, and the lots it holds; refuses lots that break a bound or could move."""
        names, lot = [self.case.names[n] for n in family.nodes], family.lot
        for n, name in zip(family.nodes, names):
            if self.held[n] % lot or total % lot:
                refuse("not_lots", unit=name, quota=self.held[n], lot=lot)
        x = [self.held[n] // lot for n in family.nodes]
        family.floor[0] = family.cap[0] = total // lot
        made, sums = family.inside(x)
        sets = ["", *(", ".join(names[i] for i in inside) for inside in family.members[1:])]
        spots = [*zip(x, family.low, family.high, names), *zip(sums, family.floor, family.cap, sets)]
        for have, low, high, name in spots:
            low, high = low or 0, have if high is None else high
            if not low <= have <= high and not name:
                refuse("sum", held=have * lot, target=total)
            if not low <= have <= high:
                refuse("bound", name=name, held=have * lot, floor=low * lot, cap=high * lot)
        for last, following in made if stage is self.case.last or not family.risk or all(family.risk) else ():
            if last and following and last > following:
                efforts = {"dear": family.cost(last), "cheap": family.cost(following)}
                way = "tie" if last[0] == following[0] else "moved"
                refuse(way, giver=names[last[2]], taker=names[following[2]], **efforts)
        return made, sums

    def pi(self, tier, owner):
        """Both ends of π in a family; where one group holds all of it, those inside that group."""
        family, group = self.posed[tier][owner], 0
        while group not in family.home and family.parent.count(group) == 1:
            group = family.parent.index(group)
        return dict(zip(ENDS, map(family.cost, self.ends[tier][owner][0][group])))

    def ties(self):
        """Every tie that the order decided, as (its place in the list, the tie)."""
        for (level, stage, _), families, found in zip(self.case.tiers, self.posed, self.ends):
            place = {n: at for at, n in enumerate(stage.nodes)}
            for family, (ends, sums) in ((family, found[owner]) for owner, family in families.items()):
                for group, (last, following) in enumerate(ends):
                    at_end = not group or sums[group] in (family.floor[group], family.cap[group])
                    if last and following and last[0] == following[0] and at_end:
                        sides = [self.tied(family, group, sums, last[0], given) for given in (True, False)]
                        given, waiting = ([self.case.names[n] for n in side] for side in sides)
                        tie = {"given": given, "waiting": waiting, "level": level, "effort": family.cost(last)}
                        yield (level, *(place[side[0]] for side in sides)), tie

    def tied(self, family, group, sums, cost, given):
        """Units of a group whose last lot given, or next one, has a cost and can leave, or enter, up to that group."""
        made, stops = [], family.floor if given else family.cap
        for i, (home, n) in enumerate(zip(family.home, family.nodes)):
            while home > group and sums[home] != stops[home]:
                home = family.parent[home]
            x = self.held[n] // family.lot
            free = family.w[i] and (x > family.low[i] if given else x < family.high[i])
            if home == group and free and family.key(i, x + 1 - given)[0] == cost:
                made.append(n)
        return made

    def record(self):
        """Everything that a result holds but for its inputs, texts and digest."""
        case, last, lot, names = self.case, self.case.last, self.case.last.lot, self.case.names
        case.column(case.s["published"]) if case.s["published"] else None
        quotas, above = [self.held[n] for n in case.leaves], [names[p] if p >= 0 else None for p in case.parent]
        published = [case.cell(case.s["published"], n) for n in case.leaves]
        shares = {n: share for each in self.posed[-1].values() for n, share in zip(each.nodes, each.shares())}
        rows, groups, (notes, upper) = [], [], self.notes()
        unmeasured = {"workforce": None, "available": None}
        for n, s, w, claim, q, p in zip(case.leaves, last.now, last.available, last.claims, quotas, published):
            low, high = case.ends(n, lot, True)
            figures = (
                s,
                w / MICRO,
                claim / MICRO,
                shares[n],
                low * lot,
                last.s["target"] if high is None else high * lot,
            )
            tree = {"parent": above[n], "level": case.level[n]} if case.depth > 1 else {}
            row = {
                "unit": names[n],
                **tree,
                **dict(zip("workforce available claim fair_share floor cap".split(), figures)),
            } | ({} if case.measured else unmeasured)
            asked = {"quota": q, "effort": effort(q, w), "position": self.positions[n], "published": p}
            rows.append({**row, **asked, "difference": None if p is None else q - p})
        place = {n: at for at, n in enumerate(case.leaves)}
        for n in sorted((n for n, below in enumerate(case.children) if below), key=case.level.__getitem__):
            now, w, p = (
                sum_of([each[place[b]] for b in case.below[n]]) for each in (last.now, last.available, published)
            )
            row = {"unit": names[n], "parent": above[n], "level": case.level[n], "units": len(case.below[n])}
            row |= {"workforce": now, "available": w / MICRO} if case.measured else unmeasured
            row |= {"quota": self.held[n], "published": p}
            groups.append(row | (self.pi(case.level[n], n) if case.many else {}))
        rules = []
        for key, covers in case.covers.items():
            about = [note for note in notes + upper if note.get("rule") == key or key in note.get("rules", ())]
            if not (key == "bounds.max_share" and case.s["bounds"]["max_share"] == 1 and case.status[key] == "slack"):
                note = about[0] if about else None
                rules.append({"rule": key, "units": covers, "status": case.status[key], "note": note})
        ties = [tie for _, tie in sorted(self.ties(), key=lambda each: each[0])]
        made = {"target": last.s["target"], "lot": lot, **self.pi(0, -1), "units": rows, "rules": rules, "ties": ties}
        made |= {"notes": notes, "comparison": self.comparison(quotas, published)}
        return made | ({"groups": groups} if case.depth > 1 else {})

    def comparison(self, q, p):
        """The measures over the leaves that have a published figure, by shares where the totals of these differ."""
        keys = ("misplaced", "misplaced_share", "largest_gap", "largest_gap_unit", "rank_correlation")
        made, names, w = dict.fromkeys(keys), [self.case.names[n] for n in self.case.leaves], self.case.last.available
        here = [at for at, value in enumerate(p) if value is not None]
        left = [name for name, value in zip(names, p) if value is None and here]
        pick = here or range(len(q))
        q, w, names, p = ([side[at] for at in pick] for side in (q, w, names, p))
        ours, theirs = sum(q), sum(map(fraction, p)) if here else None
        if here and (ours == theirs or min(ours, theirs) > 0):
            scaled = ours != theirs
            gaps = [abs(a * theirs - fraction(b) * ours) if scaled else abs(a - b) for a, b in zip(q, p)]
            twice, part = sum(gaps), Fraction(theirs) if scaled else 1
            even = not scaled and type(twice) is int and twice % 2 == 0
            moved, largest = twice // 2 if even else jsonable(twice / part / 2), max(gaps)
            unit, share = names[gaps.index(largest)], moved / ours if ours else None
            made |= zip(keys, (moved, share, jsonable(largest / part) if scaled else largest, unit))
        if here:
            a, b = (
                [(bisect_left(r, v) + bisect_right(r, v) - len(r)) / 2 for v in s] for s in (q, p) for r in [sorted(s)]
            )
            spread = sqrt(sum(x * x for x in a) * sum(y * y for y in b))
            made["rank_correlation"] = sum(x * y for x, y in zip(a, b)) / spread if spread else None
        ratios, ginis = [], []
        for side in (q, p if here else []):
            known = sorted(each for each in map(effort, side, w) if each is not None)
            total, count = fsum(known), len(known)
            ratios.append(known[-1] / known[0] if known and known[0] > 0 else None)
            spread = fsum((2 * rank - count - 1) * each for rank, each in enumerate(known, start=1))
            ginis.append(spread / (count * total) if total else None)
        sides, both = ("proposed", "published"), {"effort_ratio": ratios, "effort_gini": ginis}
        both["totals"] = ours, jsonable(theirs)
        return made | {key: dict(zip(sides, two)) for key, two in both.items()} | {"left_out": left}

    def notes(self):
        """The notes that are due: about the leaves and what is decided with them; and those of the levels above."""
        case, tiers = self.case, []
        for level, stage, _ in case.tiers:
            last = stage is case.last
            spots = [(case.names[n], case.on[n] if last else case.firm(case.on[n])) for n in stage.nodes]
            bands = [(name, allowed(on, stage.lot)[2]) for name, on in spots]
            bands += [(None, note) for note in case.bands * last]
            sums = [(on, lot, name) for at, _, on, lot, name in case.attached if at == level]
            bands += [
                (name if type(name) is str else case.names[name], allowed(case.firm(on), lot)[2])
                for on, lot, name in sums
            ]
            tiers.append([note | ({"unit": name} if name else {}) for name, note in bands if note])
        return [*case.last.notes, *case.notes, *tiers[-1], *self.unused()], list(chain(*tiers[:-1]))

    def unused(self):
        """Notes of what comes in and no quota rests on."""
        case, s, first = self.case, self.case.s, self.case.rows[0]
        part = {key: [each[key] for each in (s, *s["levels"]) if each.get(key) is not None] for key in s}
        used, chosen, counts, averaged = {"workforce", s["published"]}, [], set(), False
        chosen += ["kind"] * any(group["kind"] for each in part["groups"] for group in each)
        for rule in s["rules"]:
            whom = rule["for"] if isinstance(rule["for"], dict) else {}
            chosen += ["kind"] * ("kind" in whom) + [*whom.get("where", ())]
            sides = [each for each in (rule["each"] or rule["together"]).values() if isinstance(each, dict)]
            used |= {each.get("column", each.get("of")) for each in sides}
        used |= {
            *chosen,
            *["previous_quota"] * ("previous" in used),
            *["kind"] * bool(part["risk"][0]["weight"] and s["uncertainty"]["kinds"]),
        }
        grows = any(g.get("realisation") or any(g.get("units", {}).values()) for g in part["growth"])
        used |= {"growth_estimate"} if grows or s["risk"]["weight"] else set()
        drivers = {driver.get("column") for each in part["drivers"] for driver in each}
        used |= drivers | ({*COUNTS} if "remaining_term_target" in drivers else set())
        used |= {each["pace"]["reference"] for each in part["bounds"] if each.get("pace")}
        for past in (laid(s["attainment"], each) for each in part["attainment"]):
            names, made = case.attained(past, case.leaves)
            counts |= {*names} if past["exponent"] else set()
            averaged |= past["missing"] == "province" and None in made
        idle = [name for name in first if name in counts - used and not (averaged and name == "term_target")]
        stated = (row for row in case.rows if row.get("attainment") is not None)
        beside = {row["unit"]: [name for name in idle if row[name] is not None] for row in stated}
        used |= {"attainment", *(counts if len(beside) < len(case.rows) else ())} if counts else set()
        names = ["kind"] * any(row.get("kind") for row in case.rows)
        names += [name for name in first if name not in case.texts]
        names += [name for name in first if name in case.texts and name not in ("unit", "kind", "parent")]
        if idle := [name for name in names if name not in used]:
            yield {"code": "note.columns_unused", "columns": idle}
        if some := {unit: names for unit, names in beside.items() if names and used.issuperset(names)}:
            yield {"code": "note.attainment_stated", "units": [*some], "beside": some}
        for name in dict.fromkeys(chosen):
            if blank := [row["unit"] for row in case.rows if row.get(name) is None]:
                yield {"code": "note.selection_blank", "column": name, "units": blank}
        grows = case.column("growth_estimate")
        if still := [name for name in s["growth"]["units"] if not any(grows[n] for n in case.below[case.at[name]])]:
            yield {"code": "note.growth_unused", "units": still}
        inner = [row for row in case.rows if case.children[case.at[row["unit"]]]]
        kept = {r["unit"]: [c for c in r if c not in case.texts and r[c] is not None] for r in inner}
        for code, filled in (("note.inner_rows", True), ("note.inner_blank", False)):
            if some := {unit: names for unit, names in kept.items() if bool(names) == filled}:
                yield {"code": code, "units": [*some], "figures": some}


def effort(quota, available):
    whole = isinstance(quota, int)
    return (quota * MICRO / available if whole else float(fraction(quota) * MICRO / available)) if available else None


def jsonable(value):
    """A number as JSON has it: whole where it is whole."""
    if not isinstance(value, Fraction):
        return value
    return value.numerator if value.denominator == 1 else float(value)


def sum_of(values):
    return None if None in values else sum(values)


def mismatches(stored, given, path=""):
    """Everything that is stored otherwise than the inputs give it, in reading order."""
    if stored is given:
        return
    if isinstance(given, dict) and isinstance(stored, dict):
        for key in {**given, **stored}:
            at = f"{path}.{key}" if path else key
            if key in stored and key in given:
                yield from mismatches(stored[key], given[key], at)
            else:
                yield ("missing", {"figure": at, "given": given[key]}) if key in given else ("unknown", {"figure": at})
    elif isinstance(given, list) and isinstance(stored, list):
        for at, (here, there) in enumerate(zip(stored, given)):
            name = there["unit"] if isinstance(there, dict) and "unit" in there else at + 1
            yield from mismatches(here, there, f"{path}[{name}]")
        if len(stored) != len(given):
            yield "length", {"figure": path, "stored": len(stored), "given": len(given)}
    elif isinstance(given, (float, Fraction)) and type(stored) in (int, float) and abs(stored) < 1e300:
        size, real = abs(given), isinstance(given, Fraction)
        near = 5.001e-7 + size / 10**11 if real else min(1e-9 * max(1.0, size), 5e-7)
        if abs(stored - given) > near or (real and round(stored, 6) != stored):
            yield "figure", {"figure": path, "stored": stored, "given": round(float(given), 6) if real else given}
    elif type(stored) is not type(given) or stored != given:
        yield (
            "figure",
            {"figure": path, "stored": stored, "given": float(given) if isinstance(given, Fraction) else given},
        )


def look_at_units(case, units):
    """Refuses the first unit whose inputs, bounds or quota are not so."""
    for n, row, s, w, claim in zip(case.leaves, units, case.last.now, case.last.available, case.last.claims):
        given = {"unit": case.names[n], "workforce": s, "available": w / MICRO, "claim": claim / MICRO}
        given |= {} if case.measured else {"workforce": None, "available": None}
        low, high = case.ends(n, case.last.lot, True)
        given |= {"floor": low * case.last.lot, "cap": case.last.s["target"] if high is None else high * case.last.lot}
        for found in mismatches({key: row[key] for key in given if key in row}, given, f"units[{case.names[n]}]"):
            refuse(found[0], **found[1])
        if type(row.get("quota")) is not int or row["quota"] % case.last.lot:
            refuse("not_lots", unit=case.names[n], quota=row.get("quota"), lot=case.last.lot)
        if not 0 <= row["quota"] <= case.target:
            refuse("bound", name=case.names[n], held=row["quota"], floor=low * case.last.lot, cap=given["cap"])
    if len(units) != len(case.leaves):
        refuse("length", figure="units", stored=len(units), given=len(case.leaves))


def costs_kept(document):
    """The costs of risk that a result stores; refuses what are none."""
    kept = document.get("risk_costs")
    if not (isinstance(kept, list) and all(isinstance(costs, list) for costs in kept)):
        refuse("figure", figure="risk_costs", stored=kept, given=[[]])
    if any(type(cost) is not int for cost in chain(*kept)):
        refuse("figure", figure="risk_costs", stored=kept, given=[[0]])
    return kept


def take_at_its_word(given, document, case, result):
    """Puts into what is given what the result stores where that rests on costs of risk not known here."""
    units, hidden = document["units"], [f for tier in result.posed for f in tier.values() if not all(f.risk)]
    if any(family not in result.posed[-1].values() for family in hidden):
        given |= {key: document.get(key) for key in (*ENDS, "ties")}
        for row, there in zip([*given["units"], *given["groups"]], [*units, *document["groups"]]):
            row |= {key: there.get(key) for key in (*ENDS, "position") if key in row}
    for family in hidden:
        for n, costs in ((n, family.costs.get(i, ())) for i, n in enumerate(family.nodes) if not family.risk[i]):
            if n in result.positions and result.held[n] // family.lot >= len(costs):
                given["units"][case.leaves.index(n)]["position"] = units[case.leaves.index(n)].get("position")


def examine(document):
    """Refuses the first thing that is wrong: the inputs, what quotas rest on, the quotas, all that rests on them."""
    scenario, units, inputs = document["scenario"], document["units"], document["inputs"]
    rows, risky = inputs["table"], scenario["risk"]["weight"]
    look(scenario)
    kept = costs_kept(document) if risky else []
    case = Inputs(rows, scenario, kept)
    quotas = [row.get("quota") for row in units]
    look_at_units(case, units)
    if sum(quotas) != case.target:
        refuse("sum", held=sum(quotas), target=case.target)
    result = Derived(case, quotas)
    costs_of(case, result.posed[-1], kept)
    given, told = result.record(), document.get("notes")
    if risky:
        take_at_its_word(given, document, case, result)
    large = {"code": "note.too_large_for_program", "units": len(rows), "most": LARGE}
    given["notes"] += [large] * (len(rows) > LARGE and case.depth == 1 and isinstance(told, list) and large in told)
    version = inputs["version"] if isinstance(inputs.get("version"), str) else ""
    given["inputs"] = {
        **{key: inputs.get(key) for key in ("table", "table_sha256", "scenario_sha256")},
        "version": version,
    }
    if "reading" in inputs:
        reading = given["inputs"]["reading"] = inputs["reading"] if isinstance(inputs["reading"], list) else [None]
        codes = [str(each.get("code")) if isinstance(each, dict) else "" for each in reading]
        if not all(code.startswith(("import.", "cell.", "term.")) for code in codes):
            refuse("figure", figure="inputs.reading", stored=reading, given=[])
        given["notes"] += reading
    given |= {"scenario": scenario, "digest": document["digest"]} | ({"risk_costs": kept} if risky else {})
    if case.depth > 1:
        other, moved = document.get("other_way"), "levels" if not case.many else "at_once"
        free = isinstance(other, dict) and (other.get("moved") is None or type(other["moved"]) in (int, float))
        given["other_way"] = {"hierarchy": moved, "moved": other.get("moved") if free else None}
    if "against" in document:
        given["against"] = changed_from(document["against"], {row["unit"]: row["quota"] for row in units})
    for code, figures in mismatches({**document, "scenario": scenario}, given):
        refuse(code, **figures)


def changed_from(kept, quotas):
    """What changed against another scenario, as its quotas, its settings and the steps between give it."""
    before = {row["unit"]: row["from"] for row in kept["units"] if row["from"] is not None}
    units = [*quotas, *(row["unit"] for row in kept["units"] if row["unit"] not in quotas)]
    changes = {unit: quotas.get(unit, 0) - before.get(unit, 0) for unit in units}
    rows = [{"unit": u, "from": before.get(u), "to": quotas.get(u), "change": changes[u]} for u in units]
    led = dict.fromkeys(units, 0)
    for step in kept["bridge"]:
        for row in step["units"]:
            led[row["unit"]] += row["change"]
        if (held := sum(row["change"] for row in step["units"])) != step["change"]:
            refuse("figure", figure="against.bridge", stored=step["change"], given=held)
    for unit, change in changes.items():
        if led[unit] != change:
            refuse("figure", figure=f"against.bridge[{unit}]", stored=led[unit], given=change)
    moved = min(sum(e for e in changes.values() if e > 0), -sum(e for e in changes.values() if e < 0))
    moved = None if before.keys().isdisjoint(quotas) else moved
    return {**kept, "units": rows, "moved": moved}


def costs_of(case, families, kept):
    """Refuses risk costs that are kept but are not those of the inputs."""
    if len(kept) not in (0, len(case.leaves)) or (case.s["risk"]["weight"] and not kept):
        refuse("length", figure="risk_costs", stored=len(kept), given=len(case.leaves))
    places = {n: (family, i) for family in families.values() for i, n in enumerate(family.nodes)}
    for n, costs in zip(case.leaves, kept):
        (family, i), name = places[n], f"risk_costs[{case.names[n]}]"
        if len(costs) != family.high[i]:
            refuse("figure", figure=name, stored=len(costs), given=family.high[i])
        top = 0
        for k, cost in enumerate(costs, start=1):
            fine = max(family.risk[i](k), 0) if family.risk[i] else max(cost, 0)
            top = max(top, fine)
            if abs(cost - top) > 0.5 + 1e-3 + 1e-9 * top:
                refuse("figure", figure=f"{name}[{k}]", stored=cost, given=top)


def digest(value):
    """SHA-256 of a JSON value in its one form; of none that no JSON file can hold."""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()
    except (ValueError, TypeError, RecursionError):
        return ""


def first_wrong(document: object) -> Wrong | None:
    """The first thing of a stored result that its inputs do not give; None where it is valid."""
    missing = [part for part in PARTS if not isinstance(document, dict) or part not in document]
    if not missing and not (isinstance(document["inputs"], dict) and isinstance(document["units"], list)):
        missing = ["inputs", "units"]
    if missing or "table" not in document["inputs"]:
        return Wrong("verify.not_result", {"missing": missing or ["inputs.table"]})
    wrong = None
    try:
        examine(document)
    except Refused as error:
        (wrong,) = error.args
    except KeyError as error:
        wrong = Wrong("verify.lacks", {"key": str(error.args[0])[:60]})
    except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, RecursionError) as error:
        wrong = Wrong("verify.unusable", {"detail": f"{type(error).__name__}: {error}"[:200]})
    for part, name, value in (
        ("inputs.table", "table", document["inputs"]["table"]),
        ("scenario", "scenario", document["scenario"]),
    ):
        if digest(value) != document["inputs"].get(f"{name}_sha256"):
            figures = {"part": part, "key": f"inputs.{name}_sha256"}
            return (
                Wrong("verify.input_changed_first", {**figures, "first": wrong})
                if wrong
                else Wrong("verify.input_changed", figures)
            )
    if not wrong and digest({key: each for key, each in document.items() if key != "digest"}) != document["digest"]:
        return Wrong("verify.digest", {"stored": document["digest"]})
    return wrong


def as_program(path="result.json"):
    gc.disable()  # nothing is garbage before the end
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        print(f"cannot be read: {error}")
        return 2
    wrong = first_wrong(document)
    print("valid" if wrong is None else f"not valid: {wrong.code} {wrong.figures}")
    return 0 if wrong is None else 2 if wrong.code == "verify.not_result" else 1


if __name__ == "__main__":
    sys.exit(as_program(*sys.argv[1:2]))
