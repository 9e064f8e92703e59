"""Start the app server from Python: `advisor app`, `make run` and the tests all come through here."""

from __future__ import annotations

import ctypes
import ipaddress
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from advisor.host.logs import start_logging

LAUNCHER = Path(__file__).with_name("entry") / "launcher.py"
"""The file that holds the server's `app` object, with `.streamlit/config.toml` beside it."""

LARGE_BLOCK_BYTES = 131_072
"""The C library's own first threshold; setting it by hand keeps it there (mallopt(3))."""
ARENAS = 2
"""Heaps the threads of all visitors share: 448 MB fell to 369 MB at 100 visitors of the result page."""
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8


def serve(
    host: str | None = None, port: int | None = None, *, headless: bool = True, extra: Sequence[str] = ()
) -> None:
    """Serve the app until interrupted.

    The way leads through Streamlit's own command line because only there do its settings file, its
    `STREAMLIT_*` variables and its options all count, in this order of strength.

    Args:
        host: Address to listen on; by default the loopback address of the settings file.
        port: TCP port; 0 takes a free one; by default 8501 or the next free port.
        headless: Do not open a browser.
        extra: Further options of `streamlit run`, each its own string.

    Raises:
        SystemExit: The server ended; its code is the process's.
    """
    # Before the first thread: each that starts may take a heap of its own.
    spare_memory()
    # Matrices here are small: further threads only wait for each other, on the cores visitors need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from streamlit.web.cli import main

    start_logging("web", os.environ)
    arguments = command_line(host, port, headless=headless, extra=extra)
    sys.argv = ["streamlit", *arguments]
    main(args=arguments, prog_name="streamlit")


def command_line(
    host: str | None, port: int | None, *, headless: bool = True, extra: Sequence[str] = ()
) -> list[str]:
    """Return the arguments for Streamlit's command line; what is None is left to its settings."""
    flags = [f"--server.headless={str(headless).lower()}", "--server.showEmailPrompt=false"]
    flags += [f"--server.address={host}", *_allowed_hosts(host)] if host else []
    flags += [f"--server.port={port}"] if port is not None else []
    return ["run", str(LAUNCHER), *flags, *extra]


def _allowed_hosts(host: str) -> list[str]:
    """Return the option that lets in the names under which others reach an address that is not loopback."""
    if host == "localhost" or "STREAMLIT_SERVER_ALLOWED_HOSTS" in os.environ:
        return []
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    return [] if loopback else ["--server.allowedHosts=*"]


def spare_memory() -> None:
    """Give the threads few heaps, and have large blocks, such as a decision's trials, returned when freed.

    The C library learns from the first large blocks that are freed to keep later ones, and with a crowd they
    stay, in pieces: 369 MB fell to 317 MB at 60 visitors of the result page.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_MMAP_THRESHOLD, LARGE_BLOCK_BYTES)
            library.mallopt(_ARENA_MAX, ARENAS)
