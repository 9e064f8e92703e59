"""A practice server for tests, and its request log: the truth everything is held against."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.probe.practice import PracticeModel

FAST = PracticeModel(
    name="fast",
    label="fast (simulated)",
    ttft_s=0.05,
    gap_s=0.002,
    answer_tokens=8,
    input_usd_per_mtok=1,
    output_usd_per_mtok=2,
)
SLOW = FAST.model_copy(update={"name": "slow", "ttft_s": 0.5})


@dataclass(frozen=True)
class Served:
    """A running practice server."""

    port: int

    def log(self) -> list[dict[str, Any]]:
        """Every request it has received, with the moments of what it sent."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/practice/log") as answer:
            return json.load(answer)

    def asked(self, model: str) -> list[dict[str, Any]]:
        """Requests to one model name."""
        return [entry for entry in self.log() if entry["model"] == model]


@contextmanager
def practice_server(
    folder: Path, models: Sequence[PracticeModel] = (FAST, SLOW), options: Sequence[str] = ()
) -> Generator[Served]:
    """Serve `models` on a free port until the end of the block."""
    listing = folder / "models.json"
    listing.write_text(json.dumps([model.model_dump(mode="json") for model in models]))
    command = [sys.executable, "-m", "advisor.probe.run.practice", "--models", str(listing), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Served(json.loads(process.stdout.readline())["port"])
        process.stdin.close()
        process.wait(10)
