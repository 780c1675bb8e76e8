"""Damaged inputs by the thousand, through the code of the command line and of the page.

    python -m tests.fuzz.run --count 1000 --seed 0 [--kind table] [--processes]

Every kind runs in a process of its own under limits of memory and processor. What is reported: an error that is not
foreseen, a status with no meaning, a figure that a plain reading of the file does not give, more than 2 s of processor,
more than 256 MB of growth.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from allocator.data.table import TEXT_COLUMNS, Table, fold
from allocator.errors import AllocatorError
from allocator.files import load_scenario, load_table
from allocator.growth.draws import plan_sweep
from allocator.growth.sweep import task
from allocator.model.allocation import allocate
from allocator.scale import Journal
from tests.command import Done, allocator, process
from tests.fuzz import damage

MOST_SECONDS = 2.0
MOST_GROWTH = 256 * 1024  # kB
Call = Callable[..., Done]


class Wrong(AssertionError):
    """What a damaged input should not do."""


def asked(call: Call, statuses: set[int], *arguments: object) -> Done:
    """A command's answer; Wrong where it fails other than in words, or leaves with a status that is not expected."""
    done = call(*arguments, "--lang", "en")
    if "foresee" in done.stderr or "Traceback" in done.stderr:
        raise Wrong(done.stderr[-600:])
    if done.returncode not in statuses:
        raise Wrong(f"status {done.returncode}: {done.stderr[:300]}")
    if done.returncode >= 2 and not done.stderr.startswith("error: "):
        raise Wrong(f"status {done.returncode} without words")
    return done


def figure(cell: object) -> float | None:
    """A figure as anybody would read it; Wrong where the cell holds none."""
    if cell is None or str(cell).strip() == "":
        return None
    if isinstance(cell, bool) or not re.fullmatch(r"-?[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?", str(cell).strip()):
        raise Wrong(f"{cell!r} was read as a figure")
    if str(cell).strip().startswith("-") and float(str(cell)) == 0:
        raise Wrong(f"{cell!r} was read as zero")
    return float(str(cell))


def same_figures(read: Table, rows: list[list[Any]]) -> None:
    """Nothing, where every figure that was read is the plain value of its cell; else Wrong."""
    header, *body = [row for row in rows if any(str("" if c is None else c).strip() for c in row)]
    names = [fold(str("" if each is None else each)) for each in header]
    names = [
        each.casefold() if each.casefold() in ("workforce", "unit", *damage.units()[0]) else each for each in names
    ]
    if read.notes or not {"unit", "workforce"} <= {*names}:
        return  # read as a document, or rows of it were sums
    for name, values in read.columns.items():
        cells = [row[names.index(name)] if names.index(name) < len(row) else None for row in body]
        if len(cells) != len(values):
            raise Wrong(f"{len(values)} rows were read of {len(cells)}")
        for value, cell in zip(values, cells, strict=True):
            plain = figure(cell)
            plain = 0 if plain is None and name == "growth_estimate" else plain
            if (value is None) != (plain is None) or (
                plain is not None and abs(value - plain) > 1e-9 * max(1, abs(plain))
            ):
                raise Wrong(f"{cell!r} was read as {value} in {name}")


def _is_table(path: Path, call: Call, rng: random.Random, rows: Callable[[], list[list[Any]] | None]) -> None:
    command = rng.choice((("audit",), ("audit",), ("run", "--data"), ("unions",), ("review", "--progress")))
    asked(call, {0, 1, 2, 3}, *command, path)
    with contextlib.suppress(AllocatorError):
        read = load_table(path)
        if (plain := rows()) is not None:
            same_figures(read, plain)


def table(path: Path, rng: random.Random, call: Call) -> None:
    """CSV as a table: every figure read is what its cell says."""
    named = path.replace(path.with_suffix(".csv"))

    def rows() -> list[list[Any]]:
        content = named.read_bytes().decode("utf-8-sig")
        header = next(line for line in content.splitlines() if line.strip())
        return list(csv.reader(io.StringIO(content, newline=""), delimiter=max(",;\t", key=header.count)))

    _is_table(named, call, rng, rows)


def sheet(path: Path, rng: random.Random, call: Call) -> None:
    """A workbook as a table, and as a document."""
    import openpyxl

    named = path.replace(path.with_suffix(".xlsx"))

    def rows() -> list[list[Any]] | None:
        try:
            book = openpyxl.load_workbook(named, data_only=True)
            return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
        except Exception:
            return None  # it reads less than we do

    if rng.random() < 0.4:
        _is_table(named, call, rng, rows)
    else:
        document(named, rng, call)


def document(path: Path, rng: random.Random, call: Call) -> None:
    """A document to import."""
    asked(call, {0, 1, 2}, "import", path, "--out", path.parent / "out", "--force", "--json")


def text(path: Path, rng: random.Random, call: Call) -> None:
    """Pasted text: every count imported is what a document of that kind means by its cell."""
    done = asked(call, {0, 1, 2}, "import", path, "--out", path.parent / "out", "--force", "--json")
    columns = {each["column"]: each["cell"] - 1 for each in json.loads(done.stdout)["columns"]} if done.stdout else {}
    if not columns:
        return
    printed = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter="\t")
    lines = {fold(row[columns["unit"]]): row for row in printed if len(row) > max(columns.values())}
    with (path.parent / "out" / "units.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in columns.keys() & row.keys() - set(TEXT_COLUMNS):
                if row["unit"] in lines:
                    _counts(lines[row["unit"]][columns[name]], row[name])


def _counts(cell: str, read: str) -> None:
    """Nothing, where a printed count was read as it is meant, or is not plainly written; else Wrong."""
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})*|[0-9]+", cell) and read != str(int(cell.replace(".", ""))):
        raise Wrong(f"{cell!r} was read as {read!r}")
    if cell in ("", "-") and read:
        raise Wrong(f"a blank was read as {read!r}")


def scenario(path: Path, rng: random.Random, call: Call) -> None:
    """A scenario."""
    named = path.replace(path.with_suffix(".yaml"))
    asked(call, {0, 2, 3}, "run", named, "--json")


def result(path: Path, rng: random.Random, call: Call) -> None:
    """A stored result: valid only where nothing in it was changed."""
    done = asked(call, {0, 1, 2}, "verify", path, "--json")
    if done.returncode == 0:
        held, right = json.loads(path.read_text("utf-8")), json.loads(json.dumps(damage.stored()))
        for each in (held, right):
            each.pop("digest")
            each["inputs"].pop("version")
        if held != right:
            raise Wrong("a changed result is called valid")


@cache
def _swept() -> tuple[bytes, Mapping[int, Any], Mapping[str, object]]:
    """A journal, its summaries by number, and what its header describes."""
    sweep = {"seed": 0}
    planned = plan_sweep(allocate(*_opened(), method="waterfill"))
    held = {index: task(planned, index, 20_000) for index in range(2)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        with Journal(path, sweep) as made:
            for index, each in held.items():
                made.add(index, each)
        return path.read_bytes(), held, sweep


def journal(path: Path, rng: random.Random, call: Call) -> None:
    """A journal of a sweep: what is taken from it is what was put into it."""
    whole, held, sweep = _swept()
    path.write_bytes(damage.spoilt(rng, whole))
    try:
        with Journal(path, sweep) as made:
            found = list(made.finished())
    except AllocatorError:
        return
    if any(summary.to_bytes() != held[index].to_bytes() for index, summary in found):
        raise Wrong("a changed summary was taken")


def page(path: Path, rng: random.Random, call: Call) -> None:
    """What the page is sent: a file to import, progress, a register, a state to save."""
    from allocator.questions import find
    from allocator.web import ask, desk
    from allocator.web.record import record_page
    from allocator.web.saved import Version
    from allocator.web.state import started
    from allocator.web.store import Store
    from allocator.words import Words

    words = Words(rng.choice(("vi", "en")))
    store = Store(path.parent / "page", "an-giang-2017/base", *_opened())
    content = damage.MADE[rng.choice(("table", "sheet", "open_sheet", "word", "text"))](rng)
    name = rng.choice(("a.csv", "a.xlsx", "a.ods", "a", "../a.docx", "", "\0", "x" * 300))
    path.write_bytes(content)
    form: dict[str, Any] = {"file": (name, content)}
    if rng.random() < 0.3:
        packed = base64.b64encode(zlib.compress(content))
        form = {"name": name, "document": damage.spoilt(rng, packed).decode("latin-1")}
    if rng.random() < 0.3:
        form["settled"] = rng.choice(("", "{}", '{"answers": {"header": 3}}', rng.choice(damage.CELLS)))
        form[f"column:{rng.choice(damage.CELLS)[:50]}"] = rng.choice(("workforce", "skip", "x y", "", "unit"))
    with contextlib.suppress(AllocatorError):
        way = rng.choice(("table", "review", "unions", "save"))
        if way == "table":
            desk.desk(store, form, words)
        elif way == "save":
            query = "".join(rng.choice("ab=&%ÿ") for _ in range(20))
            store.save(rng.choice(damage.CELLS)[:100], Version(query, note=rng.choice(damage.CELLS)))
            old = path.parent / "page" / "saved" / f"{rng.randrange(9)}.json"
            old.parent.mkdir(exist_ok=True)
            old.write_bytes(damage.spoilt(rng, b'{"name": "a", "query": "b"}'))
            if rng.random() < 0.5:
                journal = path.parent / "page" / "record.jsonl"
                journal.write_bytes(damage.spoilt(rng, journal.read_bytes()))
            store.saved()
            record_page(store, {}, None, words)
        else:
            state = started("given", _opened()[1])
            key = rng.choice([each.name for each in ask.controls(find(way), {}, state.scenario())])
            form[key] = rng.choice((*damage.CELLS, "1", "0.5"))[:50]
            work = ask.about_state(find(way), store, {**dict(state.hidden), **form}, words)[1]
            if work:
                work.make(*work.given)


@cache
def _opened() -> tuple[Any, Any]:
    return load_scenario("an-giang-2017/base")


KINDS: Mapping[str, Callable[[Path, random.Random, Call], None]] = {
    "table": table, "sheet": sheet, "open_sheet": document, "word": document, "text": text, "scenario": scenario,
    "result": result, "journal": journal, "page": page,
}  # fmt: skip


def tried(kind: str, seed: int, folder: Path, call: Call = allocator) -> str | None:
    """What is wrong with what one damaged input does; None where all is well."""
    rng = random.Random(f"{kind} {seed}")
    path = folder / "damaged"
    if kind in damage.MADE:
        path.write_bytes(damage.MADE[kind](rng))
    began, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        KINDS[kind](path, rng, call)
    except Wrong as wrong:
        return str(wrong)
    except BaseException:
        return traceback.format_exc()[-900:]
    spent, grown = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    if spent > MOST_SECONDS:
        return f"{spent:.1f} s"
    return f"{grown / 1024:.0f} MB" if grown > MOST_GROWTH else None


def problems(kind: str, seeds: range, call: Call = allocator) -> Iterator[tuple[int, str]]:
    """Seed and fault of each damaged input that does what it should not."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            if wrong := tried(kind, seed, Path(folder), call):
                yield seed, wrong


def main() -> None:
    """Run, one process a kind, and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000, help="inputs of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=[*KINDS])
    parser.add_argument("--processes", action="store_true", help="every command as a process of its own")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        os.environ["ALLOCATOR_DEBUG"] = "1"  # what is not foreseen comes with its traceback
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        most = int(60 + given.count * MOST_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        found = 0
        for seed, wrong in problems(
            given.kind, range(given.seed, given.seed + given.count), process if given.processes else allocator
        ):
            found += 1
            print(f"{given.kind} {seed}: {wrong}", flush=True)
        spent, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        print(f"{given.kind}: {given.count} inputs, {found} wrong, {spent:.0f} s, {memory} MB", flush=True)
        return
    ended = 0
    for kind in [given.kind] if given.kind else KINDS:
        more = ["--processes"] if given.processes else []
        call = [sys.executable, "-m", "tests.fuzz.run", "--here", "--kind", kind, *more]
        done = subprocess.run([*call, "--count", str(given.count), "--seed", str(given.seed)], check=False)
        ended |= done.returncode
        if done.returncode:
            print(f"{kind}: ended by {done.returncode}", flush=True)
    sys.exit(bool(ended))


if __name__ == "__main__":
    main()
