"""Scenarios saved on the page: under each name its versions, as the journals have them; nothing there is replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from allocator.data.limits import MOST_SETTINGS_BYTES
from allocator.data.table import fold
from allocator.errors import InputError, fault
from allocator.proof.journal import JOURNAL_FILE, Chain, Recorded, append, read_journal
from allocator.writing import lock, said

MOST_CASES = 4
"""Scenarios that are put beside each other."""
MOST_NAME = 80
MOST_NOTE = 500
ALONE = Lock()
Made = TypeVar("Made")


@dataclass(frozen=True)
class Version:
    """A state as it was saved: when, by whom and with what note; None where that was not kept.

    `number` is that of its entry in its journal.
    """

    query: str
    saved: datetime | None = None
    author: str = ""
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Saved:
    """States under a name, the last saved last; its key stays when it is renamed."""

    key: str
    name: str
    versions: Annotated[tuple[Version, ...], Field(min_length=1)]

    @property
    def last(self) -> Version:
        """The version saved last."""
        return self.versions[-1]

    @property
    def query(self) -> str:
        """The state saved last."""
        return self.last.query


class SavedScenarios:
    """What is saved in the journals of a folder; nothing a browser sends becomes a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: set[str] = set()

    def journal(self, query: str) -> Path:
        """The journal in which a state is entered."""
        return self.folder / JOURNAL_FILE

    def journals(self) -> Sequence[Path]:
        """All of them."""
        return [self.folder / JOURNAL_FILE]

    def chains(self) -> dict[Path, Chain]:
        """The journals that there are, checked; one that cannot be read is told by its `fault`."""
        return {path: _chain(path, mark) for path in self.journals() if (mark := stamp(path))}

    def save(self, name: str, version: Version, again: bool = False, **made: Any) -> Saved | None:
        """Keep a version under a name, new or, with `again`, after those there are; None where it is not asked for.

        `made` are more fields of its entry.

        Raises:
            InputError: a name that is none, the journal is not whole, or the system refuses.
        """
        with self._alone():
            known = self.called(name)
            if known and not again:
                return None
            kept = replace(version, author=fold(version.author)[:MOST_NAME], note=version.note.strip()[:MOST_NOTE])
            key = known.key if known else self._new_key(name)
            self._keep(key, known.name if known else _named(name), kept, **made)
            return self.found(key)

    def rename(self, key: str, name: str, by: str = "") -> None:
        """Give what is saved under `key` another name; InputError where that is another's, or none."""
        with self._alone():
            held, other = self.found(key), self.called(name)
            if other and other.key != key:
                raise InputError(fault("page.name_taken", name=other.name))
            append(self.journal(held.query), kind="renamed", name=_named(name), by=by,
                   content={"key": key, "former": held.name})  # fmt: skip

    def remove(self, key: str, by: str = "") -> None:
        """Hide what is saved under `key` from the list, all its versions; InputError where nothing is."""
        with self._alone():
            held = self.found(key)
            append(self.journal(held.query), kind="removed", name=held.name, by=by, content={"key": key})

    def saved(self) -> list[Saved]:
        """All that is saved by name; what was kept in files of their own before there were journals is entered."""
        if self._before():
            with suppress(InputError), self._alone():  # of a journal that takes nothing more, which is told
                pass
        return self._listed()

    def called(self, name: str) -> Saved | None:
        """What is saved under a name, letters large or small; None where nothing is, InputError for what is no name."""
        wanted = _named(name).casefold()
        return next((each for each in self._listed() if each.name.casefold() == wanted), None)

    def found(self, key: str) -> Saved:
        """What is saved under a key; InputError where nothing is."""
        for each in self._listed():
            if each.key == key:
                return each
        raise InputError(fault("page.not_saved"))

    def entries(self) -> Iterator[Recorded]:
        """All entries of the journals by time, each journal's in its own order."""
        return merge(*(each.entries for each in self.chains().values()), key=lambda each: moment(each.when))

    def _listed(self) -> list[Saved]:
        made: dict[str, Saved] = {}
        for entry in self.entries():
            key, query = str(entry.content.get("key", "")), entry.content.get("query")
            if entry.kind == "saved" and isinstance(query, str) and key:
                undated = entry.content.get("undated")
                version = Version(query, None if undated else moment(entry.when), entry.by, entry.why, entry.number)
                held = made.get(key) or Saved(key, entry.name, ())
                made[key] = replace(held, versions=(*held.versions, version))
            elif entry.kind == "renamed" and key in made:
                made[key] = replace(made[key], name=entry.name)
            elif entry.kind == "removed":
                made.pop(key, None)
        return sorted(made.values(), key=lambda each: each.name.casefold())

    def _keep(
        self, key: str, name: str, version: Version, content: Mapping[str, Any] | None = None, **made: Any
    ) -> None:
        when = version.saved.isoformat(timespec="seconds") if version.saved else None
        content = {**(content or {}), "key": key, "query": version.query, **({} if when else {"undated": True})}
        append(self.journal(version.query), kind="saved", name=name, by=version.author, why=version.note,
               when=when, content=content, **made)  # fmt: skip

    def _before(self) -> dict[str, Path]:
        """Files of what was saved before there were journals, by key, that have not been entered yet."""
        return {
            each.stem: each for each in sorted((self.folder / "saved").glob("*.json")) if each.stem not in self.taken
        }

    def _take_over(self) -> None:
        """Enter what was saved in files of their own, each version once; the files stay."""
        known = {str(each.content.get("from")) for each in self.entries()}
        paths = self._before()
        for held in kept_in(Saved, paths):
            for number, version in enumerate(held.versions, start=1):
                if (name := f"saved/{held.key}.json#{number}") not in known:
                    self._keep(held.key, held.name, version, {"from": name})
        self.taken |= paths.keys()

    def _new_key(self, name: str) -> str:
        """A key nothing ever had: names go from one to another, keys do not."""
        known = {str(each.content.get("key")) for each in self.entries()}
        keys = (hashlib.sha256(f"{_named(name).casefold()}{n or ''}".encode()).hexdigest()[:16] for n in count())
        return next(each for each in keys if each not in known)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Whoever changes what is saved does so alone, in threads and processes: none takes another's name."""
        with said(self.folder), ALONE:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "saved.lock").open("ab") as file:
                with suppress(OSError):  # a disk without locks
                    lock(file, wait=True)
                if self._before():
                    self._take_over()
                yield


def stamp(path: Path) -> tuple[int, ...]:
    """What tells a file from what it was before; nothing where there is none, or none to be reached."""
    with suppress(OSError):
        state = path.stat()
        return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino
    return ()


@lru_cache(maxsize=64)
def _chain(path: Path, _: tuple[int, ...]) -> Chain:
    try:
        return read_journal(path)
    except InputError as error:
        return Chain((), error.faults[0])


def moment(when: str) -> datetime:
    """A time that an entry tells; the first of all for what tells none."""
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(when).astimezone()
    return datetime.fromtimestamp(0).astimezone()


def _named(name: str) -> str:
    name = fold(name)
    if not name or len(name) > MOST_NAME:
        raise InputError(fault("page.bad_name", most=MOST_NAME))
    return name


def kept_in(kind: type[Made], paths: Mapping[str, Path]) -> list[Made]:
    """What files keep under their keys; one that is spoilt is passed over."""
    from allocator.files import read_json

    made, reader = [], TypeAdapter(kind)
    for key, path in paths.items():
        with suppress(InputError, TypeError, ValidationError):
            values = {**read_json(path, MOST_SETTINGS_BYTES), "key": key}
            if "query" in values:  # as it was before there were versions
                values["versions"] = [{"query": values.pop("query")}]
            made.append(reader.validate_python(values))
    return made
