"""Security headers on every answer of the app server; Streamlit sends none."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from advisor.ui.page_top import SCRIPT

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """Plain ASGI middleware: the framework's convenience class would buffer and break streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the headers where an HTTP answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(security_headers())
            await send(message)

        await self._app(scope, receive, send_with_headers)


@cache
def security_headers() -> dict[str, str]:
    """Return the headers, by lower-case name."""
    return {
        "content-security-policy": "; ".join(_policy()),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Links to drafts and shares are secrets: they never leave in a Referer.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }


def _policy() -> list[str]:
    """Return the content security policy's directives: own origin only, no eval, never framed."""
    return [
        "default-src 'self'",
        " ".join(["script-src 'self'", *_inline_script_hashes()]),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]


def _inline_script_hashes() -> list[str]:
    """Return the CSP hashes of the scripts written into Streamlit's own start page, and of our own one."""
    page = Path(st.__file__).with_name("static") / "index.html"
    digests = (
        hashlib.sha256(text.encode()).digest()
        for text in (*_INLINE_SCRIPT.findall(page.read_text("utf-8")), SCRIPT)
    )
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
