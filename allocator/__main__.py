"""The command line as a process of its own: `allocator`, `python -m allocator`."""

import atexit
import gc
import os
import sys

# `signal` would load for a while in which Ctrl-C is a traceback.
from _signal import SIG_IGN, SIGINT, default_int_handler, getsignal, signal  # type: ignore[import-not-found]


class Stopped(KeyboardInterrupt):
    """Ctrl-C. Where a plain KeyboardInterrupt has passed through `exec`, Python later ends itself by the signal."""


def main() -> None:
    """Run the command that was called. Ctrl-C ends it in words, whenever it comes.

    While modules load it is only noted: there an exception would be lost in callbacks, or leave half a module.
    """
    gc.set_threshold(200_000, 20, 20)  # next to nothing here goes round in circles: looking for it took a tenth
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look through all that is installed
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more of them wait busily for work that hardly comes
    early: list[object] = []
    heeded = getsignal(SIGINT) is default_int_handler  # a shell's background jobs ignore it
    listen = signal if heeded else lambda *_: None
    listen(SIGINT, lambda *each: early.append(each))
    atexit.register(listen, SIGINT, SIG_IGN)  # the last thing done: from then on the command has ended
    _read_as_utf8()
    from allocator.cli.group import leave
    from allocator.cli.group import run_command as run

    try:
        try:
            listen(SIGINT, _stop)
            if early:
                _stop()
            run()
        finally:
            listen(SIGINT, leave)
            os.dup2(2, 1)  # for what libraries kept in their buffers until the end
    except KeyboardInterrupt:
        leave()


def _stop(*_: object) -> None:
    raise Stopped


def _read_as_utf8() -> None:
    """Start again in UTF-8 where the locale's encoding could not read an argument."""
    read = all(each.isascii() or each.isprintable() for each in sys.argv)
    if not read and os.name != "nt" and sys.getfilesystemencoding() != "utf-8" and os.environ.get("PYTHONUTF8") != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONUTF8": "1"})


if __name__ == "__main__":
    main()
