"""Heavy work runs in processes that end: in time, with their memory, when nobody waits, with the server."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from openpyxl import Workbook

from allocator.errors import InputError, fault
from allocator.web import jobs as limits
from allocator.web.downloads import attachment
from allocator.web.jobs import Allowance, BusyError, Jobs, LeftError, Work
from tests.benchmarks.page import memory, processor
from tests.web.conftest import Server, start, stop

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="measured by what Linux tells of a process")


def endless() -> None:
    while True:
        pass


def large(size: int) -> int:
    return len(bytearray(size))


def wrong(text: str) -> int:
    raise InputError(fault("page.bad_link", text))


def who() -> int:
    return os.getpid()


def once(file: str) -> int:
    """Ends once there is a file."""
    while not Path(file).exists():
        pass
    return os.getpid()


def run(story: Callable[[Jobs], Awaitable[Any]]) -> Any:
    """What a story tells of the work of a server that is opened and closed around it, in a loop of its own."""

    async def told() -> Any:
        jobs = Jobs()
        async with jobs.open():
            return await story(jobs)

    others = set(active_children())
    with ThreadPoolExecutor(1) as apart:
        try:
            return apart.submit(asyncio.run, told()).result()
        finally:
            assert set(active_children()) <= others


def made(*work: Work) -> Any:
    async def story(jobs: Jobs) -> Any:
        return [await jobs.made(each) for each in work]

    return run(story)


def test_what_is_made_or_raised_comes_back() -> None:
    assert made(Work(large, (7,)), Work(large, (8,), reads=True)) == [7, 8]
    with pytest.raises(InputError) as raised:
        made(Work(wrong, ("x.csv",)))
    assert raised.value.faults == (fault("page.bad_link", "x.csv"),)


@pytest.mark.parametrize(("reads", "error"), [(False, BusyError), (True, InputError)])
def test_endless_work_is_ended(reads: bool, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.ALLOWED, reads, Allowance(2, 10**9))
    with pytest.raises(error, match="2 seconds"):
        made(Work(endless, (), reads=reads))


@pytest.mark.parametrize(("reads", "text"), [(False, "2,000 MB"), (True, "1,000 MB")])
def test_work_has_only_so_much_memory(reads: bool, text: str) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux holds a process to the memory that it may take")
    with pytest.raises((BusyError, InputError), match=text):
        made(Work(large, (4_000_000_000,), reads=reads))


def test_a_process_is_used_again_and_an_answer_kept() -> None:
    first, other, same, anew = made(Work(who, (), "a"), Work(who, (), "b"), Work(who, (), "a"), Work(who, ()))
    assert first == other == same == anew != os.getpid()
    moments = made(Work(time.monotonic, (), "a"), Work(time.monotonic, (), "a"), Work(time.monotonic, (), "b"))
    assert moments[0] == moments[1] != moments[2]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 2)
    monkeypatch.setattr(limits, "MOST_BYTES", 4_000)

    async def story(jobs: Jobs) -> list[str]:
        for key in ("a", "b", "c"):
            await jobs.made(Work(bytes, (10,), key))
        await jobs.made(Work(bytes, (2_000,), "too large"))
        await jobs.made(Work(bytes, (10,), "b"))
        await jobs.made(Work(bytes, (10,), "d"))
        return list(jobs.kept)

    assert run(story) == ["b", "d"]


def test_who_asks_for_the_same_waits_for_the_same(tmp_path: Path) -> None:
    work = Work(once, (str(tmp_path / "now"),), "a")

    async def story(jobs: Jobs) -> None:
        first = asyncio.create_task(jobs.made(work, "one"))
        second = asyncio.create_task(jobs.made(work, "two"))
        while not (jobs.job_of("one") and jobs.job_of("two")):
            await asyncio.sleep(0)
        assert jobs.job_of("one") is jobs.job_of("two")
        first.cancel()  # the other still waits
        with pytest.raises(asyncio.CancelledError):
            await first
        (tmp_path / "now").touch()
        assert await second == await jobs.made(work)

    run(story)


async def begun(jobs: Jobs, work: Work, page: str = "", left: Any = None) -> asyncio.Task[Any]:
    """Work that has a process of its own by now."""
    task = asyncio.create_task(jobs.made(work, page, left))
    while not (jobs.running and all(each.placed for each in jobs.running.values())):
        await asyncio.sleep(0)
    return task


def test_a_page_that_asks_for_something_else_gives_up_what_it_asked_for() -> None:
    async def story(jobs: Jobs) -> None:
        (process,) = jobs.idle
        first = await begun(jobs, Work(endless, (), "a"), "one")
        assert await jobs.made(Work(large, (7,), "b"), "two") == 7
        assert not first.done()
        assert await jobs.made(Work(large, (8,), "c"), "one") == 8
        with pytest.raises(LeftError):
            await first
        async with asyncio.timeout(10):
            while process.process.is_alive():
                await asyncio.sleep(0.05)

    run(story)


def test_work_ends_when_who_asked_has_left() -> None:
    async def story(jobs: Jobs) -> None:
        (process,) = jobs.idle
        left = asyncio.get_running_loop().create_future()
        first = await begun(jobs, Work(endless, (), "a"), left=left)
        left.set_result(None)
        with pytest.raises(LeftError):
            await first
        async with asyncio.timeout(10):
            while process.process.is_alive():
                await asyncio.sleep(0.05)

    run(story)


def test_work_waits_for_one_who_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HOLD", 0.2)
    work = Work(once, (str(tmp_path / "now"),), "a")

    async def story(jobs: Jobs) -> None:
        assert await jobs.made(work, patience=0.0) is None
        (job,) = jobs.running.values()
        again = asyncio.create_task(jobs.made(work))
        await asyncio.sleep(0.5)
        assert [*jobs.running.values()] == [job]
        (tmp_path / "now").touch()
        assert await again > 0
        assert await jobs.made(Work(endless, (), "b"), patience=0.0) is None
        (job,) = jobs.running.values()
        with pytest.raises(asyncio.CancelledError):
            await job.task

    run(story)


def test_who_gets_no_place_in_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PROCESSES", 1)

    async def story(jobs: Jobs) -> None:
        first = await begun(jobs, Work(endless, (), "a"))
        monkeypatch.setitem(limits.ALLOWED, False, Allowance(0.3, 10**9))
        with pytest.raises(BusyError, match="too much to do"):
            await jobs.made(Work(large, (7,)))
        first.cancel()
        monkeypatch.setitem(limits.ALLOWED, False, Allowance(60, 10**9))
        assert await jobs.made(Work(large, (7,))) == 7

    run(story)


def together(server: Server) -> list[int]:
    """The server and all its processes."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    return [server.process.pid, *(int(each) for task in tasks for each in task.read_text().split())]


def held(server: Server) -> float:
    """Resident memory of the server and its processes, MB."""
    return sum(map(memory, together(server)))


def work_of(server: Server) -> dict[int, float]:
    """Processor time of each of them."""
    return {each: processor(each) for each in together(server)}


def settled(measure: Callable[[], Any], same: Callable[[Any, Any], bool]) -> Any:
    """What is measured, once it stays so for a while."""
    before, since = measure(), time.monotonic()
    while time.monotonic() - since < 1:
        time.sleep(0.1)
        if not same(now := measure(), before):
            before, since = now, time.monotonic()
    return before


def state_of_page(client: httpx.Client) -> str:
    found = re.search(r'name="query" value="([^"]*)" id="save-query"', client.get("/?lang=en").text)
    assert found
    return found[1].replace("&amp;", "&") + "&lang=en"


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Server]:
    """A page with a question whose work never ends; work has 6 seconds."""
    server = start(tmp_path, module=("tests.web.slow", "6"))
    yield server
    if server.process.poll() is None:
        stop(server)


def client_of(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.address, cookies=server.cookies, headers={"origin": server.address}, timeout=60)


@LINUX
def test_after_work_that_took_too_long_the_machine_rests_and_has_its_memory_back(slow: Server) -> None:
    with client_of(slow) as client:
        state = state_of_page(client)
        before = settled(lambda: held(slow), lambda a, b: abs(a - b) < 1)
        with ThreadPoolExecutor(1) as apart:
            asked = apart.submit(client.get, f"/section/slow?{state}")
            while held(slow) < before + 200:
                time.sleep(0.05)
            answer = asked.result()
        assert answer.status_code == 503
        assert "6 seconds" in answer.text
        since = work_of(slow)
        time.sleep(1)
        spent = sum(each - since.get(process, 0) for process, each in work_of(slow).items())
        assert spent < 0.25
        assert held(slow) - before < 50
        assert client.get(f"/section/run?{state}").status_code == 200


@LINUX
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_of_a_server_that_ends(slow: Server, ending: signal.Signals) -> None:
    with client_of(slow) as client, ThreadPoolExecutor(1) as apart:
        state, before = state_of_page(client), held(slow)
        asked = apart.submit(client.get, f"/section/slow?{state}")
        while held(slow) < before + 200:
            time.sleep(0.05)
        processes = together(slow)[1:]
        slow.process.send_signal(ending)
        slow.process.wait(10)
        for each in processes:
            assert gone(each)
        assert asked.exception() or asked.result().status_code in (400, 503)
    assert slow.process.stdout is not None
    slow.process.stdout.close()


def gone(process: int) -> bool:
    """Whether a process ends within some seconds; one that nobody asked after is."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if " Z " in Path(f"/proc/{process}/stat").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


@LINUX
def test_work_ends_as_soon_as_the_browser_is_gone(slow: Server) -> None:
    with client_of(slow) as client:
        state = state_of_page(client)
        before = settled(lambda: held(slow), lambda a, b: abs(a - b) < 1)
        place = slow.address.removeprefix("http://").split(":")
        with socket.create_connection((place[0], int(place[1]))) as line:
            head = f"GET /section/slow?{state}&token={slow.token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            line.sendall(head.encode())
            while held(slow) < before + 200:
                time.sleep(0.05)
        ended = time.monotonic()
        while held(slow) > before + 100:
            assert time.monotonic() - ended < 3
            time.sleep(0.05)


def test_a_page_shows_how_far_work_is_and_cancels_it(slow: Server, browser: Any, tmp_path: Path) -> None:
    busy = tmp_path / "busy"
    busy.touch()
    with client_of(slow) as client:
        state = state_of_page(client)
    page = browser.new_context().new_page()
    page.goto(slow.opened)
    page.goto(f"{slow.address}/section/slow?{state}")
    page.get_by_text("Working: 25% of the draws done").wait_for()
    assert page.locator("#work-bar").get_attribute("value") == "0.25"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled").wait_for()
    if sys.platform == "linux":
        while (since := held(slow)) > 300:
            time.sleep(0.05)
        assert since
    page.goto(f"{slow.address}/section/slow?{state}&ask-file={quote(str(busy))}")
    page.get_by_text("Working: 25% of the draws done").wait_for()
    busy.unlink()
    page.get_by_text("It has ended.").wait_for()
    assert page.locator("#work").count() == 0
    page.reload()
    assert "It has ended." in page.locator("#answer").inner_text()
    page.context.close()


def test_without_script_the_answer_is_waited_for(slow: Server, browser: Any) -> None:
    with client_of(slow) as client:
        state = state_of_page(client)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(slow.opened)
    answer = page.goto(f"{slow.address}/section/slow?{state}")
    assert answer.status == 503
    assert "6 seconds" in page.locator("[role=alert]").inner_text()
    page.context.close()


@LINUX
def test_files_that_are_refused_leave_no_memory_and_no_work(tmp_path: Path) -> None:
    server, file = start(tmp_path), random.Random(1).randbytes(10_000_000)
    with client_of(server) as client:
        client.post("/table", files={"file": ("small.csv", b"unit,workforce\nA,30\n")})
        before = settled(lambda: held(server), lambda a, b: abs(a - b) < 1)
        for _ in range(3):
            answer = client.post("/table", files={"file": ("large.csv", file)})
            assert "không phải văn bản" in answer.text
        worked = processor(server.process.pid)
        assert client.get("/table").status_code == 200
        assert processor(server.process.pid) - worked < 0.5
        assert settled(lambda: held(server), lambda a, b: abs(a - b) < 1) - before < 50
    stop(server)


def test_a_workbook_is_taken(tmp_path: Path) -> None:
    book = Workbook()
    for row in (("unit", "workforce"), ("A", 30), ("B", 20)):
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    server, file = start(tmp_path), ("sheet.xlsx", (tmp_path / "sheet.xlsx").read_bytes())
    with client_of(server) as client:
        answer = client.post("/table", files={"file": file})
    stop(server)
    assert 'id="use"' in answer.text


@pytest.mark.parametrize(
    ("parts", "plain", "whole"),
    [
        (["An-Giang-2017", "Kịch bản cơ sở"], "An-Giang-2017_Kich-ban-co-so_", "An-Giang-2017_Kịch-bản-cơ-sở_"),
        (["Đắk Lắk", "Đắk Lắk"], "Dak-Lak_", "Đắk-Lắk_"),
        (["../a\\b:c", 'x"\r\ny'], "a-b-c_x-y_", "a-b-c_x-y_"),
        (["省", ""], "", "省_"),
        (["", "???"], "", ""),
        (["CON", "a" * 500], "CON_" + "a" * 60 + "_", "CON_" + "a" * 60 + "_"),
    ],
)
def test_files_are_named_after_table_scenario_and_day(parts: list[str], plain: str, whole: str) -> None:
    found = re.fullmatch(r"attachment; filename=\"([\x20-\x7e]+)\"; filename\*=UTF-8''([!-~]+)", attachment(parts, "x"))
    assert found
    day = r"\d{4}-\d\d-\d\d\.x"
    assert re.fullmatch(re.escape(plain) + day, found[1])
    assert re.fullmatch(re.escape(quote(whole)) + day, found[2])


def test_downloads_lists_and_charts_are_named(server: Server) -> None:
    with client_of(server) as client:
        state = state_of_page(client).replace("lang=en", "lang=vi")
        for path, ending in (("download/json?", "json"), ("download/csv?", "csv.zip")):
            name = client.get(f"/{path}{state}").headers["content-disposition"]
            assert re.search(rf'="An-Giang-2017_Kich-ban-co-so_\d{{4}}-\d\d-\d\d\.{ending}"', name)
        charts = client.get(f"/section/run?{state}&take=charts")
        assert charts.content.startswith(b"PK")
        name = charts.headers["content-disposition"]
        assert re.search(r'="An-Giang-2017_Kich-ban-co-so_[\w-]+_\d{4}-\d\d-\d\d\.svg\.zip"', name)


def test_a_download_that_a_question_does_not_have_is_refused(server: Server) -> None:
    with client_of(server) as client:
        state = state_of_page(client).replace("lang=en", "lang=vi")
        answer = client.get(f"/section/explain?{state}&ask-unit=An+Ph%C3%BA&take=letters")
        assert answer.status_code == 422
        assert "letters" in answer.text
