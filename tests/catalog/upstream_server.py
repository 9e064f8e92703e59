"""A small HTTP server on loopback that answers with what a test tells it to, well or badly."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answers:
    """What the next request gets, and what was asked."""

    address: str = ""
    body: bytes = b"{}"
    status: int = 200
    announced: int | None = None
    """Content length to announce, when it is not the true one."""
    keys: list[str | None] = field(default_factory=list[str | None])


@contextmanager
def upstream_server() -> Generator[Answers]:
    """Serve until the block ends."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.keys.append(self.headers.get("x-api-key"))
            self.send_response(answers.status)
            length = len(answers.body) if answers.announced is None else answers.announced
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(answers.body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    answers.address = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
