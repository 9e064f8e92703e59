"""What surrounds the pages: start-up and end, memory, closed routes, known errors.

After every rerun Streamlit collects the whole heap, about 100 ms of processor time per click. The settings
file switches that off (`runner.postScriptGC`). What it would have freed, expired sessions, a thread collects
here from time to time; the heap of the start is frozen, so that such a sweep looks only at what came later.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import streamlit as st
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from streamlit import net_util

from advisor.errors import AdvisorError
from advisor.host.engine import start_worker, stop_worker
from advisor.host.hardware import load_hardware
from advisor.host.paths import data_folder
from advisor.host.shelf import glossary, presets, rulebook
from advisor.host.store import away, is_away
from advisor.ui.inert import inert

SCRIPT = Path(__file__).with_name("main.py")
"""The script that draws the navigation and the chosen page, run once for every interaction."""

TRIM_INTERVAL_S = 10.0
"""Seconds between two returns of freed memory to the system."""
TRIMS_A_SWEEP = 4
"""Every so many of them expired sessions are collected first."""
_WANTED_BY_EVERY_VISITOR = ("pandas", "plotly.graph_objects", "streamlit.elements.plotly_chart")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[None, None]:
    """Prepare the process before the first visitor, and end what was started after the last."""
    _keep_address_private()
    warm_up()
    start_background()
    sweeper = asyncio.create_task(_sweep_forever())
    # Log lines go to stderr; this one line is for the person who typed the command.
    print(f"Advisor is ready: {address()}", flush=True)  # noqa: T201
    try:
        yield
    finally:
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        stop_background()


def start_background() -> None:
    """Start the probe worker, so that runs go on and resume with no browser open."""
    if worker_wanted():
        start_worker(data_folder())


def worker_wanted() -> bool:
    """Whether this process brings its own worker; a hosted set runs workers of their own."""
    return os.environ.get("ADVISOR_WORKER") != "elsewhere"


def stop_background() -> None:
    """End the worker; calls in flight get a few seconds and are kept."""
    stop_worker(data_folder())


def _keep_address_private() -> None:
    """Keep Streamlit from asking an outside service for this machine's address.

    It would do so, and hold up everybody, whenever a page of another origin tries to connect. No origin has
    an empty host name, so the answer written into its memory here lets nobody in.
    """
    net_util._external_ip = ""  # pyright: ignore[reportPrivateUsage]  # there is no setting for it


def warm_up() -> None:
    """Import and read what every visitor needs, then take the heap so far out of the collector's sight."""
    for name in _WANTED_BY_EVERY_VISITOR:
        importlib.import_module(name)
    for read in (presets, rulebook, glossary, load_hardware):
        read()
    gc.collect()
    gc.freeze()


def sweep() -> None:
    """Free expired sessions (they sit in reference cycles) and give their memory back to the system."""
    gc.collect()
    trim()


def trim() -> None:
    """Give freed memory back to the system."""
    if sys.platform == "linux":
        # Absent in other C libraries than glibc; then the memory stays with the process.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


async def _sweep_forever() -> None:
    for turn in count(1):
        await asyncio.sleep(TRIM_INTERVAL_S)
        await asyncio.to_thread(trim if turn % TRIMS_A_SWEEP else sweep)


def address() -> str:
    """Return the address to open in a browser on this machine."""
    host = st.get_option("server.address") or "127.0.0.1"
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104 - compared, not bound
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{scheme}://{shown}:{st.get_option('server.port')}/{path}"


async def no_such_route(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 404 under /api/, where Streamlit would answer 200 with its start page."""
    await JSONResponse({"error": "No such route."}, status_code=404)(scope, receive, send)


def show_known_error(error: Exception) -> bool:
    """Show one of our own errors in its own words; leave every other to Streamlit, details hidden."""
    known = away(error) if is_away(error) else error
    if not isinstance(known, AdvisorError):
        return False
    st.error(inert(str(known)), icon=":material/error:")
    return True
