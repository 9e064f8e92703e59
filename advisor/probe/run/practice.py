"""The practice server: an OpenAI-compatible endpoint on loopback that knows the truth about itself.

It logs the monotonic time of everything it receives and sends, so that our figures can be held
against what really happened. Started on demand as a process of its own:

    python -m advisor.probe.run.practice [--port N] [--models FILE] [--log FILE] [--seed N]

It prints one line of JSON, `{"port": N}`, and ends when its standard input is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import socket
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TextIO

from aiohttp import web

from advisor.case import ProbePrompt
from advisor.probe.practice import (
    CALIBRATION_MODELS,
    PRACTICE_MODELS,
    PracticeModel,
    simulated_embedding,
)
from advisor.probe.run.script import Ask, Script, perform
from advisor.probe.run.stamped_socket import open_socket, stamped_socket
from advisor.probe.run.whole_reply import in_one_piece

LOOPBACK = "127.0.0.1"
MAX_REQUEST_BYTES = 64_000_000


class PracticeServer:
    """The simulated models behind one port.

    Args:
        models: By name.
        seed: Of the answers drawn.
        log: File each log line is also appended to, at once.
    """

    def __init__(
        self, models: Mapping[str, PracticeModel] = PRACTICE_MODELS, seed: int = 0, log: TextIO | None = None
    ) -> None:
        self._models = models
        self._random = Random(seed)  # noqa: S311  simulated answers, no secret
        self._prompts: dict[str, ProbePrompt] = {}
        self._asked: Counter[str] = Counter()
        self._log: list[dict[str, Any]] = []
        self._file = log

    def application(self) -> web.Application:
        """The web application with its five addresses."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/embeddings", self._embed)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/practice/prompts", self._learn)
        app.router.add_get("/practice/log", self._tell)
        return app

    async def _embed(self, request: web.Request) -> web.Response:
        """Simulated embeddings: words thrown into a few numbers, so that texts of like words are near."""
        body = await request.json()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [
            {"object": "embedding", "index": index, "embedding": simulated_embedding(str(text))}
            for index, text in enumerate(texts)
        ]
        tokens = sum(len(str(text).split()) for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response({"object": "list", "model": body["model"], "data": data, "usage": usage})

    async def _list(self, _request: web.Request) -> web.Response:
        data = [{"id": name, "object": "model", "owned_by": "practice"} for name in self._models]
        return web.json_response({"object": "list", "data": data})

    async def _learn(self, request: web.Request) -> web.Response:
        """Learn prompts with their expected answers, so that a simulated model can be right or wrong."""
        prompts = [ProbePrompt.model_validate(entry) for entry in await request.json()]
        self._prompts |= {prompt.text: prompt for prompt in prompts}
        return web.json_response({"known": len(self._prompts)})

    async def _tell(self, request: web.Request) -> web.Response:
        """The log; `?probe=START` leaves only requests whose key begins so."""
        start = request.query.get("probe", "")
        return web.json_response(
            [entry for entry in self._log if (entry["probe_id"] or "").startswith(start)]
        )

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        received_ns = _arrived_ns(request)
        entry = self._entry(request, body, received_ns)
        name, _, fault = str(body["model"]).partition(":")
        self._asked[body["model"]] += 1
        model = self._models.get(name) or CALIBRATION_MODELS.get(name)
        if model is None:
            model, fault = next(iter(self._models.values())), "404"
        ask = self._ask(model, body)
        script = perform(ask, fault, self._asked[body["model"]], self._random)
        whole = None if body.get("stream") else in_one_piece(script)
        response = web.StreamResponse(
            status=script.status, headers={"Content-Type": "text/event-stream", **script.headers}
        )
        try:
            if whole is not None:
                await _until(received_ns, script.cues[-1].at_s)
                entry["complete"] = True
                return web.json_response(whole)
            with contextlib.suppress(ConnectionError):
                await _play(request, response, script, entry)
            return response
        finally:
            entry["ended_ns"] = time.monotonic_ns()
            entry["said"] = script.said
            self._write({"event": "ended", **entry})

    def _entry(self, request: web.Request, body: Mapping[str, Any], received_ns: int) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "probe_id": request.headers.get("x-probe-id"),
            "model": body["model"],
            "received_ns": received_ns,
            "tokens_ns": [],
            "complete": False,
        }
        self._log.append(entry)
        self._write({"event": "received", **entry})
        return entry

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()

    def _ask(self, model: PracticeModel, body: Mapping[str, Any]) -> Ask:
        texts = [_MARKER.sub("", _text(message.get("content"))) for message in body["messages"]]
        return Ask(
            model=model.trying(body.get("reasoning_effort"))
            .at(_number(body.get("temperature")))
            .cut(int(_number(body.get("top_k")) or 0) or None, _number(body.get("top_p")) or None),
            prompt=next((self._prompts[text] for text in texts if text in self._prompts), None),
            prompt_tokens=sum(len(text.split()) for text in texts) + 4,
            max_tokens=body.get("max_completion_tokens") or body.get("max_tokens") or 4096,
            wants_usage=not body.get("stream")
            or bool((body.get("stream_options") or {}).get("include_usage")),
            top_logprobs=int(body.get("top_logprobs") or 0) if body.get("logprobs") else 0,
            tools=tuple(str(tool["function"]["name"]) for tool in body.get("tools") or ()),
        )


_MARKER = re.compile(r"^\[call [0-9a-f]+\]\n\n")
"""What makes a prompt unique is no part of the question."""


def _number(value: object) -> float | None:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
        else None
    )


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    # Images and documents have no text; the practice models do not look at them.
    return " ".join(str(part["text"]) for part in parts if isinstance(part, dict) and "text" in part)


async def _play(
    request: web.Request, response: web.StreamResponse, script: Script, entry: dict[str, Any]
) -> None:
    start_ns = entry["received_ns"]
    await _until(start_ns, script.headers_at_s)
    await response.prepare(request)
    for cue in script.cues:
        await _until(start_ns, cue.at_s)
        if cue.token:
            entry["tokens_ns"].append(time.monotonic_ns())
        await response.write(cue.data)
    if not script.reset:
        await response.write_eof()
        entry["complete"] = True
    elif request.transport is not None:
        request.transport.abort()


def _arrived_ns(request: web.Request) -> int:
    """When the last bytes of a request arrived: the true start, whatever this process was doing then."""
    under = None if request.transport is None else request.transport.get_extra_info("socket")
    stamped = None if under is None else stamped_socket(under.fileno())
    found = None if stamped is None else stamped.arrived_ns
    return time.monotonic_ns() if found is None else found


async def _until(start_ns: int, at_s: float) -> None:
    left_s = at_s - (time.monotonic_ns() - start_ns) / 1e9
    if left_s > 0:
        await asyncio.sleep(left_s)


async def serve(server: PracticeServer, port: int, announce: TextIO) -> None:
    """Serve on loopback until standard input is closed."""
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listening = open_socket((socket.AF_INET, socket.SOCK_STREAM, 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    await web.SockSite(runner, listening, backlog=1024).start()
    print(json.dumps({"port": runner.addresses[0][1]}), file=announce, flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await _input_closed()
    await runner.cleanup()


async def _input_closed() -> None:
    # A parent that dies, however it dies, closes our input: no server is left behind.
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the server as a process."""
    parser = argparse.ArgumentParser(prog="advisor.probe.run.practice", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    models = PRACTICE_MODELS if chosen.models is None else _read_models(chosen.models)
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(chosen.log.open("a")) if chosen.log else None
        asyncio.run(serve(PracticeServer(models, chosen.seed, log), chosen.port, sys.stdout))


def _read_models(path: Path) -> dict[str, PracticeModel]:
    models = [PracticeModel.model_validate(entry) for entry in json.loads(path.read_text())]
    return {model.name: model for model in models}


if __name__ == "__main__":
    main()
