"""What the page keeps: uploaded tables and saved scenarios, each a file written whole in the folder the user names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from allocator.data.limits import MOST_SETTINGS_BYTES
from allocator.data.table import Table, fold
from allocator.errors import InputError, fault
from allocator.files import builtin_folder, builtin_scenarios, load_scenario, load_table, read_json
from allocator.model.scenario import Scenario
from allocator.writing import said, write_whole

MOST_NAME = 80
MOST_SAVED = 500


@dataclass(frozen=True)
class Saved:
    """A state under a name."""

    key: str
    name: str
    query: str


class Store:
    """Tables and saved scenarios by name; nothing a browser sends becomes a path."""

    def __init__(self, folder: Path, scenario: str, table: Table, opened: Scenario) -> None:
        self.folder = folder
        self.given = (scenario, table, opened)

    def table(self, name: str) -> Table:
        """The table of a state: the one the page was started with, a built-in one, or an uploaded one."""
        if name == "given":
            return self.given[1]
        if name.startswith("upload-") and name.removeprefix("upload-").isalnum():
            path = self.folder / "tables" / f"{name}.csv"
            if path.exists():
                return _read(path)
        if name in {each.partition("/")[0] for each in _builtin()}:
            return _read(builtin_folder() / name / "units.csv")
        raise InputError(fault("page.no_table", table=name[:40]))

    def starts(self) -> Mapping[str, tuple[str, Scenario]]:
        """Scenarios a page may start from, by name, each with its table's: the one given, then the built-in ones."""
        name, _, opened = self.given
        builtin = {each: (each.partition("/")[0], scenario) for each, scenario in _builtin().items() if each != name}
        return {name: ("given", opened), **builtin}

    def keep_table(self, text: str) -> str:
        """Keep an uploaded table; the same text has the same name."""
        name = "upload-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:20]
        write_whole(self.folder / "tables" / f"{name}.csv", text)
        return name

    def save(self, name: str, query: str) -> Saved:
        """Keep a state under a name; a state of the same name is replaced."""
        name = fold(name)
        if not name or len(name) > MOST_NAME:
            raise InputError(fault("page.bad_name", most=MOST_NAME))
        if len(self.saved()) >= MOST_SAVED:
            raise InputError(fault("page.too_many_saved", most=MOST_SAVED, folder=self.folder))
        key = hashlib.sha256(name.casefold().encode("utf-8")).hexdigest()[:16]
        content = json.dumps({"name": name, "query": query}, ensure_ascii=False, indent=1)
        write_whole(self.folder / "saved" / f"{key}.json", content)
        return Saved(key, name, query)

    def saved(self) -> list[Saved]:
        """All saved states by name; a file that is not one is passed over."""
        found = [_saved(path) for path in sorted((self.folder / "saved").glob("*.json"))]
        return sorted((each for each in found if each is not None), key=lambda each: each.name.casefold())

    def forget(self, key: str) -> None:
        """Remove a saved state, if there is one under `key`."""
        if key in {each.key for each in self.saved()}:
            path = self.folder / "saved" / f"{key}.json"
            with said(path):
                path.unlink(missing_ok=True)


def _saved(path: Path) -> Saved | None:
    try:
        values = read_json(path, MOST_SETTINGS_BYTES)
        return Saved(path.stem, str(values["name"]), str(values["query"]))
    except (InputError, LookupError, TypeError):
        return None


@lru_cache(maxsize=32)
def _read(path: Path) -> Table:
    return load_table(path)


@cache
def _builtin() -> Mapping[str, Scenario]:
    return {name: load_scenario(name)[1] for name, _ in builtin_scenarios()}
