"""The journal beside a table: what was saved, decided and made of it, each entry holding the hash of the one before.

An entry is a line of JSON in its one canonical form (sorted keys, no spaces, UTF-8); its `hash` is the SHA-256 of its
other fields in that form. Nothing that stands in the file is written again: an entry is added with one write, on the
disk before it is told. A last line that a killed run left half was never an entry: it is moved to a file of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from glob import escape
from pathlib import Path
from threading import Lock
from typing import IO, Any

from allocator.data.digest import canonical, sha256
from allocator.data.limits import MOST_LINE, MOST_RESULT_BYTES, read_bytes
from allocator.errors import Fault, InputError, fault
from allocator.writing import lock, ready, said, sync, write_whole

JOURNAL_FILE = "record.jsonl"
DOCUMENT, DECISION = "document", "decision"
ALONE = Lock()
SAME = ("kind", "name", "inputs", "result", "content")
"""Where these are alike, and no other person or reason is told, the same document was made, or decision told, again."""


@dataclass(frozen=True)
class Recorded:
    """An entry of a journal.

    Attributes:
        number: counted from 1.
        when: ISO 8601 with its zone, to the second.
        kind: what was done: `saved`, `decision`, `document` …
        name: what that is called which was saved, decided or made.
        by: who did it; may be empty.
        why: may be empty.
        inputs: SHA-256 of table and scenario, see `proof.result.entry_of`; may be empty.
        result: digest of the result; may be empty.
        content: what was saved or decided, plain JSON.
        before: hash of the entry before; empty for the first.
        hash: SHA-256 of all other fields.
    """

    number: int
    when: str
    kind: str
    name: str
    by: str
    why: str
    inputs: str
    result: str
    content: Mapping[str, Any]
    before: str
    hash: str


FIELDS = {each.name: {"number": int, "content": dict}.get(each.name, str) for each in fields(Recorded)}


@dataclass(frozen=True)
class Chain:
    """What a journal holds.

    Attributes:
        entries: all that are whole, in the order of the file; those after `fault` too.
        fault: the first entry that is not what was written, or a half line at the end; None where all is whole.
        half: the half line that the file ends with; none of it was ever told as recorded.
        aside: files beside it with half lines that it once ended with.
    """

    entries: tuple[Recorded, ...]
    fault: Fault | None = None
    half: bytes = b""
    aside: tuple[Path, ...] = ()

    @property
    def halved(self) -> bool:
        """Whether nothing is wrong but a half line at its end."""
        return self.fault is not None and self.fault.key == "record.half"


def append(
    path: Path,
    *,
    kind: str,
    name: str,
    by: str = "",
    why: str = "",
    inputs: str = "",
    result: str = "",
    content: Mapping[str, Any] | None = None,
    when: str | None = None,
) -> Recorded:
    """The new entry of a journal, on the disk whole; for a document made again its former one, and nothing is added.

    Likewise for a decision that is told again before anything else was entered: a button pressed twice.

    Where `by` or `why` tells something else than the former one has, it is not the same: what is told is kept.

    Raises:
        InputError: an entry there was altered, or the system refuses; nothing has changed then.
    """
    made = json.loads(canonical({
        "kind": kind, "name": name, "by": by, "why": why, "inputs": inputs, "result": result,
        "content": content or {}, "when": when or datetime.now().astimezone().isoformat(timespec="seconds"),
    }).encode("utf-8", "replace"))  # fmt: skip
    with said(path), ALONE:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = ready(path)
        with target.open("a+b", buffering=0) as file:
            with suppress(OSError):  # a disk without locks
                lock(file, wait=True)
            return _added(target, file, made)


def number_of(path: Path, **given: Any) -> int:
    """Number of the entry that `append` would give for these fields, if nobody adds one before; errors as there."""
    chain = _unaltered(path)
    same = _same(chain, given)
    return same.number if same else len(chain.entries) + 1


def read_journal(path: Path, there: bool = False) -> Chain:
    """The journal in a file, checked from its first entry to its last; an empty one where no file need be `there`.

    Raises:
        InputError: the file cannot be read.
    """
    aside = tuple(sorted(path.parent.glob(f"{escape(path.stem)}.half-*")))
    *lines, rest = read_bytes(path, MOST_RESULT_BYTES).split(b"\n") if there or os.path.exists(path) else [b""]
    entries, first, before, half = list[Recorded](), None, "", b""
    for number, line in enumerate([*lines, rest] if rest else lines, start=1):
        found = _entry(line)
        if isinstance(found, Recorded):
            wrong = _out_of_chain(found, number, before)
            before = found.hash
            entries.append(found)
        elif number > len(lines) and _is_half(line):
            wrong, half = "record.half", line
        else:
            wrong = found
        if wrong and not first:
            first = fault(wrong, f"{path}:{number}", number=number, found=getattr(found, "number", None))
    return Chain(tuple(entries), first, half, aside)


def is_journal(path: Path) -> bool:
    """Whether a file is called as journals are, or its first line is an entry."""
    if path.suffix == Path(JOURNAL_FILE).suffix:
        return True
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return isinstance(_entry(file.readline(MOST_LINE).rstrip(b"\n")), Recorded)
    return False


def journal_of(table_place: str | Path) -> Path | None:
    """The journal beside a table's file; None for a built-in table, which is an example, or one without a file."""
    from allocator.files import builtin_folder

    inside = builtin_folder().resolve() in Path(table_place).resolve().parents
    return Path(table_place).with_name(JOURNAL_FILE) if str(table_place) and not inside else None


def _unaltered(path: Path) -> Chain:
    chain = read_journal(path)
    if chain.fault and not chain.halved:
        raise InputError(fault("record.stopped", str(path), first=chain.fault))
    return chain


def _same(chain: Chain, made: Mapping[str, Any]) -> Recorded | None:
    """The entry of a document that was made before, or of the decision that was entered last."""
    entries = {DOCUMENT: chain.entries, DECISION: chain.entries[-1:]}.get(made["kind"], ())
    told = [each for each in ("by", "why") if made.get(each)]
    return next((each for each in entries if all(getattr(each, name) == made[name] for name in (*SAME, *told))), None)


def _added(path: Path, file: IO[bytes], made: dict[str, Any]) -> Recorded:
    chain = _unaltered(path)
    if same := _same(chain, made):
        return same
    if chain.half:
        write_whole(path.with_name(f"{path.stem}.half-{hashlib.sha256(chain.half).hexdigest()[:8]}"), chain.half)
        file.truncate(file.seek(0, os.SEEK_END) - len(chain.half))
    made |= {"number": len(chain.entries) + 1, "before": chain.entries[-1].hash if chain.entries else ""}
    made["hash"] = sha256(made)
    _write(file, canonical(made).encode("utf-8") + b"\n")
    sync(path.parent)
    return Recorded(**made)


def _write(file: IO[bytes], line: bytes) -> None:
    """Add a line with one write, on the disk; where the system refuses, the file is as it was."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 1, 0))
    if file.read(1) not in (b"\n", b""):  # the last entry is whole, only its line end was lost
        line = b"\n" + line
    try:
        while line:
            line = line[file.write(line) :]
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def _entry(line: bytes) -> Recorded | str:
    """The entry of a line, or the key of what is wrong with it."""
    try:
        text = line.decode("utf-8")
        made = json.loads(text)
        if "\\ud" in text or "\\uD" in text:  # halves of letters, which no file and no page can hold
            canonical(made).encode("utf-8")
        if not isinstance(made, dict) or {name: type(value) for name, value in made.items()} != FIELDS:
            return "record.not_entry"
    except (ValueError, RecursionError):
        return "record.not_entry"
    # As it was hashed: to write it anew would take as long again.
    body = text.replace(f'"hash":"{made["hash"]}",', "", 1)
    whole = len(body) < len(text) and hashlib.sha256(body.encode("utf-8")).hexdigest() == made["hash"]
    return Recorded(**made) if whole else "record.altered"


def _out_of_chain(entry: Recorded, number: int, before: str) -> str:
    """The key of why an entry does not stand where it was written; empty where it does."""
    if entry.number != number:
        return "record.missing" if entry.number > number else "record.repeated"
    return "" if entry.before == before else "record.replaced"


def _is_half(line: bytes) -> bool:
    """Whether a last line without its end is the beginning of an entry, or of nothing, not one that was altered."""
    try:
        json.JSONDecoder().raw_decode(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return line.startswith(b"{") or not line.strip(b"\0 \t\r")  # a disk that lost its power leaves zeros
    return False
