"""Routes for machines that watch: alive, ready, figures. They tell nothing about any case or person."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from advisor.errors import AdvisorError
from advisor.host.health import metrics_text, store_answers
from advisor.ui import loaded


def service_routes() -> list[Route]:
    """The routes, all under /api/."""
    return [
        Route("/api/health", health),
        Route("/api/ready", ready),
        Route("/api/metrics", metrics),
    ]


async def health(_request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"alive": True})


async def ready(_request: Request) -> Response:
    """Whether visitors can be served: 503 while the database is away."""
    fine = await asyncio.to_thread(_ready)
    return JSONResponse({"ready": fine}, status_code=200 if fine else 503)


async def metrics(_request: Request) -> Response:
    """Figures for Prometheus; the proxy keeps visitors out."""
    try:
        text = await asyncio.to_thread(lambda: metrics_text(loaded.store()))
    except Exception:
        return PlainTextResponse("# the store does not answer\n", status_code=503)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4")


def _ready() -> bool:
    try:
        return store_answers(loaded.store())
    except AdvisorError:
        return False
