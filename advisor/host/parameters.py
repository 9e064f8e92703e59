"""Asks LiteLLM, in a process of its own, what it makes of sampling parameters: the app never imports it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter, ValidationError

from advisor.errors import StoreError

LIMIT_S = 60.0
"""Longest wait for the answer; the import alone takes 2 to 10 s."""
_ANSWER = TypeAdapter(dict[str, dict[str, str]])


def parameter_fates(models: Sequence[str]) -> dict[str, dict[str, str]]:
    """LiteLLM id -> parameter -> `sent`, `sent as NAME`, `dropped` or `unknown`.

    Raises:
        StoreError: The process could not be run.
    """
    if not models:
        return {}
    command = [sys.executable, "-m", "advisor.probe.run.parameters", *models]
    # Only what it takes to start Python: no key goes where none is needed.
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, capture_output=True, text=True, check=True, timeout=LIMIT_S, env=environment
        )
        return _ANSWER.validate_python(json.loads(done.stdout.strip().splitlines()[-1]))
    except (OSError, subprocess.SubprocessError, ValueError, IndexError, ValidationError) as error:
        what = "LiteLLM could not be asked about parameters."
        raise StoreError(what, "Try again; a busy machine may need longer.") from error
