"""The real browser that pages are tested in, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

# The shell draws the same pages without a window's trimmings, for a quarter of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
QUIET = [f"--{each}" for each in ("no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking",
                                  "disable-component-update")]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One for all tests: in one process no second can be driven beside it."""
    if CHROMIUM is None:
        message = "no Chromium on this machine: the page was not tested in a browser"
        (pytest.fail if os.environ.get("ALLOCATOR_NEEDS_BROWSER") else pytest.skip)(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()
