"""Work that costs too much ends, and leaves nothing behind."""

from __future__ import annotations

import random
import sys
from multiprocessing import active_children
from pathlib import Path

import httpx
import pytest
from openpyxl import Workbook

from allocator.errors import InputError, fault
from allocator.web import sent as limits
from allocator.web.sent import bounded
from tests.benchmarks.page import memory, processor
from tests.web.conftest import start, stop


def endless() -> None:
    while True:
        pass


def large(size: int) -> int:
    return len(bytearray(size))


def wrong(text: str) -> int:
    raise InputError(fault("page.bad_link", text))


def test_what_is_made_or_raised_comes_back() -> None:
    assert bounded(large, 7) == 7
    with pytest.raises(InputError) as raised:
        bounded(wrong, "x.csv")
    assert raised.value.faults == (fault("page.bad_link", "x.csv"),)


def test_endless_work_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 2)
    others = active_children()
    with pytest.raises(InputError, match="2 seconds"):
        bounded(endless)
    assert set(active_children()) <= set(others)


def test_work_has_only_so_much_memory() -> None:
    pytest.importorskip("resource")
    with pytest.raises(InputError, match="1,000 MB"):
        bounded(large, 2_000_000_000)


@pytest.mark.skipif(sys.platform != "linux", reason="measured by what Linux tells of a process")
def test_files_that_are_refused_leave_no_memory_and_no_work(tmp_path: Path) -> None:
    server, file = start(tmp_path), random.Random(1).randbytes(10_000_000)
    with httpx.Client(cookies=server.cookies, headers={"origin": server.address}, timeout=60) as client:
        client.post(f"{server.address}/table", files={"file": ("small.csv", b"unit,workforce\nA,30\n")})
        held = memory(server.process.pid)
        for _ in range(3):
            answer = client.post(f"{server.address}/table", files={"file": ("large.csv", file)})
            assert "không phải văn bản" in answer.text
        worked = processor(server.process.pid)
        assert client.get(f"{server.address}/table").status_code == 200
        assert processor(server.process.pid) - worked < 0.5
        assert memory(server.process.pid) - held < 50
    stop(server)


def test_a_workbook_is_taken(tmp_path: Path) -> None:
    book = Workbook()
    for row in (("unit", "workforce"), ("A", 30), ("B", 20)):
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    server, file = start(tmp_path), ("sheet.xlsx", (tmp_path / "sheet.xlsx").read_bytes())
    with httpx.Client(cookies=server.cookies, headers={"origin": server.address}, timeout=60) as client:
        answer = client.post(f"{server.address}/table", files={"file": file})
    stop(server)
    assert 'id="use"' in answer.text
