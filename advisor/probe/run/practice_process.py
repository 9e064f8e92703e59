"""Starts the practice server when a run needs it, and ends it with us."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from typing import Self

import aiohttp

from advisor.case import ProbePrompt
from advisor.probe.run.practice import LOOPBACK


class PracticeProcess:
    """The practice server as a child process.

    Args:
        options: Further command line options of the server.
    """

    def __init__(self, options: Sequence[str] = ()) -> None:
        self._options = options
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._port = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 2.0)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def start(self, prompts: Sequence[ProbePrompt] = ()) -> str:
        """Have it running and teach it the prompts' expected answers; returns its base URL."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                await self._spawn()
        base = f"http://{LOOPBACK}:{self._port}"
        entries = [prompt.model_dump(mode="json") for prompt in prompts]
        async with aiohttp.ClientSession() as session, session.post(f"{base}/practice/prompts", json=entries):
            return f"{base}/v1"

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "advisor.probe.run.practice",
            *self._options,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._port = json.loads(await self._process.stdout.readline())["port"]
