"""Everybody can use the page: axe-core finds nothing serious, and all of it is reached and seen by keyboard."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from tests.web.conftest import Server, whole_page
from tests.web.test_stories import ANNEX, change, opened, settled


@pytest.fixture(scope="session")
def rules() -> str:
    """The script of axe-core, as its package carries it."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def findings(page: Any, rules: str) -> list[str]:
    """Serious and critical findings on what is shown: the rule and the elements."""
    page.evaluate(rules)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert len(found["passes"]) > 15
    return [
        f"{each['id']}: {node['html'][:150]} {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("language", "scheme"), [("vi", "light"), ("en", "dark")])
def test_nothing_serious_is_found(page: Any, server: Server, rules: str, language: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.address}/?lang={language}")
    found = {"first": findings(page, rules)}
    opened(page, "Châu Phú")
    page.locator(".theirs summary").click()
    change(page, "asks", "150")
    settled(page)
    change(page, "realisation", "0.4")
    found["opened, moved"] = findings(page, rules)
    page.locator("#save-name").fill(f"{language} {scheme}")
    page.locator("#save button").click()
    page.wait_for_load_state()
    change(page, "max_share", "0.3")
    found["infeasible"] = findings(page, rules)
    change(page, "max_share", "x")
    found["wrong"] = findings(page, rules)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{server.address}/?lang={language}")
    found["telephone"] = findings(page, rules)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server.address}/scenarios?lang={language}")
    found["scenarios"] = findings(page, rules)
    page.get_by_role("checkbox").first.check()
    page.locator(".go button").click()
    whole_page(page)
    found["compare"] = findings(page, rules)
    page.goto(f"{server.address}/table?lang={language}")
    page.locator("#file").set_input_files(ANNEX)
    page.locator("#use").wait_for()
    found["table"] = findings(page, rules)
    page.goto(f"{server.address}/?lang={language}")
    link = page.evaluate("location.search")
    buttons = page.locator("#more [formaction^='/section']")
    for place in buttons.evaluate_all("all => all.map(each => each.getAttribute('formaction'))"):
        page.goto(server.address + place + link)
        whole_page(page)
        found[place] = findings(page, rules)
    assert {place: each for place, each in found.items() if each} == {}


def test_every_control_is_reached_by_keyboard_and_seen(page: Any, server: Server) -> None:
    page.goto(f"{server.address}/?lang=vi")
    wanted = page.evaluate("""() => {
        const all = [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")]
            .filter(each => each.type !== "hidden" && each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
        all.forEach((each, index) => each.dataset.place = index);
        return all.length;
    }""")
    reached, unseen = set(), []
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        place, outline, text = page.evaluate("""() => {
            const here = document.activeElement, style = getComputedStyle(here);
            const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            return [here.dataset.place, seen, here.outerHTML];
        }""")
        if place is not None:
            reached.add(int(place))
            unseen += [] if outline else [text[:100]]
    assert unseen == []
    assert reached == set(range(wanted))
