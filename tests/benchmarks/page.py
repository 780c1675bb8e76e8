"""The page: how fast and how light it is in a browser, and how it bears 50 planners at once on this machine.

    python -m tests.benchmarks.page [requests]

In the browser, at 15 and at 1,000 units: the time from a slider let go, and from Enter in a field, to the frame after
the page holds the new figures and bars (asked: 100 and 300 ms, the worst three times that at most); bytes and requests
of the first view (150 KB, 6), bytes of a change at 15 units (10 KB). Of 50 planners, each changing a figure as soon as
it has the last answer: the 95th percentile of the time to a changed allocation (500 ms, no error), processor time per
request, the server's memory after the first and the last 1,000 requests (no higher). Stops after 60 s.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from tests.browser import CHROMIUM, QUIET
from tests.web.conftest import Server, start, stop
from tests.web.sessions import keep

PLANNERS = 50
SECONDS = 60
PAUSE = 1.0
"""Seconds between two changes of a planner who works with a purpose."""
GESTURES = 30
WATCH = """() => {
  const outcome = document.getElementById("outcome");
  let begun = 0;
  window.taken = [];
  const begin = () => { begun = performance.now(); };
  document.addEventListener("change", (event) => { if (event.target.matches("[data-for]")) begin(); }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Enter") begin(); }, true);
  new MutationObserver(() => {
    if (outcome.classList.contains("old") || !begun) return;
    const since = begun;
    begun = 0;
    requestAnimationFrame(() => window.taken.push(performance.now() - since));
  }).observe(outcome, { attributeFilter: ["class", "aria-busy"] });
}"""
"""Notes the time from a lever let go, or Enter, to the frame after the page no longer calls its figures old."""


def memory(process: int) -> float:
    """Resident memory of a process, MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def processor(process: int) -> float:
    """Processor time a process has used, seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def load(server: Server, requests: int, pause: float) -> None:
    """`requests` changed allocations by all planners together, printed."""
    taken: list[float] = []
    errors, held = 0, [memory(server.process.pid)]
    async with httpx.AsyncClient(
        base_url=server.address, cookies=server.cookies, timeout=30, limits=httpx.Limits(max_connections=None)
    ) as client:
        page = (await client.get("/?lang=vi")).text
        query = re.search(r'name="query" value="([^"]*)" id="save-query"', page)
        assert query
        fields = dict(parse_qsl(query[1].replace("&amp;", "&"), keep_blank_values=True))
        begun, worked = time.monotonic(), processor(server.process.pid)

        async def planner(number: int) -> None:
            nonlocal errors
            was = urlencode(fields)
            await asyncio.sleep(pause * number / PLANNERS)
            while len(taken) < requests and time.monotonic() - begun < SECONDS:
                changed = urlencode(
                    {**fields, "realisation": f"{0.1 + (len(taken) * PLANNERS + number) % 80_021 / 1e5:.6f}"}
                )
                sent = time.monotonic()
                answer = await client.get(f"/state.json?{changed}&{urlencode({'was': was})}")
                taken.append(time.monotonic() - sent)
                errors += answer.status_code != 200 or "rows" not in answer.json().get("parts", ())
                was = changed
                if len(taken) in (1_000, requests):
                    held.append(memory(server.process.pid))
                await asyncio.sleep(pause)

        await asyncio.gather(*(planner(number) for number in range(PLANNERS)))
        spent = (processor(server.process.pid) - worked) / len(taken)
    ranks = statistics.quantiles(taken, n=20)
    print(
        f"{PLANNERS} planners, {pause:g} s between changes, {len(taken)} requests, {errors} errors: "
        f"median {statistics.median(taken) * 1e3:.0f} ms, p95 {ranks[-1] * 1e3:.0f} ms, "
        f"{len(taken) / (time.monotonic() - begun):.0f} a second, {spent * 1e3:.1f} ms of processor each; "
        f"memory {' → '.join(f'{each:.1f}' for each in held)} MB"
    )


def let_go(page: Any, number: int) -> None:
    """Move a slider with the mouse and let it go."""
    slider = page.locator("[data-for=realisation]")
    box = slider.bounding_box()
    at = box["x"] + box["width"] * (0.1 + 0.8 * (number * 7 % GESTURES) / GESTURES)
    page.mouse.move(at - 3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(at, box["y"] + box["height"] / 2)
    page.mouse.up()


def enter(page: Any, number: int) -> None:
    """Type a figure and press Enter."""
    page.locator("#f-realisation").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{10 + number},5%")
    page.keyboard.press("Enter")


def gestures(page: Any, gesture: Callable[[Any, int], None]) -> list[float]:
    """Times of `GESTURES` of them, ms; the processor rests between two."""
    for number in range(GESTURES):
        gesture(page, number)
        page.wait_for_function("count => taken.length > count", arg=number)
        page.wait_for_timeout(150)
    return page.evaluate("taken.splice(0)")  # type: ignore[no-any-return]


def browser(server: Server) -> None:
    """All that is measured in a browser, printed."""
    if CHROMIUM is None:
        print("no Chromium: not measured in a browser")
        return
    from playwright.sync_api import sync_playwright

    key = keep(server.folder, 1_000)
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = made.new_page(viewport={"width": 1366, "height": 900})
        page.goto(f"{server.opened}&lang=vi")
        answers: list[Any] = []
        page.on("response", lambda answer: answers.append(answer))
        for units, path in ((15, "/?lang=vi"), (1_000, f"/table/{key}?lang=vi")):
            answers.clear()
            page.goto(server.address + path)
            page.wait_for_load_state("networkidle")
            bodies = [each for each in answers if each.status == 200]
            size = sum(len(each.body()) for each in bodies)
            print(f"{units} units: first view {size / 1e3:.1f} KB in {len(answers)} requests")
            page.evaluate(WATCH)
            answers.clear()
            for name, gesture in (("slider let go", let_go), ("Enter", enter)):
                taken = gestures(page, gesture)
                print(f"    {name}: median {statistics.median(taken):.0f} ms, worst {max(taken):.0f} ms")
            sizes = [len(each.body()) for each in answers[-8:] if "/state.json" in each.url]
            print(f"    a change: {statistics.median(sizes) / 1e3:.1f} KB")
        made.close()


def main() -> None:
    """Measure all, on a server of its own."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    with tempfile.TemporaryDirectory() as folder:
        server = start(Path(folder))
        try:
            browser(server)
            for pause in (PAUSE, 0.0):
                asyncio.run(load(server, requests, pause))
        finally:
            stop(server)


if __name__ == "__main__":
    main()
