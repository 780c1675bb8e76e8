"""Random sessions of a planner at the page, in a real browser on a real server, and a look at every screen they show.

    python -m tests.web.sessions 1000 [seed]

A session is a seed: it types, pastes, drags, undoes, goes back, reloads, takes remedies, opens units, marks, looks
elsewhere, loses the server, opens links on other tables. Every frame that shows something new is held to the state of
the link in the address (`screens.py`). Prints how many sessions, gestures and screens there were, and every wrong one
with its seed and the gestures that led there.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from playwright.sync_api import Error

from allocator.data.source import csv_text
from allocator.files import load_table
from allocator.web.store import Store
from tests.browser import CHROMIUM, QUIET
from tests.synthetic import made_up
from tests.web.gestures import WEIGHTS, Hands
from tests.web.screens import WATCH, compared, faults, worded
from tests.web.truth import Truth, link_of, linked, typed
from tests.web.wire import Wire

MOST_GESTURES = 12
TOKEN = "sessions"
SERVE = f"""import secrets, sys
secrets.token_urlsafe = lambda *_: {TOKEN!r}
from allocator.cli.group import run_command
run_command(sys.argv[1:])"""
"""The command, with a token that stays what it was when the server is started again."""
BASE = Path(__file__).parent.parent.parent / "scenarios" / "an-giang-2017"
REST = 0.85
"""Seconds without anything new after which a screen that calls itself old is at rest."""
NOW = 'window.screenNow ? screenNow() : \'{"form": false, "url": ""}\''
PATIENCE = 12.0
"""Seconds after which a screen that is still not at rest is stuck."""


def keep(folder: Path, units: int) -> str:
    """Keep a made-up table of that many units in the library of a folder; its key there."""
    table, scenario, _ = made_up(4, 0.02, units)
    rows = [{"unit": f"CĐCS {n}", **{name: column[n] for name, column in table.columns.items()}} for n in range(units)]
    base = {"title": {"vi": "Kịch bản thử", "en": "A trial"}, "data": "units.csv", "target": scenario.target,
            "published": "published_quota", "growth": {"realisation": 0.5}}  # fmt: skip
    files = {"units.csv": csv_text(rows), "base.yaml": json.dumps(base)}
    about = {"units": units, "brought": "2026-01-31", "headers": "", "accepted": {}}
    return Store(folder, "base", table, scenario).keep_table(files, f"{units} units", about)


class Place:
    """A folder, a server that can be stopped and started on its port, and the wire to it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "store"
        self.given = folder / "given"
        shutil.copytree(BASE.parent, folder, dirs_exist_ok=True)
        shutil.copytree(BASE, self.given)
        first = (BASE / "units.csv").read_text("utf-8")
        self.names = [self.told(n, text) for n, text in enumerate((first, first.replace("2053", "1700")))]
        self.columns = {name for each in folder.glob("*/units.csv")
                        for name in each.read_text("utf-8").partition("\n")[0].split(",")}  # fmt: skip
        self.large = keep(self.store, 130)
        self.port, self.process = 0, None
        self.start()
        self.wire, self.ending = Wire(self.port), ExitStack()
        self.ending.callback(self.wire.end)
        self.address = f"http://127.0.0.1:{self.wire.port}"

    def told(self, n: int, text: str) -> str:
        """Keep a table the page may be started with apart; its name in a link."""
        path = self.folder / f"given-{n}" / "units.csv"
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        return f"given~{load_table(path).fingerprint}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--no-browser", "--json", "--folder", str(self.store)]
        call = [sys.executable, "-c", SERVE, "serve", str(self.given / "base.yaml"), *options]
        self.process = subprocess.Popen(call, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
        text = ""
        while not text.rstrip().endswith("}"):
            line = self.process.stdout.readline()
            assert line, "the server ended before it said where it is"
            text += line
        self.port = int(json.loads(text)["address"].partition("/?")[0].rpartition(":")[2])

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process.stdout.close()
        self.process = None

    def freeze(self, frozen: bool) -> None:
        if self.process:
            self.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def swap(self, other: bool) -> None:
        """Another table in the place of the one the page was started with, as its file has it."""
        shutil.copy(self.folder / f"given-{other:d}" / "units.csv", self.given)

    def truth(self) -> Truth:
        folders = {name: self.folder / f"given-{n}" for n, name in enumerate(self.names)}
        folders |= {each.name: self.folder / each.name for each in BASE.parent.iterdir()}
        made = Truth(f"http://127.0.0.1:{self.port}", {f"token-{self.port}": TOKEN}, folders, self.store)
        self.ending.callback(made.client.close)
        return made

    def end(self) -> None:
        self.freeze(False)
        self.stop()
        self.ending.close()


@dataclass
class Measured:
    """What sessions came to; `wrong`: seed, gestures so far and what was wrong."""

    sessions: int = 0
    screens: int = 0
    marked: int = 0
    missed: int = 0
    gestures: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, list[str], str]] = field(default_factory=list)


class Session(Hands):
    """One planner: windows of one browser, and what was done in them."""

    def __init__(self, place: Place, browser: Any, seed: int, truth: Truth, measured: Measured) -> None:
        self.place, self.seed, self.truth, self.measured = place, seed, truth, measured
        self.random = random.Random(seed)
        place.wire.random = random.Random(seed)
        self.context = browser.new_context(viewport={"width": 1366, "height": 900}, accept_downloads=True)
        self.context.add_init_script(WATCH)
        self.tabs: list[Any] = []
        self.steps: list[str] = []
        self.pending: list[tuple[dict[str, Any], list[str]]] = []
        self.told: set[str] = set()
        self.down = self.swapped = False
        self.open(f"{place.address}/?token={TOKEN}&lang={'vi' if self.random.random() < 0.85 else 'en'}")
        self.context.set_default_timeout(2_500)  # only now: the first page of a server takes longer

    @property
    def page(self) -> Any:
        return self.tabs[-1]

    def open(self, address: str) -> None:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong(f"the script failed: {error}"))
        page.on("dialog", lambda dialog: dialog.accept())
        self.tabs.append(page)
        page.goto(address)

    def wrong(self, what: str) -> None:
        if what not in self.told:
            self.told.add(what)
            self.measured.wrong.append((self.seed, [*self.steps], what))

    def look(self) -> None:
        """Take every frame shown since; they are judged when the server can be asked."""
        try:
            seen = self.page.evaluate("window.screensSeen ? screensSeen() : []")
        except Error:  # between two documents
            return
        self.pending += [(json.loads(each), [*self.steps]) for each in seen]

    def now(self) -> dict[str, Any]:
        try:
            return json.loads(self.page.evaluate(NOW))
        except Error:
            return {"form": False, "url": "", "moving": True}

    def rest(self) -> dict[str, Any]:
        """Wait until the screen is at rest, and give it."""
        begun = still = time.monotonic()
        last: dict[str, Any] = {}
        while True:
            here = self.now()
            if here != last:
                last, still = here, time.monotonic()
            unmoved = time.monotonic() - still
            fresh = not here["form"] or not (here["old"] or here["unread"])
            told = not here.get("gone") and (fresh or here["wrong"] or here["draft"] or here["alert"])
            reason = self.down or told
            if reason and not here.get("moving") and unmoved > (0.12 if fresh else REST):
                return here
            if time.monotonic() - begun > PATIENCE:
                if not self.down and self.place.wire.mode == "open":
                    about = {name: here.get(name) for name in ("old", "unread", "gone", "fields")}
                    self.wrong(f"does not come to rest: {about}")
                return here
            self.page.wait_for_timeout(40)

    def judge(self) -> None:
        """Hold what was seen to what is true; later, if there is nobody to ask."""
        self.look()
        if self.down or self.place.wire.mode != "open":
            return
        for screen, steps in self.pending:
            self.measured.screens += 1
            self.measured.marked += bool(screen.get("old"))
            for what in faults(self.truth, screen):
                if what not in self.told:
                    self.told.add(what)
                    self.measured.wrong.append((self.seed, steps, what))
        self.pending = []
        for each in self.truth.differing:
            self.wrong(each)
        self.truth.differing = []

    def judge_at_rest(self, screen: dict[str, Any]) -> None:
        """What only a screen at rest must be: as its link drawn anew, in words, with remedies where nothing fits."""
        if self.down or self.place.wire.mode != "open" or not screen.get("form"):
            return
        link = link_of(screen["url"])
        if screen["draft"] or screen["wrong"]:
            if not screen["old"]:
                self.wrong("a wrong field, and the figures are not marked as old")
            return
        drawn = self.page.evaluate("text => screenDrawn(text)", self.truth.drawn(link, screen["language"]))
        if not drawn["form"]:
            return
        for what in compared(screen, drawn):
            self.wrong(f"at rest: {what}")
        if self.truth.result(link) is None:
            if not screen["old"] or not screen["alert"]:
                self.wrong("an unusable state at rest is not marked as old, or nothing is told of it")
            was, due = dict(screen["fields"]), dict(parse_qsl(link, keep_blank_values=True))
            own = {n for n in {*was, *due} if ":" in n}
            own = {n for n in own if typed(n, was.get(n, ""), screen["language"]) != linked(due.get(n, ""))}
            if own:
                self.wrong(f"fields of an unusable state {[(n, was.get(n), due.get(n)) for n in own]}")
        if screen["language"] == "vi":
            text = self.page.evaluate("document.body.innerText")
            for each in worded(text.replace("English", ""), self.place.columns):
                self.wrong(f"not Vietnamese: {each}")

    def gesture(self) -> None:
        name = self.random.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
        self.steps.append(name)
        self.measured.gestures[name] += 1
        here = self.now()
        if not here["form"] and name not in ("back", "reload", "tab", "another", "large"):
            self.steps[-1] = "home"
            self.page.goto(f"{self.place.address}/?lang=vi")
            return
        getattr(self, name)()

    def run(self) -> None:
        for _ in range(self.random.randint(5, MOST_GESTURES)):
            try:
                self.gesture()
            except Error:  # what was to be pressed has gone meanwhile, or the server has
                self.measured.missed += 1
                self.steps[-1] += " (could not)"
            if self.random.random() < 0.85:
                self.judge()
                screen = self.rest()
                self.judge()
                self.judge_at_rest(screen)
        self.mended()
        self.judge_at_rest(self.rest())
        self.judge()
        self.measured.sessions += 1

    def mended(self) -> None:
        """Server and wire as they should be."""
        self.place.freeze(False)
        if self.place.process is None:
            self.place.start()
        self.place.wire.turn("open")
        self.down = False

    def end(self) -> None:
        self.mended()
        if self.swapped:
            self.place.stop()
            self.place.swap(False)
            self.truth.gone = self.place.names[1]
            self.place.start()
        self.context.close()


@contextmanager
def ready() -> Iterator[tuple[Place, Any]]:
    """A place to work at, and a browser."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        place = Place(Path(folder))
        try:
            yield place, browser
        finally:
            place.end()
            browser.close()


def run(place: Place, browser: Any, seeds: range, measured: Measured) -> None:
    """One session a seed; what is wrong is printed as it is found."""
    truth = place.truth()
    for seed in seeds:
        known = len(measured.wrong)
        session = Session(place, browser, seed, truth, measured)
        try:
            session.run()
        finally:
            session.end()
            for _, steps, what in measured.wrong[known:]:
                print(f"seed {seed}: {what}\n    after {' | '.join(steps)}", flush=True)


def main() -> None:
    """As many sessions as told, from a seed on."""
    count, first = (int(each) for each in (*sys.argv[1:], *("50", "1")[len(sys.argv) - 1 :]))
    begun, measured = time.monotonic(), Measured()
    try:
        with ready() as (place, browser):
            run(place, browser, range(first, first + count), measured)
    finally:
        said = f"{measured.gestures.total()} gestures ({measured.missed} that found nothing to press)"
        seen = f"{measured.screens} screens ({measured.marked} marked as old)"
        spent = f"{time.monotonic() - begun:.0f} s"
        print(f"{measured.sessions} sessions, {said}, {seen}, {len(measured.wrong)} wrong, {spent}")
    sys.exit(bool(measured.wrong))


if __name__ == "__main__":
    main()
