"""What is true of a link of the page: `/run.json`, which must be what the command line prints."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from allocator.words import Words
from tests.command import allocator

FIELDS = json.loads((Path(__file__).parent.parent.parent / "allocator" / "web" / "fields.json").read_text("utf-8"))
COMMON = {name: key for part in FIELDS.values() for name, key in part.items() if ":" not in name}
LOOK = ("sort", "find", "kind", "page", "scale", "open", "asks")
PACKED = ("rules", "groups", "drivers", "uncertainty")
PLAIN = ("target", "lot", "min_quota", "exponent", "risk", "least", "most", "lock", "figure")
"""Fields that are no percentage."""
TEXTS = ("basis", "pace", "by", "reason")
LOCKED = (("lock", "quota"), ("by", "by"), ("reason", "reason"))
Result = Mapping[str, Any]


def link_of(url: str) -> str:
    """The state and the look in an address, without the language."""
    query = urlsplit(url).query
    return "&".join(each for each in query.split("&") if each and not each.startswith("lang="))


def held(text: str) -> Any:
    """What a link holds packed."""
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def typed(name: str, text: str, language: str) -> Decimal | str:
    """What a field of the page says, as the link would hold it; the text itself where it is no number."""
    kind, plain = name.partition(":")[0], text.replace(" ", "")
    if text == Words(language)("page.province"):
        return "province"
    if kind in TEXTS or kind in PACKED or not text:
        return text
    plain = plain.replace(".", "").replace(",", ".") if language == "vi" else plain.replace(",", "")
    try:
        return Decimal(plain.removesuffix("%")) / (100 if "%" in plain else 1)
    except InvalidOperation:
        return text


def linked(text: str) -> Decimal | str:
    """A field as the link holds it."""
    try:
        plain = text.replace(" ", "")
        return Decimal(plain.removesuffix("%")) / (100 if "%" in plain else 1)
    except InvalidOperation:
        return text


def plain(text: str) -> float | str | None:
    """A field of the link as a scenario's file has it."""
    try:
        return float(text)
    except ValueError:
        return text or None


def begun(start: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a scenario given as plain values, those that hold something."""

    def at(made: Any, key: str) -> Any:
        return None if made is None else made[key]

    made = {name: reduce(at, key.split("."), start) for name, key in COMMON.items()}
    made |= {f"growth:{unit}": value for unit, value in start["growth"]["units"].items()}
    for unit, each in start["bounds"]["units"].items():
        made |= {f"least:{unit}": each.get("min"), f"most:{unit}": each.get("max")}
    for lock in start["locks"]:
        made |= {f"{kind}:{lock['unit']}": lock.get(key) for kind, key in LOCKED}
    return {name: str(value) for name, value in made.items() if value not in (None, "", []) and name not in PACKED}


def scenario(start: Mapping[str, Any], fields: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The scenario file of a state, and the `--set` texts that make the rest of it."""
    made = json.loads(json.dumps(start))
    own: dict[str, dict[str, str]] = {}
    for name, text in fields.items():
        kind, colon, unit = name.partition(":")
        if colon and text:
            own.setdefault(kind, {})[unit] = text
    made["growth"]["units"] = {unit: float(linked(text)) for unit, text in own.get("growth", {}).items()}
    bounds: dict[str, dict[str, int]] = {}
    for kind, key in (("least", "min"), ("most", "max")):
        for unit, text in own.get(kind, {}).items():
            bounds.setdefault(unit, {})[key] = int(text)
    made["bounds"]["units"] = bounds
    known = {each["unit"]: each for each in made["locks"]}
    made["locks"] = [
        {**known.get(unit, {"unit": unit}), **{key: own.get(kind, {}).get(unit, "") for kind, key in LOCKED}}
        for unit in own.get("lock", {})
    ]
    for each in made["locks"]:
        each["quota"] = int(each["quota"])
    for name in PACKED:
        made[name] = held(fields[name]) if fields.get(name) else []
    pace = {key: plain(fields.get(name, "")) for name, key in (("pace", "reference"), ("down", "down"), ("up", "up"))}
    made["bounds"]["pace"] = pace if pace["reference"] else None
    common = {name: key for name, key in COMMON.items() if name not in (*PACKED, "pace", "down", "up")}
    sets = [f"{key}={fields.get(name) or 'null'}" for name, key in common.items()]
    figures = [[*name.split(":", 2), text] for name, text in fields.items() if name.startswith("figure:") and text]
    return made, [*sets, *(f'table."{unit}".{column}={text}' for _, column, unit, text in figures)]


class Truth:
    """What is true of a link, kept by link.

    Args:
        address: where the server itself is.
        cookies: what it asks for.
        folders: the folder of a table, by its key, or by its name in a link where there were several.
        store: what the server keeps.
    """

    def __init__(self, address: str, cookies: Mapping[str, str], folders: Mapping[str, Path], store: Path) -> None:
        self.client = httpx.Client(base_url=address, cookies=dict(cookies), timeout=20)
        self.folders, self.store, self.gone = folders, store, ""
        self.results: dict[str, Result | None] = {}
        self.called: dict[tuple[Any, ...], str | None] = {}
        self.differing: list[str] = []

    def result(self, link: str) -> Result | None:
        """`/run.json` of a link, held to the command line; None where it refuses."""
        state = urlencode([each for each in parse_qsl(link, keep_blank_values=True) if each[0] not in LOOK])
        if state not in self.results and self.gone and f"table={quote(self.gone)}" in state:
            said = self.call("run", link, "en")
            self.results[state] = json.loads(said) if said else None
        if state not in self.results:
            answer = self.client.get(f"/run.json?{link}&lang=en")
            self.results[state] = answer.json() if answer.status_code == 200 else None
            if answer.status_code not in (200, 422):
                self.differing.append(f"run.json answers {answer.status_code}: {link}")
            if answer.status_code == 200 or "table." not in answer.text:
                said = self.call("run", link, "en")
                if (said or "").strip() != (answer.text.strip() if answer.status_code == 200 else ""):
                    pairs = zip((said or "").splitlines(), answer.text.splitlines(), strict=False)
                    first = next((pair for pair in pairs if pair[0] != pair[1]), said is None)
                    self.differing.append(f"run.json is not what the command line says: {first} {link[-300:]}")
        return self.results[state]

    def call(self, question: str, link: str, language: str, *more: str, fields: Mapping[str, str] | None = None) -> Any:
        """What the command line prints about a link, or about other `fields` of its start; None where it refuses."""
        query = dict(parse_qsl(link, keep_blank_values=True))
        asked = (question, query.get("table"), query.get("start"), language, more,
                 tuple(sorted((query if fields is None else fields).items())))  # fmt: skip
        if asked not in self.called:
            start = held(query["start"])
            given = {**begun(start), **query} if fields is None else fields
            made, sets = scenario(start, {k: v for k, v in given.items() if k.partition(":")[0] not in LOOK})
            key = query["table"].partition("~")[0]
            folder = self.folders.get(query["table"]) or self.folders.get(key) or self.store / "tables" / key
            path = folder / "told.yaml"
            path.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
            done = allocator(
                question, path, "--json", *more, *(p for s in sets for p in ("--set", s)), language=language
            )
            self.called[asked] = done.stdout if done.returncode == 0 else None
        return self.called[asked]

    def quotas(self, link: str, fields: Mapping[str, str]) -> dict[str, int] | None:
        """Quotas of other fields of the same start and table."""
        said = self.call("run", link, "en", fields=fields)
        return {each["unit"]: each["quota"] for each in json.loads(said)["units"]} if said else None

    def drawn(self, link: str, language: str) -> str:
        """The page of a link as the server draws it."""
        return self.client.get(f"/?{link}&lang={language}").text


def packed(values: Any) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii").rstrip("=")
