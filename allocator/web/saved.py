"""Scenarios saved on the page: under each name its versions, none of them ever replaced, in a file written whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from allocator.data.limits import MOST_SETTINGS_BYTES
from allocator.data.table import fold
from allocator.errors import InputError, fault
from allocator.writing import lock, said, write_whole

MOST_CASES = 4
"""Scenarios that are put beside each other."""
MOST_NAME = 80
MOST_NOTE = 500
MOST_SAVED = 500
MOST_VERSIONS = 100
ALONE = Lock()
Made = TypeVar("Made")


@dataclass(frozen=True)
class Version:
    """A state as it was saved: when, by whom and with what note; None where that was not kept."""

    query: str
    saved: datetime | None = None
    author: str = ""
    note: str = ""


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
    """What is saved in a folder; nothing a browser sends becomes a path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, version: Version, again: bool = False) -> Saved | None:
        """Keep a version under a name, new or, with `again`, after those there are; None where it is not asked for.

        Raises:
            InputError: a name that is none, too much of anything, or the system refuses.
        """
        with self._alone():
            known = self.called(name)
            if known and not again:
                return None
            if known is None and len(self.saved()) >= MOST_SAVED:
                raise InputError(fault("page.too_many_saved", most=MOST_SAVED, folder=self.folder))
            kept = replace(version, author=fold(version.author)[:MOST_NAME], note=version.note.strip()[:MOST_NOTE])
            made = known or Saved(self._new_key(name), _named(name), ())
            return self._write(replace(made, versions=(*made.versions, kept)))

    def rename(self, key: str, name: str) -> None:
        """Give what is saved under `key` another name; InputError where that is another's, or none."""
        with self._alone():
            held, other = self.found(key), self.called(name)
            if other and other.key != key:
                raise InputError(fault("page.name_taken", name=other.name))
            self._write(replace(held, name=_named(name)))

    def remove(self, key: str) -> None:
        """Remove what is saved under `key`, all its versions; InputError where nothing is."""
        with self._alone():
            self._path(self.found(key).key).unlink(missing_ok=True)

    def saved(self) -> list[Saved]:
        """All that is saved by name; a file that is nothing of the kind is passed over."""
        paths = {each.stem: each for each in sorted((self.folder / "saved").glob("*.json"))}
        return sorted(kept_in(Saved, paths), key=lambda each: each.name.casefold())

    def called(self, name: str) -> Saved | None:
        """What is saved under a name, letters large or small; None where nothing is, InputError for what is no name."""
        wanted = _named(name).casefold()
        return next((each for each in self.saved() if each.name.casefold() == wanted), None)

    def found(self, key: str) -> Saved:
        """What is saved under a key; InputError where nothing is."""
        for each in self.saved():
            if each.key == key:
                return each
        raise InputError(fault("page.not_saved"))

    def _write(self, made: Saved) -> Saved:
        from allocator.files import json_text

        content = json_text(TypeAdapter(Saved).dump_python(made, mode="json", exclude={"key"}))
        if len(made.versions) > MOST_VERSIONS or len(content.encode("utf-8")) > MOST_SETTINGS_BYTES:
            raise InputError(fault("page.too_many_versions", name=made.name, count=len(made.versions) - 1))
        write_whole(self._path(made.key), content)
        return made

    def _path(self, key: str) -> Path:
        return self.folder / "saved" / f"{key}.json"

    def _new_key(self, name: str) -> str:
        """A key nothing has: names go from one to another, keys do not."""
        keys = (hashlib.sha256(f"{_named(name).casefold()}{n or ''}".encode()).hexdigest()[:16] for n in count())
        return next(each for each in keys if not self._path(each).exists())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Whoever changes what is saved does so alone: of two, in threads or in processes, none loses a version."""
        with said(self.folder), ALONE:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "saved.lock").open("ab") as file:
                with suppress(OSError):  # a disk without locks
                    lock(file, wait=True)
                yield


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
