"""Start the real app server on a free loopback port, for tests, pictures and benchmarks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
FROM_CHECKOUT = (sys.executable, "-c", "from advisor.ui.server import serve; serve(port=0)")
# Our line, or Streamlit's own where a benchmark starts a bare app.
_READY = re.compile(r"(?:Advisor is ready|URL): (http://127\.0\.0\.1:\d+)/?$", re.MULTILINE)
_START_LIMIT_S = 90.0
_STOP_LIMIT_S = 20.0


@dataclass(frozen=True)
class RunningApp:
    """One server process.

    Args:
        url: Its address, without a slash at the end.
        process: The process, ended by whoever started it.
        log: What it printed.
    """

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running_app(
    folder: Path,
    command: Sequence[str] = FROM_CHECKOUT,
    *,
    environment: Mapping[str, str] | None = None,
    python_path: str = str(ROOT),
) -> Generator[RunningApp]:
    """Serve until the block ends, from a working folder that is not the checkout.

    Args:
        folder: Empty folder for the server's home, data and log.
        command: What to start; it must take port 0.
        environment: Variables to set or replace.
        python_path: `PYTHONPATH` of the process; empty for an installed package.

    Raises:
        AssertionError: The server did not answer in time; carries its log.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    environ = clean_environment(folder) | {"PYTHONPATH": python_path} | dict(environment or {})
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        yield RunningApp(_wait_until_healthy(process, log), process, log)
    finally:
        _end(process)


def clean_environment(folder: Path) -> dict[str, str]:
    """Return this process's variables without a developer's own settings and keys."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STREAMLIT_", "ADVISOR_", "XDG_"))
        and not name.endswith(("_API_KEY", "_TOKEN"))
    }
    return kept | {
        "HOME": str(folder),
        "ADVISOR_DATA_DIR": str(folder / "data"),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


def _wait_until_healthy(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        ready = _READY.search(log.read_text("utf-8", "replace"))
        if ready and _answers(f"{ready[1]}/_stcore/health"):
            return ready[1]
        time.sleep(0.02)
    raise AssertionError(f"The server did not start.\n{log.read_text('utf-8', 'replace')}")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (URLError, TimeoutError, ConnectionError):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
