"""Small faults put into the core of the model, one at a time: do the tests see each, and does the checker?

    python -m tests.stress.mutants tests 320     # is each of 320 mutants killed by the tests of the model?
    python -m tests.stress.mutants checker 200   # is each quota that a mutant changes refused by the checker?

It needs cosmic-ray beside the dev extra (`pip install cosmic-ray`), which makes the mutants, and a Unix, as each is
tried in a fork that has everything loaded; and for each way up to an hour of one core. The sample is drawn over the
places where a module can be changed, a change a place, from one seed, each module's part by its size. What changes no
result wherever it stands is not drawn: annotations, docstrings, assertions, imports for types alone, arguments of
`dataclass`, `strict` of `zip`.

Mutants that were looked at and change no result are in EQUIVALENT, with the reason; they are not tried. A sample is
another one where a module has changed: what is then alive is either added there or killed by a new test.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import pickle
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).parents[2]
CLAIMS_AND_RULES = ("claims", "bounds", "rules", "short_forms")
MODULES = (*CLAIMS_AND_RULES, "waterfill", "certificate", "nested", "position", "hierarchy", "grounds", "feasibility")
TESTS = tuple(
    f"tests/{each}"
    for each in (
        "model/test_published.py",
        "model/test_rules.py::test_worked_examples",
        "model/test_rules.py::test_shipped_examples",
        "model/test_allocation.py",
        "model/test_hierarchy.py",
        "model/test_positions.py",
        "model/test_optimum.py",
        "model",
        "why",
        "stress",
    )
)
"""The tests of the model, those that see most first."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=--import-mode=importlib")
SECONDS = 200
"""CPU time of one mutant, more than twice what all tests take; one that takes longer counts as killed."""
EQUIVALENT = {
    (
        "grounds",
        'return joined(posed, self.tree, self.levels[- 2].scenario.place("groups"))',
    ): "all levels know the same places",
    ("claims", "if base <= 0:"): "a floor of attainment is never below 0",
    (
        "claims",
        "stand_in = float(_stand_in(table, settings)) if absent else 1.0",
    ): "read only where something is missing",
    (
        "claims",
        "if own == 1 or not any(others):",
    ): "shares add up to 1: where the workforce has all of it the others have none, and the other way round",
    (
        "rules",
        "return cls(_whole([max(0, each or -1) for each in values]),"
        " np.array([each is None for each in values]), bottom)",
    ): "less than nothing counts as nothing",
    (
        "rules",
        "levels = {self.tree.level[node] for node in covered(each, self).tolist()} if replaced else { 1}",
    ): "where no level has groups of its own no level is a part of none",
    ("rules", "if together and ground.tree.depth >= 1:"): "a leaf is all there is below it; only slower",
    ("waterfill", "return bound.T if bound.ndim >= 2 else bound[:, None]"): "bounds have one dimension or two",
    ("waterfill", "if not far.size:"): "lots are then placed one by one; only slower",
    (
        "waterfill",
        "doubtful = last.max(axis=0) >= following.min(axis=0) * (1 * NEAR)",
    ): "more draws are looked at exactly; only slower",
    ("waterfill", "if workers == 1 or len(starts) == 2:"): "one thread does both blocks; only slower",
    (
        "nested",
        "first = np.concatenate(([False], ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, dtype=bool)",
    ): "the first position is 0 either way",
    (
        "nested",
        "run = np.cumsum(np.concatenate(([True], ~near[:-1]))) if len(c) else np.zeros(0, dtype=np.int64)",
    ): "the runs have other numbers, in the same order",
    (
        "nested",
        "use = (newton > low) & (newton < high) & (step % 2 < 2)",
    ): "Newton steps alone; the bracket holds as long as there are steps, only slower",
    (
        "nested",
        "use = (newton != low) & (newton < high) & (step % 3 < 2)",
    ): "a step below the bracket leaves one that is wider and still right; only slower",
    (
        "nested",
        "return np.where(owner_of >= 0, values[owner_of], -1.0)",
    ): "no unit that is still undecided is in those nodes",
    (
        "position",
        "(limit.nodes == allocation.ground.leaves[unit]) & (limit.least is floor and not limit.together)",
    ): "both are True or False",
    (
        "position",
        "return np.asarray(now > -1)",
    ): "a unit without lots is decided again, too, and stays at none; only slower",
    (
        "position",
        "if allocation.above and (len(lots) > 0 or any(each.together for each in ground.rules.limits)):",
    ): "more units are decided again; only slower",
    (
        "position",
        "floored = np.flatnonzero((now == problem.floor) & (now != 0) & (problem.claims > 0))",
    ): "lots are never below 0",
    ("hierarchy", "if at is not level:"): "small whole numbers are one object",
}
"""Mutants that change no result, by module and changed line: why."""


@dataclass(frozen=True)
class Mutant:
    """A module, the line that is changed, and how; `source` is the module with the change.

    `inside` says whether it is in a function's body, which can be changed where the module is loaded already.
    """

    module: str
    line: int
    text: str
    operator: str
    changed: str
    source: str = field(repr=False)
    inside: bool

    @property
    def known(self) -> str | None:
        """Why it changes no result, where that is so."""
        return EQUIVALENT.get((self.module, self.changed))


class _Meant(ast.NodeTransformer):
    """Takes out of a module what says nothing about results."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(0)
        return self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return ast.Pass()

    def visit_If(self, node: ast.If) -> ast.AST:
        return ast.Pass() if "TYPE_CHECKING" in ast.dump(node.test) else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return ast.Pass() if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "dataclass":
            return node.func
        node.keywords = [each for each in node.keywords if each.arg != "strict"]
        return self.generic_visit(node)


def _meant(source: str) -> str:
    return ast.dump(_Meant().visit(ast.parse(source)))


def mutants(module: str, count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants of a module, a random change at each of so many random places."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    path = ROOT / f"allocator/model/{module}.py"
    source = path.read_text("utf-8")
    lines, same, draw = source.splitlines(), _meant(source), random.Random(f"{seed} {module}")
    nodes = list(ast_nodes(get_ast(source)))
    functions = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)]
    bodies = {line for each in functions for line in range(each.body[0].lineno, (each.end_lineno or 0) + 1)}
    places: dict[Any, list[tuple[str, int]]] = {}
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if operator.arguments():
            continue
        positions = (each for node in nodes for each in operator().mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            places.setdefault(start, []).append((name, occurrence))
    order = sorted(places)
    draw.shuffle(order)
    for place in order:
        if count <= 0:
            return
        for name, occurrence in draw.sample(places[place], len(places[place])):
            made = mutate_code(source, get_operator(name)(), occurrence)
            try:
                counts = made is not None and _meant(made) != same
            except SyntaxError:
                continue
            if counts:
                new = made.splitlines()
                at = next((i for i, (a, b) in enumerate(zip(lines, new, strict=False)) if a != b), place[0] - 1)
                operator = name.removeprefix("core/").removeprefix("Replace")
                yield Mutant(module, at + 1, lines[at].strip(), operator, new[at].strip(), made, place[0] in bodies)
                count -= 1
                break


def sample(modules: tuple[str, ...], count: int, seed: int) -> list[Mutant]:
    """Mutants of all these modules, shared out by their lines."""
    sizes = {each: len((ROOT / f"allocator/model/{each}.py").read_text("utf-8").splitlines()) for each in modules}
    return [
        mutant
        for module, size in sizes.items()
        for mutant in mutants(module, round(count * size / sum(sizes.values())), seed)
    ]


def put_in(mutant: Mutant) -> None:
    """From here on the module is the mutant: functions that are loaded are changed, what is not yet loaded will be."""
    plain, name = SourceFileLoader.get_code, f"allocator.model.{mutant.module}"

    def get_code(self: SourceFileLoader, fullname: str) -> Any:
        return compile(mutant.source, self.path, "exec") if fullname == name else plain(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    if name in sys.modules:
        path = str(sys.modules[name].__file__)
        codes = {code.co_qualname: code for code in _codes(compile(mutant.source, path, "exec"))}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename == path:
                each.__code__ = codes.get(each.__code__.co_qualname, each.__code__)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType) and "<locals>" not in each.co_qualname:
            yield each
            yield from _codes(each)


def forked(work: Callable[[], Any], seconds: int) -> Any:
    """What `work` gives in a process of its own; `time` where it takes too long, `crash` where it ends otherwise."""
    reads, writes = os.pipe()
    if not (child := os.fork()):
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        with contextlib.suppress(BaseException), os.fdopen(writes, "wb") as pipe:
            pipe.write(pickle.dumps(work()))
        os._exit(0)
    os.close(writes)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(8 * seconds)
    with os.fdopen(reads, "rb") as pipe:
        said = pipe.read()
    signal.alarm(0)
    _, status = os.waitpid(child, 0)
    return pickle.loads(said) if said else "time" if os.WIFSIGNALED(status) else "crash"


class Tests:
    """The tests, collected once; each mutant runs them in a fork until one fails."""

    def __init__(self, mutants: Iterable[Mutant], tell: Callable[[Mutant, str], None]) -> None:
        self.mutants, self.tell, self.said = mutants, tell, "alive"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.said = f"{report.nodeid} | {str(report.longrepr).strip().splitlines()[-1]}"

    def pytest_runtestloop(self, session: Any) -> bool:
        for mutant in self.mutants:
            self.tell(mutant, forked(lambda mutant=mutant: self._run(session, mutant), SECONDS))
        return True

    def _run(self, session: Any, mutant: Mutant) -> str:
        put_in(mutant)
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.said != "alive":
                break
        return self.said


def run(mutants: Sequence[Mutant], tell: Callable[[Mutant, str], None]) -> None:
    """Tells of each mutant the first test that fails; `alive` where none does."""
    import pytest
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants", database=None, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip
    settings.load_profile("mutants")
    options = [*OPTIONS, "-s", *TESTS]
    loaded()
    for mutant in mutants:
        if not mutant.inside:

            def alone(mutant: Mutant = mutant) -> str:
                put_in(mutant)
                told: list[str] = []
                failed = pytest.main(options, [Tests([mutant], lambda _, said: told.append(said))])
                return told[0] if told else f"pytest ends with {failed}"

            tell(mutant, forked(alone, SECONDS))
    pytest.main(options, [Tests([each for each in mutants if each.inside], tell)])


def loaded() -> None:
    """Load every package that the tests need, but nothing of this one: a fork then begins at once."""

    def work() -> list[str]:
        import pytest

        pytest.main([*OPTIONS, "--collect-only", *TESTS])
        return [each for each in sys.modules if not each.startswith(("allocator", "tests", "__"))]

    for name in forked(work, 300):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def inputs() -> list[tuple[Any, Any]]:
    """Tables and scenarios that can be decided: shipped ones, trees and flat ones, with every kind of key."""
    from hypothesis import Phase, given, settings

    from allocator.errors import AllocatorError
    from allocator.files import builtin_scenarios, load_scenario
    from tests.model.test_rules import problem, told
    from tests.scenarios import allocations
    from tests.stress.theorems import decided, drawn

    made = [load_scenario(name) for name, _ in builtin_scenarios()]
    made += [each for seed in range(45) if decided(*(each := drawn(seed))) is not None]
    for seed in range(30):
        with contextlib.suppress(AllocatorError):
            whole = told(problem(seed), "waterfill")
            made.append((whole.whole.table, whole.whole.scenario) if whole.whole else (whole.table, whole.scenario))

    @settings(max_examples=25, database=None, derandomize=True, deadline=None, phases=[Phase.generate])
    @given(allocations())
    def more(allocation: Any) -> None:
        made.append((allocation.table, allocation.scenario))

    more()
    return made


def results(chosen: bytes, plain: list[Any]) -> list[Any]:
    """Of each input what it is given: lots, floors, caps; where that is not the plain program's, what is said of it."""
    from allocator.model.allocation import allocate
    from allocator.proof import check
    from allocator.proof.result import result

    made: list[Any] = []
    for index, (table, scenario) in enumerate(pickle.loads(chosen)):
        try:
            found = allocate(table, scenario, "waterfill")
            figures = (found.lots, found.bounds.floor, found.bounds.cap)
            document = json.loads(json.dumps(result(found))) if not plain or figures != plain[index][0] else None
        except Exception as error:
            made.append((None, f"no result: {type(error).__name__}"))
            continue
        made.append((figures, "" if document is None else str(check.first_wrong(document))))
    return made


def checked(mutant: Mutant, chosen: bytes, plain: list[Any]) -> list[Any]:
    """What the program gives with the mutant in it, in a fork."""
    if not mutant.inside:
        for name in [each for each in sys.modules if each.startswith(("allocator", "tests."))]:
            del sys.modules[name]
    put_in(mutant)
    return results(chosen, plain)


def checker(count: int, seed: int) -> int:
    """Every result with another quota, floor or cap than the plain program's must be refused; how many are not."""
    chosen = pickle.dumps(inputs())
    plain = results(chosen, [])
    print(f"{len(plain)} inputs; refused of the plain program: {[each for each in plain if each[1] != 'None']}")
    changing, refused, missed = 0, 0, 0
    for mutant in sample(CLAIMS_AND_RULES, count, seed):
        given = forked(lambda mutant=mutant: checked(mutant, chosen, plain), SECONDS)
        if isinstance(given, str):
            continue
        others = [
            (index, said)
            for index, ((figures, said), (right, _)) in enumerate(zip(given, plain, strict=True))
            if figures is not None and figures != right
        ]
        changing += bool(others)
        refused += sum(said != "None" for _, said in others)
        for index in (index for index, said in others if said == "None"):
            missed += 1
            print(f"missed, input {index}: {mutant}", flush=True)
    print(f"{changing} mutants change a result; {refused} results refused, {missed} not")
    return missed


def survivors(count: int, seed: int) -> int:
    """Mutants that no test kills and that are not known to change nothing; how many."""
    drawn = sample(MODULES, count, seed)
    said = Counter[str](mutants=len(drawn), equivalent=sum(each.known is not None for each in drawn))

    def tell(mutant: Mutant, came: str) -> None:
        said["alive" if came == "alive" else "killed"] += 1
        if came == "alive":
            print(mutant, flush=True)

    run([each for each in drawn if each.known is None], tell)
    print(dict(said))
    return said["alive"]


def main(way: str, count: str, seed: str = "1") -> int:
    """Carries out one of the two ways; how many mutants nobody saw."""
    return {"tests": survivors, "checker": checker}[way](int(count), int(seed))


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:4])))
