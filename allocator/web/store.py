"""What the page keeps: uploaded tables in the folder the user names, and what is saved in the journals of tables."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from allocator.data.answers import ANSWERS_FILE, Answers, read_answers
from allocator.data.table import TABLE_FILE, Table, fold
from allocator.errors import InputError, fault
from allocator.files import builtin_folder, builtin_scenarios, json_text, load_scenario, load_table
from allocator.model.scenario import Scenario
from allocator.proof.journal import JOURNAL_FILE, journal_of
from allocator.web.saved import MOST_NAME, SavedScenarios, kept_in
from allocator.writing import said, write_folder

ABOUT = "about.json"
_read = lru_cache(maxsize=32)(load_table)


@dataclass(frozen=True)
class TableKept:
    """A table of the library.

    Attributes:
        key: its name in a state.
        name: what the user calls it.
        units: how many it has.
        brought: the day.
        headers: fingerprint of its document's headers.
        accepted: day each finding was accepted, by the finding's fingerprint.
        size: bytes of the table.
    """

    key: str
    name: str
    units: int
    brought: date
    headers: str
    accepted: Mapping[str, date]
    size: int


class Store(SavedScenarios):
    """Tables and saved scenarios by name; nothing a browser sends becomes a path."""

    def __init__(self, folder: Path, scenario: str, table: Table, opened: Scenario) -> None:
        super().__init__(folder)
        self.given = (scenario, table, opened)

    def journal(self, query: str) -> Path:
        """The journal of a state's table; that of the folder for a built-in one, and where none can be beside it."""
        key, _, mark = dict(parse_qsl(query)).get("table", "").partition("~")
        beside, kept = self._beside(), self.folder / "tables" / key
        if key == "given" and mark == self.given[1].fingerprint and beside and os.access(beside.parent, os.W_OK):
            return beside
        return (kept if _is_kept(key) and kept.is_dir() else self.folder) / JOURNAL_FILE

    def journals(self) -> Sequence[Path]:
        """The folder's, that beside the table given, and those of the library."""
        beside = self._beside()
        return [*super().journals(), *([beside] if beside else ()),
                *sorted((self.folder / "tables").glob(f"*/{JOURNAL_FILE}"))]  # fmt: skip

    def _beside(self) -> Path | None:
        return journal_of(self.given[1].place)

    def key_of(self, journal: Path) -> str | None:
        """The key of the table that a journal stands beside; None for that of the folder."""
        if journal == self._beside():
            return "given"
        return None if journal.parent == self.folder else journal.parent.name

    def table(self, name: str) -> Table:
        """The table of a state: the one the page was started with, a built-in one, or an uploaded one.

        A built-in scenario that follows another has a table of its own, which has the scenario's name.

        It is called by its key and its fingerprint; InputError where it is not there, or is another by now.
        """
        key, _, mark = name.partition("~")
        held, tables = {of: table for of, table, _ in _builtin().values()}, self.folder / "tables"
        held["given"] = self.given[1]
        paths = [tables / key / TABLE_FILE, tables / f"{key}.csv"] if _is_kept(key) else []
        path = next((each for each in paths if each.exists()), None)
        if path is None and key not in held:
            raise InputError(fault("page.no_table", table=key[:40]))
        found = _read(path) if path else held[key]
        if mark and mark != found.fingerprint:
            raise InputError(fault("page.table_changed"))
        return found

    def named(self, key: str) -> str:
        """A table by its key and its fingerprint, as a state calls it."""
        return f"{key}~{self.table(key).fingerprint}"

    def title_of(self, name: str) -> str:
        """What people call the table of a state; one that has no name is called as its file, or the folder of that."""
        key, file = name.partition("~")[0], Path(self.given[1].place)
        if key == "given" and builtin_folder() not in file.parents:
            return (file.name == TABLE_FILE and file.parent.name) or file.stem
        folder = file.parent.name if key == "given" else key.partition("/")[0]
        return next((each.name for each in self.tables() if each.key == key), folder.replace("-", " ").title())

    def starts(self) -> Mapping[str, tuple[str, Scenario]]:
        """Scenarios a page may start from, by name, each with its table's: the one given, then the built-in ones."""
        name, _, opened = self.given
        builtin = {each: (self.named(key), made) for each, (key, _, made) in _builtin().items() if each != name}
        return {name: (self.named("given"), opened), **builtin}

    def keep_table(self, files: Mapping[str, str], name: str, about: Mapping[str, Any]) -> str:
        """Keep the files of an uploaded table; the same `units.csv` has the same name in a state.

        Args:
            files: content by name, as of a scenario's folder.
            name: what the user calls it.
            about: the other fields of `TableKept` but its key and size.
        """
        content = files[TABLE_FILE].encode("utf-8")
        key = "upload-" + hashlib.sha256(content).hexdigest()[:20]
        told = {"name": fold(name)[:MOST_NAME] or key, "size": len(content), **about}
        write_folder(self.folder / "tables" / key, {**files, ABOUT: json_text(told)})
        return key

    def tables(self) -> list[TableKept]:
        """All kept tables, the last brought first; a folder that is none is passed over."""
        folders = [each.parent for each in sorted((self.folder / "tables").glob(f"*/{TABLE_FILE}"))]
        found = kept_in(TableKept, {each.name: each / ABOUT for each in folders if _is_kept(each.name)})
        return sorted(found, key=lambda each: each.brought, reverse=True)

    def offered(self) -> dict[str, Any]:
        """What every table is called by whoever chooses one, by its name in a state; blank for the one given."""
        titles = {key: made.title for each, (key, _, made) in _builtin().items() if each.endswith("/base")}
        titles |= {key: made.title for key, _, made in _builtin().values() if made.follows}
        made = dict[str, Any]()
        for key, title in {"given": "", **{each.key: each.name for each in self.tables()}, **titles}.items():
            with suppress(InputError):  # one that was spoilt since
                made[self.named(key)] = title
        return made

    def kept(self, key: str) -> TableKept:
        """A table of the library; InputError where it is not there."""
        for each in self.tables():
            if each.key == key:
                return each
        raise InputError(fault("page.no_table", table=key[:40]))

    def folder_of(self, key: str) -> Path:
        """The folder of a table of the library; InputError where it is not there."""
        return self.folder / "tables" / self.kept(key).key

    def answers(self, headers: Sequence[str]) -> tuple[TableKept, Answers] | None:
        """The table brought last whose document had headers of one of these fingerprints, and what was answered."""
        found = next((each for each in self.tables() if each.headers in headers), None)
        if found is None:
            return None
        with suppress(InputError):  # spoilt since
            return found, read_answers(self.folder_of(found.key) / ANSWERS_FILE)
        return found, Answers()

    def drop(self, key: str) -> None:
        """Remove a table from the library; its journal stays."""
        folder = self.folder_of(key)
        with said(folder):
            (folder / TABLE_FILE).unlink()  # first: what has none is no table
            for each in [*folder.iterdir()]:
                if each.is_file() and not each.name.startswith(Path(JOURNAL_FILE).stem):
                    each.unlink()
            with suppress(OSError):  # the journal is there
                folder.rmdir()


def _is_kept(key: str) -> bool:
    return key.startswith("upload-") and key.removeprefix("upload-").isalnum()


@cache
def _builtin() -> Mapping[str, tuple[str, Table, Scenario]]:
    """The built-in scenarios by name, each with the key of its table and that table."""
    made = {name: load_scenario(name) for name, _ in builtin_scenarios()}
    return {name: (name if scenario.follows else name.partition("/")[0], table, scenario)
            for name, (table, scenario) in made.items()}  # fmt: skip
