"""What a planner does at the page: keys, mouse, links, windows, and what happens to the server meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

from playwright.sync_api import Error

from tests.web.truth import Truth, link_of

TYPED: dict[str, list[str]] = {
    "realisation": ["0,35", "35%", "0.35", "12,5 %", "0", "1", "40%"],
    "exponent": ["0,5", "0", "2", "1,25"],
    "floor": ["0,3", "60%", "0"],
    "ceiling": ["1,3", "130%", "2", "90%"],
    "missing": ["theo toàn tỉnh", "0,8", "75%"],
    "target": ["7000", "6.800", "6 200", "5000", "6.500", "900"],
    "lot": ["5", "20", "1", "50"],
    "min_quota": ["50", "30", "0"],
    "max_share": ["0,6", "55%", "100%", "0,9"],
    "down": ["0,9", "80%", "0"],
    "up": ["1,2", "150%", "3"],
    "risk": ["0,2", "1", "0"],
    "reachable": ["0,5", "60%"],
}
INVALID = ["abc", "1,2,3", "-5", "20%%", "", "٣٣٣x", "1e9999", "99999999999999"]
INFEASIBLE = [("max_share", "0,3"), ("min_quota", "2.000"), ("target", "900.000"), ("max_share", "1%")]
OWN = {
    "lock": ["330", "1.000", "20", "123"],
    "least": ["40", "300"],
    "most": ["400", "90", "1.200"],
    "growth": ["50%", "0,1", "1"],
    "figure:workforce": ["428", "2.500", "900"],
    "figure:growth_estimate": ["0", "250"],
    "figure:recruited": ["100", "1.500"],
    "by": ["Ban Thường vụ"],
    "reason": ["số liệu tháng 9", "đã họp & thống nhất"],
}
WEIGHTS = {
    "type": 14, "paste": 6, "invalid": 5, "infeasible": 4, "select": 4, "drag": 9, "arrows": 6, "undo": 10, "back": 6,
    "reload": 2, "remedy": 5, "put_back": 4, "reset": 2, "mark": 4, "against": 4, "order": 5, "find": 4, "turn": 1,
    "unit": 5, "bar": 2, "own": 8, "correct": 6, "words": 2, "asks": 3, "grant": 3, "freeze": 2, "cut": 3, "restart": 1,
    "swap": 1, "slow": 5, "another": 1, "large": 1, "tab": 2, "save": 1, "saved": 3, "language": 1, "hasty": 7,
}  # fmt: skip
"""How often each gesture is made."""


class Hands:
    """The gestures of one session; whoever has them says where, and looks at what comes of it."""

    place: Any
    random: random.Random
    truth: Truth
    tabs: list[Any]
    steps: list[str]
    down: bool
    swapped: bool
    page: Any
    open: Callable[[str], None]
    look: Callable[[], None]
    rest: Callable[[], dict[str, Any]]

    def pause(self, most: float = 0.12) -> None:
        self.page.wait_for_timeout(1000 * self.random.uniform(0, most))

    def field(self) -> str:
        return self.random.choice(list(TYPED))

    def keys(self, css: str, text: str, end: bool = True) -> None:
        """Type into a field key by key, and leave it in one of the ways there are."""
        target = self.page.locator(css).first
        target.click()
        self.page.keyboard.press("Control+A")
        long = self.random.randint(1, 20)
        for n, each in enumerate(text or ["Backspace"]):
            self.page.keyboard.press(each) if len(each) > 1 else self.page.keyboard.type(each)
            self.pause(1.2 if n == long else 0.07)
        if end:
            self.leave()

    def leave(self) -> None:
        way = self.random.choice(("Enter", "Tab", "blur", "wait", "wait"))
        if way in ("Enter", "Tab"):
            self.page.keyboard.press(way)
        elif way == "blur":
            self.page.locator("h1").first.click()
        self.steps[-1] += f" {way}"

    def visible(self, css: str) -> list[Any]:
        return [each for each in self.page.locator(css).all() if each.is_visible() and each.is_enabled()]

    def press(self, css: str, what: str) -> bool:
        """Press one of the buttons there are; whether there is one."""
        found = self.visible(css)
        if found:
            chosen = self.random.choice(found)
            self.steps[-1] += f" {what} {chosen.get_attribute('value') or ''}"[:80]
            chosen.click()
        return bool(found)

    def type(self) -> None:
        name = self.field()
        text = self.random.choice(TYPED[name])
        self.steps[-1] += f" {name}={text}"
        self.keys(f"#f-{name}", text)

    def paste(self) -> None:
        name = self.field()
        text = self.random.choice(TYPED[name])
        self.steps[-1] += f" {name}={text}"
        self.page.locator(f"#f-{name}").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text + self.random.choice(("", "", " ", "\t")))
        self.leave()

    def invalid(self) -> None:
        name, text = self.field(), self.random.choice(INVALID)
        self.steps[-1] += f" {name}={text}"
        self.keys(f"#f-{name}", text)

    def infeasible(self) -> None:
        name, text = self.random.choice(INFEASIBLE)
        self.steps[-1] += f" {name}={text}"
        self.keys(f"#f-{name}", text)

    def select(self) -> None:
        name = self.random.choice(("basis", "pace"))
        control = self.page.locator(f"#f-{name}")
        values = control.evaluate("e => [...e.options].map(o => o.value)")
        value = self.random.choice(values)
        self.steps[-1] += f" {name}={value}"
        control.select_option(value)

    def drag(self) -> None:
        slider = self.random.choice(self.visible("[data-for]"))
        self.steps[-1] += f" {slider.get_attribute('data-for')}"
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        mouse, y = self.page.mouse, box["y"] + box["height"] / 2
        at = slider.evaluate("e => (e.value - e.min) / (e.max - e.min)")
        home = box["x"] + 8 + at * (box["width"] - 16)
        if self.random.random() < 0.5:
            at = self.random.random()
        mouse.move(home if self.random.random() < 0.5 else box["x"] + at * box["width"], y)
        mouse.down()
        for _ in range(self.random.randint(1, 8)):
            at = min(1, max(0, at + self.random.uniform(-0.2, 0.2)))
            mouse.move(box["x"] + at * box["width"], y)
            self.pause(0.06)
        if self.random.random() < 0.3:
            self.steps[-1] += " and back"
            mouse.move(home, y)
            self.pause(0.1)
        self.look()
        mouse.up()

    def arrows(self) -> None:
        slider = self.random.choice(self.visible("[data-for]"))
        self.steps[-1] += f" {slider.get_attribute('data-for')}"
        slider.focus()
        for _ in range(self.random.randint(1, 6)):
            key = self.random.choice(("ArrowLeft", "ArrowRight", "ArrowRight", "PageUp", "PageDown", "Home", "End"))
            self.page.keyboard.press(key)
            self.pause(0.08)

    def undo(self) -> None:
        for _ in range(self.random.choice((1, 1, 2, 4))):
            if not self.press("#undo, #redo", ""):
                break
            self.pause(0.3)

    def back(self) -> None:
        way = self.random.choice(("back", "back", "forward"))
        self.steps[-1] += f" {way}"
        with suppress(Error):  # the document may be gone before it answers
            self.page.evaluate(f"history.{way}()")
        self.page.wait_for_timeout(150)
        if not self.page.url.startswith(self.place.address):
            self.page.goto(f"{self.place.address}/?lang=vi")

    def reload(self) -> None:
        self.page.reload()

    def remedy(self) -> None:
        if not self.visible(".remedies button"):
            self.infeasible()
            self.rest()
        self.press(".remedies button", "remedy")

    def put_back(self) -> None:
        self.press("[data-changed] button", "put back") or self.type()

    def reset(self) -> None:
        self.press("button[name=reset]", "reset")

    def mark(self) -> None:
        self.press("button[name=mark]", "mark")

    def against(self) -> None:
        control = self.page.locator("#ref")
        values = control.evaluate("e => [...e.options].map(o => o.value)")
        control.select_option(self.random.choice(values))

    def order(self) -> None:
        name = self.random.choice(("sort", "scale", "kind"))
        control = self.page.locator(f"select[name={name}]")
        if control.count():
            value = self.random.choice(control.evaluate("e => [...e.options].map(o => o.value)"))
            self.steps[-1] += f" {name}={value}"
            control.select_option(value)

    def find(self) -> None:
        text = self.random.choice(("chau", "Long", "cđ", "zzz", ""))
        self.steps[-1] += f" {text}"
        self.keys("input[name=find]", text)

    def turn(self) -> None:
        self.press("button[name=page]", "page") or self.order()

    def unit(self) -> None:
        self.press("#rows button[name=show]", "open")

    def bar(self) -> None:
        found = self.visible("#rows tr[data-unit] td.bar")
        if found:
            self.random.choice(found).click()

    def panel(self, *kinds: str) -> bool:
        """Fill in a field of the opened unit, one of `kinds`; open one first if none is."""
        if not self.visible("#why"):
            self.unit()
            self.rest()
        details = self.page.locator("details.theirs:not([open]) summary")
        if details.count():
            details.first.click()
        names = [each for kind in kinds for each in self.visible(f'.panel input[name^="{kind}:"]')]
        if not names:
            return False
        name = self.random.choice(names).get_attribute("name")
        kind = name.rpartition(":")[0]
        text = self.random.choice([*OWN[kind], ""]) if self.random.random() < 0.95 else self.random.choice(INVALID)
        self.steps[-1] += f" {name}={text}"
        self.keys(f'.panel input[name="{name}"]', text)
        return True

    def own(self) -> None:
        self.panel("lock", "least", "most", "growth")

    def correct(self) -> None:
        self.panel(*(each for each in OWN if each.startswith("figure")))

    def words(self) -> None:
        self.panel("by", "reason")

    def asks(self) -> None:
        if not self.visible("#why"):
            self.unit()
            self.rest()
        if self.visible("input[name=asks]"):
            text = self.random.choice(("300", "1.200", "50", "abc", ""))
            self.steps[-1] += f" {text}"
            self.keys("input[name=asks]", text)

    def grant(self) -> None:
        if not self.visible("#asked button[name=take]"):
            self.asks()
            self.rest()
        self.press("#asked button[name=take]", "grant")

    def freeze(self) -> None:
        """The server does not answer for a while."""
        self.place.freeze(True)
        self.lost(lambda: self.place.freeze(False))

    def cut(self) -> None:
        self.place.wire.turn("cut")
        self.lost(lambda: self.place.wire.turn("open"))
        if self.visible("#retry") and self.random.random() < 0.5:
            self.page.locator("#retry").click()

    def restart(self) -> None:
        self.place.stop()
        self.lost(self.place.start)

    def swap(self) -> None:
        """The file of the table changes while the server is away."""
        self.place.stop()
        self.truth.gone = self.place.names[self.swapped]
        self.swapped = not self.swapped
        self.place.swap(self.swapped)
        self.lost(self.place.start)

    def lost(self, found: Callable[[], object]) -> None:
        """Go on without a server until it is `found` again."""
        self.down = True
        try:
            self.meanwhile()
        finally:
            found()
            self.down = False

    def slow(self) -> None:
        self.place.wire.turn("slow")
        for _ in range(self.random.randint(1, 3)):
            self.meanwhile()
        self.place.wire.turn("open")

    def meanwhile(self) -> None:
        """Something that needs no answer to be done."""
        name = self.random.choice(("type", "drag", "arrows", "select", "undo", "order", "put_back", "unit"))
        self.steps[-1] += f" [{name}"
        if self.page.locator("#state").count():
            getattr(self, name)()
        self.steps[-1] += "]"
        self.page.wait_for_timeout(1000 * self.random.uniform(0.1, 0.8))
        self.look()

    def another(self) -> None:
        """The link on another table."""
        query = dict(parse_qsl(link_of(self.page.url), keep_blank_values=True))
        query["table"] = self.random.choice(("an-giang-2017", self.place.large, "upload-0123456789"))
        self.steps[-1] += f" {query['table']}"
        self.page.goto(f"{self.place.address}/?{urlencode(query)}&lang=vi")
        self.rest()
        self.press("main a[href*='table=']", "")

    def large(self) -> None:
        self.page.goto(f"{self.place.address}/table/{self.place.large}")

    def tab(self) -> None:
        """Another window on the same link, or the one before."""
        self.look()
        if len(self.tabs) > 1 and self.random.random() < 0.6:
            self.tabs.insert(0, self.tabs.pop())
            self.page.bring_to_front()
        else:
            self.open(self.page.url)

    def save(self) -> None:
        name = self.random.choice(("Phương án A", "Phương án B"))
        self.page.locator("#save-name").fill(name)
        self.page.locator("#save button").click()
        self.page.wait_for_load_state()

    def saved(self) -> None:
        found = self.visible("#saved a")
        if found:
            self.random.choice(found).click()

    def language(self) -> None:
        self.page.locator("#languages a").nth(self.random.randint(0, 1)).click()

    def hasty(self) -> None:
        """Two gestures, the second before the first has its answer."""
        for name in self.random.sample(
            ("type", "drag", "undo", "order", "unit", "select", "put_back", "paste", "back"), 2
        ):
            self.steps[-1] += f" [{name}"
            getattr(self, name)()
            self.steps[-1] += "]"
