"""A real browser for what reports do by themselves, where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.conftest import CHROMIUM, QUIET


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        message = "no Chromium on this machine: the report was not tested in a browser"
        (pytest.fail if os.environ.get("ALLOCATOR_NEEDS_BROWSER") else pytest.skip)(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield made
        made.close()
