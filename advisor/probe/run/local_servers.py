"""Model servers of this very machine, on the ports they usually have."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

LOOPBACK = "127.0.0.1"
USUAL_PORTS = {"Ollama": 11434, "vLLM": 8000, "llama.cpp": 8080, "LM Studio": 1234}
LONGEST_S = 0.4
MOST_MODELS = 50
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server that answered as an OpenAI-compatible one does."""

    kind: str
    """Whose port it is; what listens there may be something else that speaks the same protocol."""
    base_url: str
    models: tuple[str, ...]


def find_local_servers(ports: dict[str, int] = USUAL_PORTS) -> tuple[LocalServer, ...]:
    """Servers on loopback that list models; takes half a second at most and never raises."""
    with ThreadPoolExecutor(len(ports) or 1) as pool:
        found = pool.map(_asked, ports, ports.values())
        return tuple(server for server in found if server is not None)


def _asked(kind: str, port: int) -> LocalServer | None:
    try:
        with closing(HTTPConnection(LOOPBACK, port, timeout=LONGEST_S)) as connection:
            connection.request("GET", "/v1/models")
            answer = connection.getresponse()
            listing: Any = json.loads(answer.read(MOST_BYTES)) if answer.status == 200 else {}
        names = [str(each["id"]) for each in listing["data"]][:MOST_MODELS]
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    return LocalServer(kind, f"http://{LOOPBACK}:{port}/v1", tuple(names)) if names else None
