"""Some dozens of random sessions at the page: no screen shows anything of another state than its link's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.screens import faults
from tests.web.sessions import Measured, Place, Session

AT_ONCE, EACH = 4, 6
"""Processes, as most of a session is waiting; and sessions of each."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("sessions"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def session(place: Place, browser: Any) -> Iterator[Session]:
    made = Session(place, browser, 1, place.truth(), Measured())
    yield made
    made.end()


def test_no_screen_shows_anything_of_another_state(browser: Any) -> None:
    calls = [[sys.executable, "-m", "tests.web.sessions", str(EACH), str(1 + n * EACH)] for n in range(AT_ONCE)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = [subprocess.Popen(call, stdout=subprocess.PIPE, text=True, env=environment) for call in calls]
    for each in started:
        said, _ = each.communicate()
        assert each.returncode == 0, said
        assert f"{EACH} sessions" in said


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("document.querySelector('#rows td.quota').textContent = '1.234'", "['1.234'"),
        ("document.querySelector('#rows td.change').textContent = '+7'", "'+7'"),
        ("document.querySelector('#n-moved').textContent = '7'", "headline"),
        ("document.querySelector('#rows rect').setAttribute('width', '3%')", "bar"),
        ("document.querySelector('#total td.effort').textContent = '1,0%'", "total"),
        ("document.querySelector('#steps li:last-child b').textContent = '–'", "steps"),
        ("document.querySelector('#f-lot').value = '20'", "field lot"),
        ("document.querySelector('[data-for=floor]').value = '0.1'", "slider floor"),
        ("document.querySelector('#changes').innerHTML = ''", "changes listed"),
        ("document.querySelector('#undo').disabled = true", "undo"),
        ("document.querySelector('#save-query').value += '1'", "saved"),
        ("document.querySelector('#ref').selectedIndex = 1", "compared"),
        ("document.querySelector('#why b').textContent = 'Vì sao 7?'", "reasons"),
        ("document.querySelector('#live').classList.add('old')", "marked as old"),
        ("history.replaceState(null, '', location.search.replace('lot=10', 'lot=20'))", "field lot"),
    ],
)
def test_the_look_at_a_screen_sees_what_is_not_of_its_state(session: Session, script: str, told: str) -> None:
    session.page.goto(f"{session.place.address}/?lang=vi")
    session.page.locator("#f-realisation").fill("0,35")
    session.page.keyboard.press("Enter")
    session.rest()
    session.page.locator("#rows button").first.click()
    assert [*faults(session.truth, session.rest())] == []
    session.page.evaluate(script)
    found = [*faults(session.truth, session.now())]
    assert any(told in each for each in found), found


def test_a_slider_dragged_away_and_back_shows_what_it_showed(place: Place, session: Session) -> None:
    page = session.page
    page.goto(f"{place.address}/?lang=vi")
    begun, asked = session.rest(), []
    slider = page.locator("[data-for=realisation]")
    box = slider.bounding_box()
    home, y = box["x"] + 8 + 0.2 * (box["width"] - 16), box["y"] + box["height"] / 2
    page.mouse.move(home, y)
    page.mouse.down()
    page.route("**/state.json*", lambda route: route.continue_() if asked else asked.append(route))
    page.mouse.move(home + 90, y)
    while not asked:
        page.wait_for_timeout(10)
    answer = asked[0].fetch()
    page.mouse.move(home, y)
    asked[0].fulfill(response=answer)  # before the page asks for where the slider is now
    page.wait_for_timeout(150)
    page.mouse.up()
    page.unroute("**/state.json*")
    screen = session.rest()
    assert (screen["rows"], screen["old"]) == (begun["rows"], [])
    assert [*faults(session.truth, session.now())] == []


@pytest.mark.parametrize("way", ["silent", "gone"])
def test_without_a_server_a_banner_stands_over_figures_marked_as_old_until_it_is_back(
    place: Place, session: Session, way: str
) -> None:
    session.page.goto(f"{place.address}/?lang=vi")
    place.freeze(True) if way == "silent" else place.wire.turn("cut")
    try:
        session.page.locator("#f-target").fill("6.800")
        session.page.keyboard.press("Enter")
        session.page.locator("#gone").wait_for(timeout=8_000)
        assert len(session.now()["old"]) == 4
        assert session.now()["rows"][0][2] == "2.850"
    finally:
        place.freeze(False) if way == "silent" else place.wire.turn("open")
    session.page.locator("#gone").wait_for(state="hidden", timeout=8_000)
    screen = session.rest()
    assert [*faults(session.truth, screen)] == []
    assert dict(screen["fields"])["target"] == "6.800"


def test_a_field_that_goes_away_with_its_unit_keeps_what_it_says(place: Place, session: Session) -> None:
    page = session.page
    page.goto(f"{place.address}/?lang=vi")
    page.locator("#rows button", has_text="CĐN Y tế").click()
    session.rest()
    page.locator("[name='growth:CĐN Y tế']").click()
    page.keyboard.type("0,1")
    session.rest()
    page.locator("select[name=kind]").select_option("industrial_zone")
    screen = session.rest()
    assert screen["old"] == []
    assert [*faults(session.truth, screen)] == []
    assert [name for name, _ in screen["changes"]] == ["growth:CĐN Y tế"]
    assert [row[0] for row in screen["rows"]] == ["CĐ các KCN"]
