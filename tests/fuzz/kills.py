"""Real processes killed with kill -9 while they write: each file whole or as it was, nothing left by the next run.

    python -m tests.fuzz.kills --count 300 --seed 0

Half of the kills come at a random time, half just before a random operation on the folder written to.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.parse import parse_qsl, urlsplit

import httpx

from allocator.files import load_scenario
from allocator.proof.journal import append, read_journal
from allocator.web.saved import SavedScenarios
from allocator.web.state import started

MORTAL = """
import atexit, os, runpy, signal, sys
folder, left, told = sys.argv[1], int(sys.argv[2]), sys.argv[3]
del sys.argv[1:4]
begun, mine = left, os.getpid()
EVENTS = ("open", "os.", "fcntl.flock", "shutil.", "tempfile.")
def hook(event, arguments):
    global left
    paths = [os.fsdecode(each) for each in arguments if isinstance(each, str | bytes | os.PathLike)]
    inside = event == "fcntl.flock" or any(folder in path for path in paths)
    if event.startswith(EVENTS) and inside and os.getpid() == mine:
        left -= 1
        if left < 0:
            os.kill(mine, 9)
def tell():
    with open(told, "w") as file:
        file.write(str(begun - left))
atexit.register(tell)
sys.addaudithook(hook)
"""
"""Makes a program kill itself before its n-th operation on a folder, or write down how many it has made."""
RUN = 'runpy.run_module("allocator", run_name="__main__", alter_sys=True)'
NEVER = 10**9
CHAIN = 4
"""Kills at most, one after another in one folder, before a run is left alone."""
OLD = b"an older file"
Contents = Mapping[str, object]


def command(folder: Path, operations: int, told: Path, *arguments: object, code: str = RUN) -> list[str]:
    return [sys.executable, "-c", MORTAL + code, str(folder), str(operations), str(told), *map(str, arguments)]


def started_process(call: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment)


def contents(folder: Path) -> Contents:
    """Every file below a folder by its path; office files as their parts, without the times they were made."""
    return {
        path.relative_to(folder).as_posix(): content(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
    }


def content(data: bytes) -> object:
    if not data.startswith(b"PK\x03\x04"):
        return data
    with zipfile.ZipFile(BytesIO(data)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if name != "docProps/core.xml"}


def leftovers(folder: Path) -> list[str]:
    return [str(each.relative_to(folder)) for each in folder.rglob("*.part")]


@dataclass(frozen=True)
class Job:
    """A command that writes `out` in a folder; `whole` says whether what a killed run left can stand."""

    name: str
    arguments: tuple[object, ...]
    whole: Callable[[Contents, Contents, Contents], bool]
    old: Mapping[str, bytes]
    """What may be there before, beside nothing."""
    code: str = RUN

    def call(self, folder: Path, operations: int, told: Path) -> list[str]:
        return command(folder, operations, told, *self.arguments, folder / "out", code=self.code)

    @cached_property
    def undisturbed(self) -> tuple[Contents, str, int, float]:
        """What it writes and prints, with how many operations and in how many seconds."""
        with TemporaryDirectory() as place:
            folder, told = Path(place) / "work", Path(place) / "told"
            folder.mkdir()
            start = time.monotonic()
            process = started_process(self.call(folder, NEVER, told))
            printed, errors = process.communicate()
            assert process.returncode == 0, errors
            assert leftovers(folder) == []
            return contents(folder), printed.replace(place, ""), int(told.read_text()), time.monotonic() - start


def replaced(found: Contents, before: Contents, made: Contents) -> bool:
    """All that was there is there, as it was or new; anything new is of the run; where nothing was, all or nothing."""
    kept = all(found.get(name) in (before[name], made.get(name, before[name])) for name in before)
    return kept and all(found[name] == made.get(name) for name in found.keys() - before) and (
        bool(before) or found in ({}, made)
    )  # fmt: skip


def begun(found: Contents, before: Contents, made: Contents) -> bool:
    """A journal that is not there, or a database, with what its next run rolls back; resuming it checks its content."""
    return not found or ("out" in found and found.keys() <= {"out", "out-journal"}
                         and bytes(found["out"]).startswith(b"SQLite format 3\0"))  # type: ignore[call-overload]  # fmt: skip


def jobs(folder: Path) -> dict[str, Job]:
    """Commands on a small table in `folder`."""
    (folder / "units.csv").write_text("unit,workforce,growth_estimate\nA,300,50\nB,500,20\nC,90,30\n", "utf-8")
    scenario = folder / "base.yaml"
    scenario.write_text("data: units.csv\ntarget: 200\nlot: 10\ngrowth: {realisation: 0.5}\n", encoding="utf-8")
    report = ("report", scenario, "--lang", "en", "--formats")
    folder_before = {"out/mine.txt": b"the user's", "out/report.html": OLD, "out/csv/mine.csv": b"too"}
    made = (
        Job("run", ("run", scenario, "--json", "--out"), replaced, {"out": OLD}),
        Job("report", (*report, "csv,html", "--out"), replaced, folder_before),
        Job("whole report", (*report, "xlsx,docx,html,csv", "--out"), replaced, folder_before),
        Job("sensitivity", ("sensitivity", scenario, "--draws", 60_000, "--json", "--resume"), begun, {}),
    )
    return {job.name: job for job in made}


def killed_at_random(job: Job, random: Random, most: int) -> Counter[str]:
    """Kill a job up to `most` times in one folder, half of the times by the clock."""
    _, _, operations, seconds = job.undisturbed
    moments = [
        (NEVER, random.uniform(0, seconds)) if random.random() < 0.5 else (random.randrange(operations), None)
        for _ in range(random.randint(1, most))
    ]
    return killed(job, moments, random.random() < 0.5)


def killed(job: Job, moments: Sequence[tuple[int, float | None]], old: bool) -> Counter[str]:
    """Kill a job at moments (before an operation, after so many seconds), checking each time, and let it run at last.

    Args:
        job: to be run again and again in one folder.
        moments: operation and seconds of each kill.
        old: whether there is something in the folder to begin with.
    """
    made, printed, _, _ = job.undisturbed
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        folder, told = Path(place) / "work", Path(place) / "told"
        folder.mkdir()
        for name, data in job.old.items() if old else ():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        before = contents(folder)
        for operation, seconds in moments:
            process = started_process(job.call(folder, operation, told))
            if seconds is not None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(seconds)
                process.kill()
            process.communicate()
            counts["killed" if process.returncode == -signal.SIGKILL else "finished first"] += 1
            parts = leftovers(folder)
            counts["left something until the next run"] += bool(parts)
            found = {name: data for name, data in contents(folder).items() if ".part/" not in name}
            assert job.whole(found, before, made), (job.name, found.keys(), before.keys())
            counts["had written"] += found != before
            before = found
        process = started_process(job.call(folder, NEVER, told))
        again, errors = process.communicate()
        assert (process.returncode, again.replace(place, "")) == (0, printed), errors
        assert leftovers(folder) == []
        after = contents(folder)
        if job.whole is replaced:
            assert after == {**{name: before[name] for name in before}, **made}
        assert {each.name for each in folder.iterdir()} == {"out"}
        assert after.keys() - before.keys() <= made.keys()
    return counts


@contextmanager
def served(folder: Path, operations: int) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """A page that is being served, and a client that may ask it."""
    arguments = ("serve", "--port", 0, "--no-browser", "--json", "--folder", folder)
    process = started_process(command(folder, operations, folder.parent / "told", *arguments))
    try:
        assert process.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, process.communicate()
            text += line
        address = json.loads(text)["address"]
        base = address.partition("/?")[0]
        given = dict(parse_qsl(urlsplit(address).query))
        with httpx.Client(base_url=base, headers={"origin": base}, params=given) as client:
            with suppress(httpx.HTTPError):  # it may die of this one
                client.get("/")
            yield process, client
    finally:
        process.kill()
        process.communicate()


def killed_page(random: Random, most: int) -> Counter[str]:
    """Kill the page while it saves, and look at what it has saved: whatever it confirmed, and each state whole."""
    counts: Counter[str] = Counter()
    query = started("an-giang-2017", load_scenario("an-giang-2017/base")[1]).query
    confirmed: set[str] = set()
    with TemporaryDirectory() as place:
        folder = Path(place) / "page"
        for _ in range(random.randint(1, most)):
            with served(folder, random.choice((NEVER, random.randrange(300)))) as (process, client):
                end = time.monotonic() + random.uniform(0, 1)
                with suppress(httpx.HTTPError):
                    while time.monotonic() < end:
                        name = f"state {random.randrange(50)}"
                        sent = {"name": name, "query": query, "again": "1"}
                        assert client.post("/save", data=sent).status_code == 303
                        confirmed.add(name)
                        counts["saved"] += 1
                process.kill()
            counts["killed"] += 1
            counts["left something until the next run"] += bool(leftovers(folder))
            saved = SavedScenarios(folder).saved()
            assert {each.name for each in saved} >= confirmed
            assert {one.query for each in saved for one in each.versions} <= {query}
        with served(folder, NEVER) as (_, client):
            assert client.post("/save", data={"name": "last", "query": query}).status_code == 303
            assert leftovers(folder) == []
            assert all(name in client.get("/scenarios").text for name in (*confirmed, "last"))
    return counts


APPENDING = """
import random, sys
from pathlib import Path
from allocator.proof.journal import append
for n in range(40):
    content = {"n": n, "long": "x" * random.choice((10, 5_000, 300_000))}
    print(append(Path(sys.argv[1]), kind="saved", name="a", content=content).hash, flush=True)
"""
"""Adds entries, small ones and large ones, and says each as soon as it is there."""


def killed_journal(random: Random, most: int) -> Counter[str]:
    """Kill what adds to a journal: whatever it told is there, all is whole but for a half line, which is kept aside."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        path, told = Path(place) / "work" / "record.jsonl", Path(place) / "told"
        path.parent.mkdir()
        confirmed: set[str] = set()
        for _ in range(random.randint(1, most)):
            by_clock = random.random() < 0.7
            operation = NEVER if by_clock else random.randrange(600)
            process = started_process(command(path.parent, operation, told, path, code=APPENDING))
            assert process.stdout is not None
            first = process.stdout.readline()  # it is at work, or was killed before
            if by_clock and first:
                time.sleep(random.uniform(0, 0.15))
                process.kill()
            rest, _ = process.communicate()
            counts["killed" if process.returncode == -signal.SIGKILL else "finished first"] += 1
            confirmed |= {*(first + rest).split()}
            chain = read_journal(path)
            assert chain.fault is None or chain.fault.key == "record.half"
            assert {each.hash for each in chain.entries} >= confirmed, "an entry was lost"
            counts["entries"] += len(chain.entries)
            counts["half lines"] += bool(chain.half)
            made = append(path, kind="saved", name="next")
            after = read_journal(path)
            assert (after.fault, after.entries[:-1], after.entries[-1]) == (None, chain.entries, made)
            assert not chain.half or chain.half in [each.read_bytes() for each in after.aside]
    return counts


SHARES = {"run": 0.25, "report": 0.2, "whole report": 0.1, "sensitivity": 0.15, "page": 0.15, "journal": 0.15}


def kills(count: int, seed: int, shares: Mapping[str, float] = SHARES) -> dict[str, Counter[str]]:
    """About `count` kills, how many of each kind; AssertionError where one has done harm."""
    random = Random(seed)
    totals = {name: Counter[str]() for name in shares}
    with TemporaryDirectory() as place:
        made = jobs(Path(place))
        for name, share in shares.items():
            while (left := round(count * share) - totals[name]["killed"]) > 0:
                most = min(left, CHAIN)
                apart = {"page": killed_page, "journal": killed_journal}
                totals[name] += (
                    apart[name](random, most) if name in apart else killed_at_random(made[name], random, most)
                )
    return totals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=SHARES, help="only this kind")
    given = parser.parse_args()
    for name, counts in kills(given.count, given.seed, {given.kind: 1} if given.kind else SHARES).items():
        print(f"{name}: " + ", ".join(f"{what} {times}" for what, times in counts.items()), flush=True)


if __name__ == "__main__":
    main()
