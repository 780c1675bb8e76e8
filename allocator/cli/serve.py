"""`allocator serve`: the planner's page, on this machine."""

from __future__ import annotations

import ctypes
import secrets
import socket
import sys
import threading
import webbrowser
from pathlib import Path

import click

from allocator.cli.call import Call, command, option, scenario_options
from allocator.data.answers import IN_FORCE
from allocator.questions import Case

LOCAL = ("127.0.0.1", "localhost", "::1")
EVERY = ("", "0.0.0.0", "::")
"""Addresses that stand for all of this machine's: its own name is what others can open."""


@command("serve", table=False)
@scenario_options
@option("--port", "cli.serve.port", type=click.IntRange(0, 65_535), default=8017, show_default=True)
@option("--host", "cli.serve.host", type=str, default="127.0.0.1", show_default=True)
@option("--folder", "cli.serve.folder", default="allocator-data", show_default=True)
@option("--no-browser", "cli.serve.no_browser", type=None, is_flag=True)
def serve(call: Call, about: Case, port: int, host: str, folder: Path, no_browser: bool) -> None:
    """Start the server, open the page, and run until interrupted."""
    from allocator.errors import InputError, MissingExtraError, fault

    try:
        import uvicorn

        from allocator.web.app import application
        from allocator.web.guard import Patient
        from allocator.web.store import Store
    except ImportError:
        raise MissingExtraError(fault("extra.missing", extra="web")) from None
    context = click.get_current_context()
    host, token = host.strip("[]"), secrets.token_urlsafe(16)
    language = next(filter(None, (each.params["lang"] for each in (context, context.find_root()))), None)
    known = socket.gethostname() if host in EVERY else f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        application(Store(folder, about.name, about.table, about.scenario), language, [*LOCAL, known], token),
        http=Patient,
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    try:
        bound = config.bind_socket()
        bound.listen(2_048)  # before the address is told, so that whoever reads it is answered
    except (OSError, SystemExit):
        raise InputError(fault("serve.port_taken", "--port", port=port)) from None
    link = f"lang={language}&token={token}" if language else f"token={token}"
    address = f"http://{known}:{bound.getsockname()[1]}/?{link}"
    call.show({"address": address}, call.words("serve.started", address=address, folder=folder.absolute()))
    IN_FORCE.set(None)  # what the page is sent has its own answers
    if not no_browser:
        threading.Timer(0.7, webbrowser.open, [address]).start()
    if sys.platform == "linux":
        # Have glibc return blocks over 1 MB once they are freed: it would keep some of the largest size in each thread.
        threshold = -3  # M_MMAP_THRESHOLD
        getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)(threshold, 1_000_000)
    uvicorn.Server(config).run([bound])
