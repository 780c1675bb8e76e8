"""Files written whole or not at all, one or a folder of them; only ordinary files are replaced, nothing is left behind.

What is being written stands in a hidden folder `.NAME.XXXXXXXX.part` beside its place, held by a lock as long as its
run lives. A run that is killed leaves that folder; the next write there finds nobody holding it and removes it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import attrgetter
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import IO

from allocator.errors import InputError, fault

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK, FILES = "lock", "files"
_NEVER_THERE = 2**30
_OWNER = attrgetter("st_uid", "st_gid", "st_dev")
_PART = re.compile(r"\..*\.[a-z0-9_]{8}\.part")
_REFUSALS: Mapping[int | None, str] = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "write.denied"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "write.full"),
    errno.ENAMETOOLONG: "write.long_name",
}


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all; folders on the way to it are made, the mode of one that is replaced stays.

    A link stays, and its target is written.

    Raises:
        InputError: it is there and no ordinary file, or the system refuses; nothing has changed then.
    """
    with said(path):
        target = ready(path)
        with _stage(target) as stage:
            _fill(stage / target.name, content, target)
            os.replace(stage / target.name, target)
            sync(target.parent)


def write_folder(folder: Path, contents: Mapping[str, bytes | str], last: Callable[[], object] = lambda: None) -> None:
    """Write the files of a folder, all of them or none.

    Where there is no such folder, or an empty one, a full one is renamed into its place: it appears at once. Where it
    holds files, or cannot be exchanged (it is a disk's root, another's, or where this process stands), everything is
    checked and written in a hidden folder inside it first, and then moved to its place file by file, within
    milliseconds: only a crash in these can leave old files beside new ones, each of them whole. What the user has there
    beside them stays.

    Args:
        folder: to be written, or a link to it.
        contents: content of each file by its path in the folder, with `/`.
        last: done once everything is written, just before it appears; where it raises nothing does.

    Raises:
        InputError: the folder, or what has a file's name there, is something else, or the system refuses.
    """
    with said(folder):
        place = _real(folder)
        if place.exists() and not place.is_dir():
            raise InputError(fault("write.not_a_folder", str(folder)))
        targets = {name: _target(place / name) for name in contents}
        _clear(place.parent)
        _clear(place)
        if not _appeared(place, contents, last):
            _merged(place, contents, targets, last)


def ready(path: Path) -> Path:
    """The file a path stands for, links followed, once it may be written; what killed runs left beside it is removed.

    Raises:
        InputError: no file can have this name, or what has it is no ordinary file.
    """
    target = _target(path)
    _clear(target.parent)
    return target


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Whatever the system refuses while a file is written, as InputError in words."""
    try:
        yield
    except OSError as error:
        key = _REFUSALS.get(error.errno, "file.unwritable")
        raise InputError(fault(key, str(path), cause=error.strerror or str(error))) from None


def lock(file: IO[bytes], wait: bool = False) -> None:
    """Hold a file until it is closed or its process ends; BlockingIOError where another holds it and `wait` is not set.

    On Windows only who waits needs a lock, on a byte that is never there: an open file cannot be removed, and a byte
    that is locked cannot be read.
    """
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    elif wait:
        place = file.tell()
        file.seek(_NEVER_THERE)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # OSError after ten seconds
        file.seek(place)


def _real(path: Path) -> Path:
    name = str(path)
    shown = name.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    if shown != name:
        raise InputError(fault("write.bad_name", shown))
    return Path(os.path.realpath(path))


def _target(path: Path) -> Path:
    target = _real(path)
    with suppress(FileNotFoundError):
        mode = os.stat(path).st_mode
        if not S_ISREG(mode):
            raise InputError(fault("file.is_folder" if S_ISDIR(mode) else "write.not_a_file", str(path)))
    return target


def _appeared(place: Path, contents: Mapping[str, bytes | str], last: Callable[[], object]) -> bool:
    """Rename a full folder to where none or an empty one stands; False where it cannot be exchanged."""
    there = place.exists()
    if there and (any(place.iterdir()) or place.samefile(os.curdir) or not os.access(place.parent, os.W_OK)):
        return False
    with _stage(place) as stage:
        if there and _OWNER(place.stat()) != _OWNER(stage.stat()):
            return False
        for name, content in contents.items():
            _fill(stage / name, content, place / name)
        if there:
            shutil.copystat(place, stage)
        for folder, _, _ in os.walk(stage):
            sync(Path(folder))
        last()
        try:
            os.rename(stage, place)
        except OSError:  # it has come to be there meanwhile, or, on Windows, an empty one is
            if not place.is_dir():
                raise
            return False
        sync(place.parent)
    return True


def _merged(
    place: Path, contents: Mapping[str, bytes | str], targets: Mapping[str, Path], last: Callable[[], object]
) -> None:
    """Move files one by one into a folder; those that links there stand for are written where they are."""
    with _stage(place / place.name) as stage:
        own = [name for name in contents if targets[name] == place / name]
        for name in own:
            _fill(stage / name, contents[name], targets[name])
        folders = {targets[name].parent for name in own}
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        last()
        for name in own:
            os.replace(stage / name, targets[name])
        for folder in folders:
            sync(folder)
    for name in contents.keys() - own:
        write_whole(targets[name], contents[name])


def _fill(path: Path, content: bytes | str, target: Path) -> None:
    """Write a new file and have it on the disk, with the mode of the one it will replace."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(OSError):
        path.chmod(S_IMODE(target.stat().st_mode))


def sync(folder: Path) -> None:
    """Have what a folder lists on the disk, as far as the system lets."""
    with suppress(OSError):  # Windows opens no folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _stage(target: Path) -> Iterator[Path]:
    """A folder beside `target` for what is being written, gone afterwards with folders that were made in vain."""
    new = [each for each in target.parents if not each.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part, held = _held(target)
        try:
            with held:
                (part / FILES).mkdir()
                yield part / FILES
        finally:
            with suppress(OSError):
                _remove(part)
    finally:
        for each in new:
            with suppress(OSError):  # it is needed
                each.rmdir()


def _held(target: Path) -> tuple[Path, IO[bytes]]:
    """A new `.part` folder and its lock; made anew where a run that clears came between making and locking it."""
    while True:
        part = Path(tempfile.mkdtemp(".part", f".{target.name[:40]}.", target.parent))
        try:
            file = (part / LOCK).open("xb")
        except OSError as error:
            with suppress(OSError):
                part.rmdir()
            if isinstance(error, FileNotFoundError):
                continue
            raise
        with suppress(OSError):  # a disk without locks: nobody clears there
            lock(file, wait=True)
        if os.fstat(file.fileno()).st_nlink:
            return part, file
        file.close()


def _clear(folder: Path) -> None:
    """Remove what dead runs left in a folder; what a living one holds stays."""
    with suppress(OSError):
        for part in [each for each in folder.iterdir() if _PART.fullmatch(each.name) and not each.is_symlink()]:
            with suppress(OSError):
                _remove_dead(part)


def _remove_dead(part: Path) -> None:
    """Remove the `.part` folder of a dead run; OSError where it lives."""
    if not any(part.iterdir()):  # killed before it had its lock
        part.rmdir()
    elif sys.platform == "win32":
        (part / LOCK).unlink()
        _remove(part)
    else:
        with (part / LOCK).open("r+b") as held:
            lock(held)
            _remove(part)


def _remove(part: Path) -> None:
    """Remove a `.part` folder, its lock last: without it nobody else would."""
    if (part / FILES).exists():
        shutil.rmtree(part / FILES)
    (part / LOCK).unlink(missing_ok=True)
    part.rmdir()
