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
from math import erfc, exp, fsum, inf, isfinite, pi, sqrt

MICRO, NANO, LARGE = 10**6, 10**9, 2_000
COUNTS, ENDS = ("term_target", "recruited", "lost"), ("marginal_effort", "next_effort")
FIXED, SHARES = ("unit", "kind", "parent"), ("workforce", "available")  # columns; what there is without any column
NO_PACE = {"down": None, "up": None, "reference": None, "firm": False}
PARTS = ("scenario", "target", "lot", "units", "comparison", "inputs", "digest")
NEVER, ALWAYS, STEPS = (-inf,), (inf,), range(-4 * MICRO, 4 * MICRO)  # keys before and after all; efforts e^(t/10⁵)
SIGNPOSTS = {  # s(k) as a ratio (Huntington–Hill: its square), and how many lots k have s(k) <= x
    "webster": (lambda k: (2 * k - 1, 2), lambda x: int(x + 0.5)),
    "jefferson": (lambda k: (k, 1), int),
    "adams": (lambda k: (k - 1, 1), lambda x: int(x) + 1),
    "huntington_hill": (lambda k: (k * (k - 1), 1), lambda x: int(0.5 + sqrt(0.25 + x * x))),
    "dean": (lambda k: (2 * k * (k - 1), 2 * k - 1), lambda x: int((1 + x + sqrt(1 + x * x)) / 2)),
}
Rule = namedtuple("Rule", "key level whom least most out together alike hard title", defaults=(None, (), 0, 0, 0, ""))
Stage = namedtuple("Stage", "level s own lot nodes families now available claims")  # the last two in millionths
Sum = namedtuple("Sum", "level nodes on lot name end")  # nodes limited together at a level; most lots of a whole node


class Wrong(Exception):
    """The first thing that is not so: a code, and its figures."""

    def __init__(self, code, **figures):
        super().__init__(f"verify.{code}", figures)
        self.code, self.figures = self.args


class RuleSide(namedtuple("RuleSide", "key least members hard alike")):
    """A side of a rule; where it is `hard`, a band keeps its lower lot only."""

    def lots(self, lot):
        return -(-self.members // lot) if self.least else self.members // lot


def fraction(value):
    """A number as the decimal it was written as, `60 %` too; None for anything else."""
    if isinstance(value, str):
        return Fraction(value[:-2]) / 100 if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,30})? %", value) else None
    if isinstance(value, float):
        return Fraction(repr(value)) if isfinite(value) else None
    return value if type(value) in (int, Fraction) else None


def within(low, high, *kinds):
    return lambda value: type(value) in kinds and (made := fraction(value)) is not None and low <= made <= high


def one_of(texts):
    return lambda value: value in texts.split()


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
ASKED = {  # what may stand under a key; None may where nothing is asked for
    "title question what office data season year follows carry_over quota_basis": None,
    "review unions factor correlation": None,
    "by reason name": lambda value: isinstance(value, str),
    "target min_quota quota min max least most": COUNT,
    "lot": within(1, 9 * 10**9, int),
    "realisation down deviation units* kinds*": within(0, 1, int, float),
    "exponent mean": within(-MICRO, MICRO, int, float),
    "share floor ceiling max_share up weight reachable low mode high a b sd values": RATIO,
    "missing": lambda value: value == "province" or RATIO(value),
    "published column reference unit kind units under of except": is_text,
    "where*": lambda value: FIGURE(value) or isinstance(value, str),
    "firm equal": lambda value: type(value) is bool or value in ("min_quota", "max_share"),
    "for": one_of("all nodes"),
    "short": one_of("alike"),
    "basis": one_of("gross net"),
    "hierarchy": one_of("at_once levels"),
    "signpost": one_of(" ".join(SIGNPOSTS)),
    "dist": one_of("uniform triangular pert beta normal lognormal values"),
}
JUDGES = {key: judge for keys, judge in ASKED.items() for key in keys.split()}


def look(value, key="", path=""):
    """Refuses a scenario with a key or a value that none may hold."""
    judge = JUDGES.get(key, lambda _: False)
    if judge is None or value is None or value in ([], {}):
        return
    if isinstance(value, list):
        for each in value:
            look(each, key, path)
    elif isinstance(value, dict):
        free = key in ("units", "kinds", "where", "columns")
        for name, each in value.items():
            at = path if name == key else f"{path}.{name}".removeprefix(".")
            if not free and name not in KEYS.get(key, "").split():
                raise Wrong("unknown", figure=f"scenario.{at}")
            look(each, f"{key}*" if free else name, at)
    elif not judge(value):
        raise Wrong("bad_setting", key=path, value=value)


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
    if power == int(power) or not base:
        return base ** int(power) if base else base
    context = Context(prec=28, rounding=ROUND_HALF_EVEN)
    digits = context.divide(Decimal(base.numerator), Decimal(base.denominator))
    return Fraction(context.power(digits, Decimal(repr(float(power)))))


class Recomputed:
    """The inputs, and what they give. Nodes are the rows, then parents without a row; a flat table has one level."""

    def __init__(self, rows, scenario, kept):
        self.rows, self.s, self.known, self.own, self.notes = rows, scenario, {}, {}, []
        self.measured = "workforce" in rows[0]
        self.texts = {*FIXED, *(name for row in rows for name, cell in row.items() if isinstance(cell, str))}
        judges = dict.fromkeys(self.texts, is_text) | {"attainment": within(0, MICRO, int, float)}
        judges |= dict.fromkeys(("workforce", "growth_estimate", "published_quota", *COUNTS), COUNT)
        for at, row in enumerate(rows, start=1):
            for name, cell in row.items():
                if not (judges.get(name, FIGURE)(cell) or (cell is None and name != "unit")):
                    raise Wrong("bad_cell", row=at, column=name, value=cell)
        above = [row.get("parent") for row in rows]
        self.names = list(dict.fromkeys([*(row["unit"] for row in rows), *(each for each in above if each)]))
        self.at, count = {name: node for node, name in enumerate(self.names)}, len(self.names)
        self.parent = [self.at.get(each, -1) for each in above] + [-1] * (count - len(rows))
        self.children, self.below, self.level = [[] for _ in self.names], [[n] for n in range(count)], [1] * count
        for node, up in enumerate(self.parent):
            self.children[up] += [node] * (up >= 0)
        order = [node for node, up in enumerate(self.parent) if up < 0]
        for node in order:
            order += self.children[node]
            self.level[node] += self.level[self.parent[node]] * (self.parent[node] >= 0)
        self.depth = max(self.level)
        same = all(row.keys() == rows[0].keys() for row in rows) and len({row["unit"] for row in rows}) == len(rows)
        if not same or len(order) < count or len(scenario["levels"]) > self.depth:
            raise Wrong("bad_rows")
        self.inner = sorted((n for n in range(count) if self.children[n]), key=self.level.__getitem__)
        for node in reversed(self.inner):
            self.below[node] = sorted(chain(*(self.below[each] for each in self.children[node])))
        self.many, self.target = self.depth > 1 and scenario["hierarchy"] == "levels", scenario["target"]
        self.stages = [self.stage(level) for level in range(self.depth, 0, -1)][::-1]
        self.tiers, self.last = self.stages if self.many else self.stages[-1:], self.stages[-1]
        self.leaves, self.kept = self.last.nodes, dict(zip(self.last.nodes, kept))
        self.apply()
        self.bands, self.attached = self.give_way(), [*self.limits_on_sums()]

    def limits_on_sums(self):
        """Of sums, and of nodes above leaves decided at once."""
        for over, on, name in self.sums.values():
            leaves = {*over}
            for stage in self.tiers:
                nodes = [n for n in stage.nodes if leaves.issuperset(self.below[n])]
                if sum(len(self.below[n]) for n in nodes) == len(over):
                    yield Sum(stage.level, nodes, on, stage.lot, name, None)
                    break
        for n in () if self.many else self.inner:
            lot, end = self.stages[self.level[n] - 1].lot, self.target // self.last.lot
            yield Sum(self.depth, self.below[n], self.on[n], lot, self.names[n], end)

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
            raise Wrong("bad_setting", key="column", value=name)
        if (name, strict) not in self.known:
            made = self.known[name, strict] = [fraction(self.cell(name, node)) for node in range(len(self.names))]
            for node in reversed(self.inner) if strict or name != "attainment" else ():
                known = [made[each] for each in self.children[node] if made[each] is not None]
                if made[node] is None and known and not (strict and len(known) < len(self.children[node])):
                    made[node] = sum(known)
        return self.known[name, strict]

    def stage(self, level):
        """Claims of one level; those of the levels below are made."""
        own = self.s["levels"][level - 1] if self.depth > 1 and level <= len(self.s["levels"]) else {}
        own = {key: each for key, each in own.items() if each is not None}
        s, available, families = laid(self.s, own), [], {}
        nodes = [n for n, at in enumerate(self.level) if at == level or (at < level and not self.children[n])]
        now, growth = self.column("workforce"), self.column("growth_estimate")
        if not self.measured:  # without workforces nothing is available
            if any(each.get("column") == "workforce" for each in s["drivers"]):
                raise Wrong("bad_setting", key="drivers", value="workforce")
            now = growth = [0] * len(self.names)
        rates, common = s["growth"]["units"], fraction(s["growth"]["realisation"])
        for place, n in enumerate(nodes):
            owner = -1 if not self.many else self.parent[n] if self.level[n] == level else n
            families.setdefault(owner, []).append(place)
            if now[n] is None:
                raise Wrong("bad_cell", row=n + 1, column="workforce", value=None)
            if self.children[n] and self.cell("workforce", n) is None:
                available.append(sum(self.own[each][1] for each in self.children[n]))
            else:
                rate = fraction(self.nearest(rates, n, common)) if rates else common
                available.append(round((now[n] + rate * (growth[n] or 0)) * MICRO))
            if self.level[n] == level:
                self.own[n] = now[n], available[-1]
        powers = self.powers(s["attainment"], nodes, level == self.depth)
        claims = [round(b * m) for b, m in zip(self.base(s["drivers"], nodes, available), powers)]
        return Stage(level, s, own, s["lot"], nodes, families, [now[n] for n in nodes], available, claims)

    def base(self, drivers, nodes, available):
        """The blend of drivers, millionths of a person."""
        made, whole = [0] * len(nodes), sum(available) if self.measured else None
        for name, part in ((each.get("column"), fraction(each["share"])) for each in drivers):
            values = available
            if name != "workforce":
                if name == "remaining_term_target":
                    counts = ([self.column(count)[n] for count in COUNTS] for n in nodes)
                    values = [None if None in each else max(0, each[0] - each[1] + each[2]) for each in counts]
                else:
                    values = [self.column(name, needed=True)[n] if name else len(self.below[n]) for n in nodes]
                if None in values or min(values) < 0 or not any(values):
                    raise Wrong("bad_setting", key="drivers", value=name)
                whole = sum(values) * MICRO if whole is None else whole
                part = part * whole / Fraction(sum(values))
            made = [each + part * value for each, value in zip(made, values)]
        return made

    def attained(self, past, nodes):
        """Columns that past attainment is counted from, and the attainment of some nodes; None where it is missing."""
        names, stated, made = COUNTS[: 2 + (past["basis"] == "net")], self.column("attainment"), []
        for n in nodes:
            target, recruited, *lost = (self.column(name)[n] for name in names)
            known = target and None not in (recruited, *lost)
            counted = Fraction(recruited - sum(lost), target) if known else None
            made.append(counted if stated[n] is None else stated[n])
        return names, made

    def powers(self, past, nodes, noted):
        """Attainment multipliers of some nodes; where `noted` a note tells whose attainment is missing."""
        if not past["exponent"]:
            return [1] * len(nodes)
        names, made = self.attained(past, nodes)
        stand_in = fraction(past["missing"])
        if past["missing"] == "province":
            known = [(self.column(names[0])[n] or 0, each) for n, each in zip(nodes, made) if each is not None]
            total = sum(target for target, _ in known)
            stand_in = Fraction(sum(target * each for target, each in known)) / total if total else 1
        absent = [n for n, each in zip(nodes, made) if each is None]
        blank = {self.names[n]: [name for name in names if self.column(name)[n] is None] for n in absent}
        note = {"code": "note.attainment_missing", "units": [*blank], "value": float(stand_in), "blank": blank}
        self.notes += [note] * bool(absent and noted)
        low, high, power = fraction(past["floor"]), fraction(past["ceiling"]), fraction(past["exponent"])
        return [raised(Fraction(min(max(stand_in if each is None else each, low), high)), power) for each in made]

    def entries(self):
        """Every rule, the short forms of each level for its nodes."""
        replaced = set()
        for level, s, own, _, nodes, *_ in self.stages:
            at, bounds, mine, here = level * (self.depth > 1), s["bounds"], own.get("bounds", {}), {*nodes}
            prefix, pace, share = f"levels.{level - 1}.", bounds["pace"] or NO_PACE, bounds["max_share"]
            alone = [("locks", "locks" in own, e["unit"], e["quota"], e["quota"], e["firm"]) for e in s["locks"]]
            for name, e in bounds["units"].items():
                alone.append(("bounds.units", name in mine.get("units", ()), name, e["min"], e["max"], e["firm"]))
            for form, its_own, name, *sides, firm in alone:
                if self.at[name] in here and sides != [None, None]:
                    yield Rule(f"{prefix * its_own}{form}.{name}", at, {"units": [name]}, *sides, hard=firm)
            paces = ((pace["down"], -1), (pace["up"], 1))
            down, up = (turn if turn is None else 1 + sign * fraction(turn) for turn, sign in paces)
            for name, least, most, of, firm in (
                ("pace", down, up, pace["reference"], pace["firm"]),
                ("min_quota", bounds["min_quota"] or None, None, None, False),
                ("max_share", None, share if self.measured or fraction(share) != 1 else None, "available", False),
            ):
                sides = [side if None in (side, of) else {"share": side, "of": of} for side in (least, most)]
                if sides != [None, None]:
                    whom = "nodes" if name in mine or self.s["hierarchy"] == "levels" else "all"
                    yield Rule(f"{prefix * (name in mine)}bounds.{name}", at, whom, *sides, hard=firm)
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
        for name, value in ({"kind": whom["kind"]} if "kind" in whom else whom.get("where", {})).items():
            folded = " ".join(unicodedata.normalize("NFC", str(value)).split())
            nodes = [n for n in nodes if self.cell(name, n) == (folded if name in self.texts else float(value))]
        nodes = [n for n in nodes if "under" not in whom or self.at[whom["under"]] in [*self.chain(n)][1:]]
        out = {self.at[name] for name in rule.out}
        return [n for n in nodes if out.isdisjoint(self.chain(n))] if out else nodes

    def apply(self):
        """Bounds of every node and of every sum, whom each rule covers, and the notes of rules."""
        self.on, self.sums, self.rules = [[] for _ in self.names], {}, {}
        for rule in self.entries():
            nodes = self.covered(rule)
            row = {"rule": rule.key, "units": [], "status": "noted", "note": None}
            self.rules.setdefault(rule.key, row)["units"] += [self.names[n] for n in nodes]
            if not nodes:
                self.notes += [{"code": "note.rule_nobody", "rule": rule.key}] * (not rule.level)
            over = sorted({leaf for n in nodes for leaf in self.below[n]}) if rule.together else nodes
            for least, amount in ((True, rule.least), (False, rule.most)):
                if nodes and amount is not None:
                    self.limit(rule, over, least, amount if isinstance(amount, dict) else {"members": amount})

    def limit(self, rule, over, least, amount):
        """One side of a rule on its nodes, or on the sum over them; a blank is noted and binds nobody."""
        of, share = amount.get("of", amount.get("column")), fraction(amount.get("share", 1))
        hard, fixed = rule.hard or of in SHARES, of in (None, "target")
        if fixed:
            values = [self.s["target"] if of else amount["members"]] * len(over)
        elif of in SHARES and self.measured:
            values = [self.own[n][0] if of == "workforce" else Fraction(self.own[n][1], MICRO) for n in over]
        else:
            of = {"published": self.s["published"], "previous": "previous_quota"}.get(of, of)
            known = [None] * len(self.names) if of in SHARES else self.column(of, True, True)
            values = [known[n] and max(0, known[n]) for n in over]
            empty = [each is None if rule.together and any(values) else not each for each in values]
            if any(empty):
                names = [self.names[n] for n, each in zip(over, empty) if each]
                note = {"code": "note.rule_blank", "rule": rule.key, "column": of, "units": names}
                self.notes += [note] * (note not in self.notes)
                kept = [] if rule.together else [pair for pair, each in zip(zip(over, values), empty) if not each]
                over, values = [n for n, _ in kept], [each for _, each in kept]
        if over:
            self.rules[rule.key]["status"] = "slack"
            places = [self.on[n] for n in over]
            if rule.together:
                places = [self.sums.setdefault(rule.key, (over, [], rule.title or rule.key))[1]]
                values = values[:1] if fixed else [sum(values)]
            for place, each in zip(places, values):
                place.append(RuleSide(rule.key, least, share * each, hard, least and rule.alike))

    def give_way(self):
        """Where minima that give way alike exceed the target with all others: what is left of each, by leaf."""
        self.gave, self.cut, lot = {}, set(), self.last.lot
        alike = [n for n in self.leaves if any(b.alike for b in self.on[n])]
        ends = {n: allowed(self.on[n], lot)[:2] for n in self.leaves * bool(alike)}
        promised, target = sum(low for low, _ in ends.values()), self.s["target"] // lot
        if promised <= target or any(high is not None and low > high for low, high in ends.values()):
            return []
        others = [allowed([b for b in self.on[n] if b.least and not b.alike], lot)[0] for n in alike]
        low, cap = [min(each, ends[n][0]) for each, n in zip(others, alike)], [ends[n][0] for n in alike]
        left = target - promised + sum(cap)
        if left < sum(low):
            return []
        claims = [round(MICRO * max(b.members for b in self.on[n] if b.alike)) for n in alike]
        family = Family(claims, low, cap, 1, "webster", left)
        self.gave = dict(zip(alike, family.solve(family.fill)))
        self.cut = {n for n in alike if self.gave[n] < ends[n][0]}
        keys = [key for key in self.rules if any(b.alike and b.key == key for b in chain(*self.on))]
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
        """The families of each tier from the top, by level and node above, with bounds narrowed to what those below
        must and can take; without rules on sums and on nodes above leaves where not `grouped`.
        """
        made, reach = {}, {}
        for stage in reversed(self.tiers):
            level, lot, last, target, found = stage.level, stage.lot, stage is self.last, self.target // stage.lot, {}
            for owner, places in stage.families.items():
                nodes, w = [stage.nodes[at] for at in places], [stage.claims[at] for at in places]
                ends = (self.ends(n, lot, last, grouped) for n in nodes)
                ends = [(low, target if high is None else high) for low, high in ends]
                if not last:
                    below = [reach[n, level + 1] for n in nodes]
                    ends = [(max(a, -(-must // lot)), min(b, can // lot)) for (a, b), (must, can) in zip(ends, below)]
                if any(low > high for low, high in ends):
                    raise ArithmeticError("the rules cannot hold together")
                risk = stage.s["risk"]["weight"] and [self.risk(stage, at) for at in places]
                ends = [(low, min(high, target) if risk else high) for low, high in ends]
                groups, place = [], {n: at for at, n in enumerate(nodes)}
                for each in self.attached * grouped:
                    if each.level == level and each.nodes[0] in place:
                        low, high, _ = allowed(self.firm(each.on), each.lot)
                        high = each.end if high is None else high * each.lot // lot
                        groups.append(([place[n] for n in each.nodes], -(-low * each.lot // lot), high))
                tops = [max(high, low) if claim else low for claim, (low, high) in zip(w, ends)]
                family = Family(w, [low for low, _ in ends], tops, lot, stage.s["signpost"], target, groups, risk)
                family.stage, family.nodes, family.ends, found[level, owner] = stage, nodes, ends, family
                family.costs = {at: [*self.kept[n]] for at, n in enumerate(nodes) if last and n in self.kept}
                if self.many:
                    reach[owner, level] = [sum(side) * lot for side in family.tightened(family.fill)]
            made = found | made
        return made

    def decide(self, posed):
        """Members of every node, from the top."""
        held = {-1: self.target}
        for (_, owner), family in posed.items():
            family.floor[0] = family.cap[0] = held[owner] // family.lot
            held |= {n: x * family.lot for n, x in zip(family.nodes, family.solve(family.fill))}
        return held

    def held_alone(self, posed, held, grouped):
        """Leaves, with True, that would get less without all minima on them alone, with False more without maxima."""
        made, edge, lots = set(), set(), {stage.lot for stage in self.stages}
        loose = self.gave and (self.sums or any(self.on[n] for n in self.inner))
        mixed = len(lots) > 1 or self.sums
        for family in posed.values():
            x = [held[n] // family.lot for n in family.nodes]
            if family.stage is not self.last:
                edge |= {(n, True) for n, have, low in zip(family.nodes, x, family.low) if have == low}
                edge |= {(n, False) for n, have, high in zip(family.nodes, x, family.high) if have == high}
                continue
            around = family.around(x)
            for i, n in enumerate(family.nodes):
                giver, taker = around[family.home[i]]
                for least in {each.least for each in self.on[n]}:
                    if least:
                        stuck = 0 < x[i] <= family.low[i]
                        hit = stuck and (not family.w[i] or family.key(i, x[i]) > taker)
                        hit = hit or (x[i] > 0 and self.gave and self.cut != {n} and not loose)
                    else:
                        stuck = family.w[i] > 0 and x[i] >= family.high[i]
                        hit = stuck and family.key(i, x[i] + 1) < giver
                    squeezed = (stuck or mixed) and edge and any((each, least) in edge for each in self.chain(n))
                    if (loose and least and x[i]) or (not hit and squeezed) or allowed(self.on[n], family.lot)[2]:
                        now = self.again(grouped, n, least)
                        hit = now is not None and (now < held[n] if least else now > held[n])
                        hit = hit or (least and x[i] > 0 and not family.w[i])
                    if hit:
                        made.add((n, least))
        return made

    def positions(self):
        """Where each leaf stands: statements about deciding again."""
        alone = self.held_alone(self.posed, self.held, True)
        ruled = (self.below[n] for n in self.inner if any(b.key in self.rules for b in self.on[n]))
        inside = {*chain(*ruled, *(over for over, *_ in self.sums.values()))}
        if inside:
            posed = self.pose(False)
            held = self.decide(posed)
            free = {n for n, _ in self.held_alone(posed, held, False) if held[n] == self.held[n]}
            bands = {n for n in free & inside if allowed(self.on[n], self.last.lot)[2]}
            free -= {n for n in bands if self.again(False, n, None) in (None, held[n])}
            inside = {n for n in inside if n in free or held[n] != self.held[n]}
        for n in self.leaves:
            low, high = ({(b.key, b.members) for b in self.on[n] if b.least is side} for side in (True, False))
            one = "AT_FLOOR" if (n, True) in alone else "AT_CAP" if (n, False) in alone else None
            yield "LOCKED" if low & high else one or ("AT_GROUP" if n in inside else "BY_CLAIM")

    def risk(self, stage, at):
        """What the k-th lot of a unit adds to its expected shortfall, 10⁻⁹; None where it has no closed form here."""
        s, n, u, lot = stage.s, stage.nodes[at], stage.s["uncertainty"], stage.lot
        r, now = float(fraction(s["risk"]["reachable"])), float(stage.now[at])
        growth = self.column("growth_estimate")[n] or 0
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

    def settle(self, quotas):
        """Decides what becomes of rules and units, given the quotas stored; refuses those that are not the optimum."""
        self.posed, self.held, claimed = self.pose(), dict.fromkeys(range(len(self.names)), 0), set()
        for n, quota, claim in zip(self.leaves, quotas, self.last.claims):
            for node in self.chain(n):
                self.held[node] += quota
                if claim:
                    claimed.add(node)
        self.held[-1] = self.target
        for (_, owner), family in self.posed.items():
            self.prove(family, self.held[owner])
        spots = [([n], on, self.stages[level - 1].lot) for n, (on, level) in enumerate(zip(self.on, self.level))]
        spots += [(each.nodes, each.on, each.lot) for each in self.attached if each.end is None]
        for nodes, on, lot in spots:
            step, have = lot if self.many else self.last.lot, sum(self.held[n] for n in nodes)
            for each in on:
                end = each.lots(lot) * lot
                tight = have - step < end if each.least else have + step > end
                if tight and (end > 0 or not (each.least or claimed.isdisjoint(nodes))):
                    self.rules[each.key]["status"] = "binding"
        for (level, _), family in self.posed.items():
            for i, n in enumerate(family.nodes if family.stage is not self.last else ()):
                for least, end in ((True, family.low[i]), (False, family.high[i])):
                    if self.held[n] == end * family.lot and (least or family.w[i]):
                        for key in self.narrowing(level, family, i, least):
                            self.rules[key]["status"] = "binding"
        share = self.rules.get("bounds.max_share", {"status": None})
        if self.s["bounds"]["max_share"] == 1 and share["status"] == "slack":
            del self.rules["bounds.max_share"]  # which nobody wrote, and which changes nothing

    def narrowing(self, level, family, i, least):
        """Keys of the rules below a node that make its least (most) tighter than its own rules do."""
        n, most, found = family.nodes[i], self.target // family.lot, []
        inner, own = self.posed.get((level + 1, n)), self.ends(n, family.lot, False)[not least]
        tighter = family.ends[i][0] > own if least else family.ends[i][1] < (most if own is None else min(own, most))
        if not (inner and tighter):
            return []
        for j, child in enumerate(inner.nodes):
            below, on = self.narrowing(level + 1, inner, j, least), [b for b in self.on[child] if b.least is least]
            if on and not below and (inner.low[j] > 0 or not least):
                below = [(max if least else min)(on, key=lambda bound: bound.lots(inner.lot)).key]
            found += below
        for each in self.attached:
            if each.level == level + 1 and {*each.nodes} <= {*inner.nodes}:
                found += [b.key for b in each.on if b.least is least and (not least or b.members > 0)]
        return found

    def prove(self, family, total):
        """Both ends in each group of a family, and the lots it holds; refuses lots that break a bound or could move."""
        names, lot = [self.names[n] for n in family.nodes], family.lot
        for n, name in zip(family.nodes, names):
            if self.held[n] % lot or total % lot:
                raise Wrong("not_lots", unit=name, quota=self.held[n], lot=lot)
        x = [self.held[n] // lot for n in family.nodes]
        family.floor[0] = family.cap[0] = total // lot
        family.each, family.made, family.sums = family.inside(x)
        sets = ["", *(", ".join(names[i] for i in inside) for inside in family.members[1:])]
        spots = [*zip(x, family.low, family.high, names), *zip(family.sums, family.floor, family.cap, sets)]
        for have, low, high, name in spots:
            low, high = low or 0, have if high is None else high
            if not low <= have <= high and not name:
                raise Wrong("sum", held=have * lot, target=total)
            if not low <= have <= high:
                raise Wrong("bound", name=name, held=have * lot, floor=low * lot, cap=high * lot)
        for last, following in family.made if family.stage is self.last or not family.risk or all(family.risk) else ():
            if last > following:
                efforts = {"dear": family.cost(last), "cheap": family.cost(following)}
                way = "tie" if last[0] == following[0] else "moved"
                raise Wrong(way, giver=names[last[2]], taker=names[following[2]], **efforts)

    def pi(self, level, owner):
        """Both ends of π in a family; where one group holds all of it, those inside that group."""
        family, group = self.posed[level, owner], 0
        while group not in family.home and family.parent.count(group) == 1:
            group = family.parent.index(group)
        return dict(zip(ENDS, map(family.cost, family.made[group])))

    def ties(self):
        """Every tie that the order decided, as (its place in the list, the tie)."""
        for (level, _), family in self.posed.items():
            place = {n: at for at, n in enumerate(family.stage.nodes)}
            for group, (last, following) in enumerate(family.made):
                at_end = not group or family.sums[group] in (family.floor[group], family.cap[group])
                if last[0] == following[0] and at_end:
                    sides = [[*self.tied(family, group, last[0], given)] for given in (True, False)]
                    given, waiting = ([self.names[n] for n in side] for side in sides)
                    tie = {"given": given, "waiting": waiting, "level": level, "effort": family.cost(last)}
                    yield (level, *(place[side[0]] for side in sides)), tie

    def tied(self, family, group, cost, given):
        """Units of a group whose last lot given, or next one, has a cost and can leave, or enter, up to that group."""
        stops = family.floor if given else family.cap
        for home, n, (last, following) in zip(family.home, family.nodes, family.each):
            while home > group and family.sums[home] != stops[home]:
                home = family.parent[home]
            if home == group and (last if given else following)[0] == cost:
                yield n

    def beginning(self, node, now, available, **more):
        """Of a unit, or a node above some, what it is called, where in a tree it stands, and who is there."""
        up, people = self.parent[node], (now, available / MICRO) if self.measured else (None, None)
        tree = {"parent": self.names[up] if up >= 0 else None, "level": self.level[node]} if self.depth > 1 else {}
        return {"unit": self.names[node], **tree, **more, **dict(zip(SHARES, people))}

    def leaf_rows(self):
        """What is known of each leaf before anything is decided."""
        for n, now, w, claim in zip(self.leaves, self.last.now, self.last.available, self.last.claims):
            low, high = self.ends(n, self.last.lot, True)
            cap = self.target if high is None else high * self.last.lot
            yield {**self.beginning(n, now, w), "claim": claim / MICRO, "floor": low * self.last.lot, "cap": cap}

    def record(self, rows):
        """Everything that a result holds but for its inputs, texts and digest, given what is known of each leaf."""
        leaves, quotas, column = self.leaves, [self.held[n] for n in self.leaves], self.s["published"]
        if column:
            self.column(column)
        published, available = [self.cell(column, n) for n in leaves], self.last.available
        last = [family for family in self.posed.values() if family.stage is self.last]
        shares = {n: x for family in last for n, x in zip(family.nodes, family.solve(family.share, family.lot))}
        for n, row, q, w, p, position in zip(leaves, rows, quotas, available, published, self.positions()):
            row |= {"fair_share": Fraction(shares[n]), "quota": q, "effort": effort(q, w), "position": position}
            row |= {"published": p, "difference": None if p is None else q - p}
        groups, known = [], dict(zip(leaves, zip(self.last.now, available, published)))
        for n in self.inner:
            now, w, p = (None if None in side else sum(side) for side in zip(*(known[leaf] for leaf in self.below[n])))
            row = self.beginning(n, now, w, units=len(self.below[n])) | {"quota": self.held[n], "published": p}
            groups.append(row | (self.pi(self.level[n] + 1, n) if self.many else {}))
        notes, upper = self.all_notes()
        for key, row in self.rules.items():
            about = (note for note in notes + upper if note.get("rule") == key or key in note.get("rules", ()))
            row["note"] = next(about, None)
        ties = [tie for _, tie in sorted(self.ties(), key=lambda each: each[0])]
        made = {"target": self.target, "lot": self.last.lot, **self.pi(self.tiers[0].level, -1), "units": rows}
        made |= {"rules": [*self.rules.values()], "ties": ties, "notes": notes}
        made |= {"comparison": self.comparison(quotas, published)}
        return made | ({"groups": groups} if self.depth > 1 else {})

    def comparison(self, q, p):
        """The measures over the leaves that have a published figure, by shares where the totals of these differ."""
        keys = ("misplaced", "misplaced_share", "largest_gap", "largest_gap_unit", "rank_correlation")
        made, names, w = dict.fromkeys(keys), [self.names[n] for n in self.leaves], self.last.available
        here = [at for at, value in enumerate(p) if value is not None]
        left = [name for name, value in zip(names, p) if value is None and here]
        q, w, names, p = ([side[at] for at in here or range(len(q))] for side in (q, w, names, p))
        ours, theirs = sum(q), sum(map(fraction, p)) if here else None
        if here and (ours == theirs or min(ours, theirs) > 0):
            scaled = ours != theirs
            gaps = [abs(a * theirs - fraction(b) * ours) if scaled else abs(a - b) for a, b in zip(q, p)]
            twice, part, largest = sum(gaps), Fraction(theirs) if scaled else 1, max(gaps)
            even = not scaled and type(twice) is int and twice % 2 == 0
            moved = twice // 2 if even else jsonable(twice / part / 2)
            unit, share = names[gaps.index(largest)], moved / ours if ours else None
            made |= zip(keys, (moved, share, jsonable(largest / part) if scaled else largest, unit))
        if here:
            ordered = (q, sorted(q)), (p, sorted(p))
            a, b = ([(bisect_left(s, v) + bisect_right(s, v) - len(s)) / 2 for v in side] for side, s in ordered)
            spread = sqrt(sum(x * x for x in a) * sum(y * y for y in b))
            made["rank_correlation"] = sum(x * y for x, y in zip(a, b)) / spread if spread else None
        ratios, ginis = [], []
        for side in (q, p if here else []):
            known = sorted(each for each in map(effort, side, w) if each is not None)
            total, count = fsum(known), len(known)
            ratios.append(known[-1] / known[0] if known and known[0] > 0 else None)
            spread = fsum((2 * rank - count - 1) * each for rank, each in enumerate(known, start=1))
            ginis.append(spread / (count * total) if total else None)
        both = {"effort_ratio": ratios, "effort_gini": ginis, "totals": (ours, jsonable(theirs))}
        sides = {key: dict(zip(("proposed", "published"), two)) for key, two in both.items()}
        return made | sides | {"left_out": left}

    def all_notes(self):
        """The notes that are due: about the leaves and what is decided with them; and those of the levels above."""
        upper, made = [], []
        for stage in self.tiers:
            upper, last = upper + made, stage is self.last
            nodes = [(self.names[n], self.on[n] if last else self.firm(self.on[n]), stage.lot) for n in stage.nodes]
            sums = [(each.name, self.firm(each.on), each.lot) for each in self.attached if each.level == stage.level]
            bands = [[(name, allowed(on, lot)[2]) for name, on, lot in spots if on] for spots in (nodes, sums)]
            nodes, sums = ([note | {"unit": name} for name, note in spots if note] for spots in bands)
            made = nodes + self.bands * last + sums
        return [*self.notes, *made, *self.unused()], upper

    def unused(self):
        """Notes of what comes in and no quota rests on."""
        s, first, used, counts, averaged = self.s, self.rows[0], {"workforce", self.s["published"]}, set(), False

        def said(key):
            return [each[key] for each in (s, *s["levels"]) if each.get(key) is not None]

        chosen = ["kind"] * any(group["kind"] for groups in said("groups") for group in groups)
        for rule in s["rules"]:
            whom = rule["for"] if isinstance(rule["for"], dict) else {}
            chosen += ["kind"] * ("kind" in whom) + [*whom.get("where", ())]
            sides = [each for each in (rule["each"] or rule["together"]).values() if isinstance(each, dict)]
            used |= {each.get("column", each.get("of")) for each in sides}
        drivers = {driver.get("column") for each in said("drivers") for driver in each}
        grows = any(each.get("realisation") or any(each.get("units", {}).values()) for each in said("growth"))
        used |= {"previous_quota"} if "previous" in used else set()
        used |= {"kind"} if s["risk"]["weight"] and s["uncertainty"]["kinds"] else set()
        used |= {"growth_estimate"} if grows or s["risk"]["weight"] else set()
        used |= {*COUNTS} if "remaining_term_target" in drivers else set()
        used |= {*chosen, *drivers, *(each["pace"]["reference"] for each in said("bounds") if each.get("pace"))}
        for past in (laid(s["attainment"], each) for each in said("attainment")):
            names, made = self.attained(past, self.leaves)
            counts |= {*names} if past["exponent"] else set()
            averaged |= past["missing"] == "province" and None in made
        idle = [name for name in first if name in counts - used and not (averaged and name == "term_target")]
        stated = (row for row in self.rows if row.get("attainment") is not None)
        beside = {row["unit"]: [name for name in idle if row[name] is not None] for row in stated}
        used |= {"attainment", *(counts if len(beside) < len(self.rows) else ())} if counts else set()
        names = ["kind"] * any(row.get("kind") for row in self.rows)
        names += sorted((name for name in first if name not in FIXED), key=self.texts.__contains__)
        if idle := [name for name in names if name not in used]:
            yield {"code": "note.columns_unused", "columns": idle}
        if some := {unit: names for unit, names in beside.items() if names and used.issuperset(names)}:
            yield {"code": "note.attainment_stated", "units": [*some], "beside": some}
        for name in dict.fromkeys(chosen):
            if blank := [row["unit"] for row in self.rows if row.get(name) is None]:
                yield {"code": "note.selection_blank", "column": name, "units": blank}
        grows = self.column("growth_estimate")
        if still := [name for name in s["growth"]["units"] if not any(grows[n] for n in self.below[self.at[name]])]:
            yield {"code": "note.growth_unused", "units": still}
        inner = [row for row, below in zip(self.rows, self.children) if below]
        kept = {r["unit"]: [c for c in r if c not in self.texts and r[c] is not None] for r in inner}
        for code, filled in (("note.inner_rows", True), ("note.inner_blank", False)):
            if some := {unit: names for unit, names in kept.items() if bool(names) == filled}:
                yield {"code": code, "units": [*some], "figures": some}


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
                raise Wrong("bad_setting", key="groups", value="cross")
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
        return None if key in (NEVER, ALWAYS) else sqrt(key[0]) if self.squared else float(key[0])

    def inside(self, x):
        """Last lots given and next ones: of each unit, and of each group (the dearest, the cheapest); lots it holds."""
        lasts = [self.key(i, x[i]) if w and x[i] > self.low[i] else NEVER for i, w in enumerate(self.w)]
        nexts = [self.key(i, x[i] + 1) if w and x[i] < self.high[i] else ALWAYS for i, w in enumerate(self.w)]
        last, following = [NEVER] * len(self.members), [ALWAYS] * len(self.members)
        for home, given, waiting in zip(self.home, lasts, nexts):
            last[home], following[home] = max(last[home], given), min(following[home], waiting)
        held = [sum(x[i] for i in inside) for inside in self.members]
        for group, up in reversed([*enumerate(self.parent)][1:]):
            if held[group] != self.floor[group]:
                last[up] = max(last[up], last[group])
            if held[group] != self.cap[group]:
                following[up] = min(following[up], following[group])
        return list(zip(lasts, nexts)), list(zip(last, following)), held

    def around(self, x):
        """Of each group the dearest lot that could come to it, and the cheapest that one of its own could leave for."""
        (_, made, held), found = self.inside(x), []
        for group, (last, following) in enumerate(made):
            up = found[self.parent[group]] if group else (NEVER, ALWAYS)
            last = last if held[group] == self.cap[group] else max(last, up[0])
            found.append((last, following if held[group] == self.floor[group] else min(following, up[1])))
        return found

    def tightened(self, fill, scale=1):
        """Least and most of each unit, sums but the whole taken into them: more for a sum never lowers anybody."""
        low, high = ([each * scale for each in side] for side in (self.low, self.high))
        for inside, floor, cap in [*zip(self.members, self.floor, self.cap)][:0:-1]:
            for side, bound, sign in ((low, floor, 1), (high, cap, -1)):
                if bound is not None and sign * sum(side[i] for i in inside) < sign * bound * scale:
                    for i, each in zip(inside, fill(inside, low, high, bound * scale)):
                        side[i] = each
        return low, high

    def solve(self, fill, scale=1):
        """What each unit has of the whole: with `fill` whole lots, with `share` and a lot's size the fair shares."""
        return fill(self.members[0], *self.tightened(fill, scale), self.floor[0] * scale)

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
        live, made = [i for i in inside if low[i] < high[i]], {i: low[i] for i in inside}
        held = sum(made.values())
        if not held <= total <= held + sum(high[i] - low[i] for i in live):
            raise ArithmeticError("the rules cannot hold together")

        def lots(effort):
            """Whole lots that cost at most an effort, or so little more that floating point cannot tell."""
            if self.risk:
                counts = (bisect_right(range(high[i]), effort, key=lambda k, i=i: self.key(i, k + 1)[0]) for i in live)
            else:
                counts = (self.count(effort * self.w[i] / self.scale) for i in live)
            return [min(max(each, low[i]), high[i]) for i, each in zip(live, counts)]

        rest = total - held + sum(low[i] for i in live)
        step = bisect_left(STEPS, rest, key=lambda t: sum(lots(exp(t / 1e5))))
        if step:  # what is below the last step with fewer lots is certain
            made |= zip(live, lots(exp(STEPS[step - 1] / 1e5) * (1 - 1e-14)))
        heap = [(self.key(i, made[i] + 1), i) for i in live if made[i] < high[i]]
        heapify(heap)
        for _ in range(total - sum(made.values())):
            i = heap[0][1]
            made[i] += 1
            heapreplace(heap, (self.key(i, made[i] + 1), i)) if made[i] < high[i] else heappop(heap)
        return [made[i] for i in inside]


def effort(quota, available):
    whole = isinstance(quota, int)
    return (quota * MICRO / available if whole else float(fraction(quota) * MICRO / available)) if available else None


def jsonable(value):
    """A number as JSON has it: whole where it is whole."""
    if not isinstance(value, Fraction):
        return value
    return value.numerator if value.denominator == 1 else float(value)


def refuse_unlike(stored, given, path=""):
    """Refuses the first figure, in reading order, that is stored otherwise than the inputs give it."""
    if stored is given:
        return
    if isinstance(given, dict) and isinstance(stored, dict):
        for key in {**given, **stored}:
            at = f"{path}.{key}" if path else key
            if key not in stored:
                raise Wrong("missing", figure=at, given=given[key])
            if key not in given:
                raise Wrong("unknown", figure=at)
            refuse_unlike(stored[key], given[key], at)
    elif isinstance(given, list) and isinstance(stored, list):
        for at, (here, there) in enumerate(zip(stored, given), start=1):
            refuse_unlike(here, there, f"{path}[{there.get('unit', at) if isinstance(there, dict) else at}]")
        if len(stored) != len(given):
            raise Wrong("length", figure=path, stored=len(stored), given=len(given))
    else:
        real, differs = isinstance(given, Fraction), type(stored) is not type(given) or stored != given
        shown = float(given) if real else given
        if isinstance(given, (float, Fraction)) and type(stored) in (int, float) and abs(stored) < 1e300:
            size = abs(given)
            near = 5.001e-7 + size / 10**11 if real else min(1e-9 * max(1.0, size), 5e-7)
            differs = abs(stored - given) > near or (real and round(stored, 6) != stored)
            shown = round(shown, 6) if real else shown
        if differs:
            raise Wrong("figure", figure=path, stored=stored, given=shown)


def look_at_units(case, rows, units):
    """Refuses the first unit whose inputs, bounds or quota are not so."""
    for given, stored in zip(rows, units):
        name, quota, lot = given["unit"], stored.get("quota"), case.last.lot
        refuse_unlike({key: stored[key] for key in given if key in stored}, given, f"units[{name}]")
        if type(quota) is not int or quota % lot:
            raise Wrong("not_lots", unit=name, quota=quota, lot=lot)
        if not 0 <= quota <= case.target:
            raise Wrong("bound", name=name, held=quota, floor=given["floor"], cap=given["cap"])
    if len(units) != len(rows):
        raise Wrong("length", figure="units", stored=len(units), given=len(rows))
    if (held := sum(row["quota"] for row in units)) != case.target:
        raise Wrong("sum", held=held, target=case.target)


def look_at_costs(case, kept):
    """Refuses risk costs that are kept but are not those of the inputs."""
    places = {n: (each, i) for each in case.posed.values() if each.stage is case.last for i, n in enumerate(each.nodes)}
    for n, costs in zip(case.leaves, kept):
        (family, i), name, top = places[n], f"risk_costs[{case.names[n]}]", 0
        if len(costs) != family.high[i]:
            raise Wrong("figure", figure=name, stored=len(costs), given=family.high[i])
        for k, cost in enumerate(costs, start=1):
            top = max(top, family.risk[i](k) if family.risk[i] else cost)
            if abs(cost - top) > 0.5 + 1e-3 + 1e-9 * top:
                raise Wrong("figure", figure=f"{name}[{k}]", stored=cost, given=top)


def take_at_its_word(given, document, case):
    """Puts into what is given what the result stores where that rests on costs of risk not known here."""
    units, hidden = document["units"], [each for each in case.posed.values() if each.risk and not all(each.risk)]
    if any(family.stage is not case.last for family in hidden):
        given |= {key: document.get(key) for key in (*ENDS, "ties")}
        for row, there in zip([*given["units"], *given["groups"]], [*units, *document["groups"]]):
            row |= {key: there.get(key) for key in (*ENDS, "position") if key in row}
    for family in hidden:
        for i, n in enumerate(family.nodes if family.stage is case.last else ()):
            if not family.risk[i] and case.held[n] // family.lot >= len(family.costs.get(i, ())):
                at = case.leaves.index(n)
                given["units"][at]["position"] = units[at].get("position")


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
            raise Wrong("figure", figure="against.bridge", stored=step["change"], given=held)
    for unit, change in changes.items():
        if led[unit] != change:
            raise Wrong("figure", figure=f"against.bridge[{unit}]", stored=led[unit], given=change)
    moved = min(sum(e for e in changes.values() if e > 0), -sum(e for e in changes.values() if e < 0))
    return {**kept, "units": rows, "moved": None if before.keys().isdisjoint(quotas) else moved}


def examine(document):
    """Refuses the first thing that is wrong: the inputs, what quotas rest on, the quotas, all that rests on them."""
    scenario, units, inputs = document["scenario"], document["units"], document["inputs"]
    table, reading, kept = inputs["table"], inputs.get("reading", []), []
    look(scenario)
    if scenario["risk"]["weight"]:
        kept = document.get("risk_costs")
        lists = isinstance(kept, list) and all(isinstance(costs, list) for costs in kept)
        if not lists or any(type(cost) is not int for cost in chain(*kept)):
            raise Wrong("figure", figure="risk_costs", stored=kept, given=[[0]] if lists else [[]])
    case = Recomputed(table, scenario, kept)
    rows = [*case.leaf_rows()]
    look_at_units(case, rows, units)
    case.settle([row["quota"] for row in units])
    if scenario["risk"]["weight"] and len(kept) != len(rows):
        raise Wrong("length", figure="risk_costs", stored=len(kept), given=len(rows))
    look_at_costs(case, kept)
    given, told = case.record(rows), document.get("notes")
    take_at_its_word(given, document, case)
    large = {"code": "note.too_large_for_program", "units": len(table), "most": LARGE}
    given["notes"] += [large] * (len(table) > LARGE and case.depth == 1 and isinstance(told, list) and large in told)
    codes = [str(each.get("code")) if isinstance(each, dict) else "" for each in reading]
    if not (isinstance(reading, list) and all(code.startswith(("import.", "cell.", "term.")) for code in codes)):
        raise Wrong("figure", figure="inputs.reading", stored=reading, given=[])
    given["notes"] += reading
    hashes = {key: inputs.get(key) for key in ("table_sha256", "scenario_sha256")}
    version = inputs["version"] if isinstance(inputs.get("version"), str) else ""
    given["inputs"] = {"table": table, **hashes, "version": version}
    given["inputs"] |= {"reading": reading} if "reading" in inputs else {}
    given |= {"scenario": scenario, "digest": document["digest"]} | ({"risk_costs": kept} if kept else {})
    if case.depth > 1:
        other, moved = document.get("other_way"), "levels" if not case.many else "at_once"
        free = isinstance(other, dict) and (other.get("moved") is None or type(other["moved"]) in (int, float))
        given["other_way"] = {"hierarchy": moved, "moved": other.get("moved") if free else None}
    if "against" in document:
        given["against"] = changed_from(document["against"], {row["unit"]: row["quota"] for row in units})
    refuse_unlike(document, given)


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
        return Wrong("not_result", missing=missing or ["inputs.table"])
    wrong, inputs = None, document["inputs"]
    try:
        examine(document)
    except Wrong as found:
        wrong = found
    except KeyError as error:
        wrong = Wrong("lacks", key=str(error.args[0])[:60])
    except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError, RecursionError) as error:
        wrong = Wrong("unusable", detail=f"{type(error).__name__}: {error}"[:200])
    for part, value in (("inputs.table", inputs["table"]), ("scenario", document["scenario"])):
        key = f"{part.removeprefix('inputs.')}_sha256"
        if digest(value) != inputs.get(key):
            first = {"first": wrong} if wrong else {}
            return Wrong("input_changed" + "_first" * bool(first), part=part, key=f"inputs.{key}", **first)
    if not wrong and digest({key: each for key, each in document.items() if key != "digest"}) != document["digest"]:
        return Wrong("digest", stored=document["digest"])
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
