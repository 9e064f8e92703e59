"""The one place of this package that opens a network connection: one JSON document over HTTP."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping

from advisor.errors import AdvisorError

MAX_BYTES = 64 * 1024 * 1024


class FetchFailed(AdvisorError):
    """The document did not arrive whole; the text says why, without headers or keys."""


def fetch_json(url: str, headers: Mapping[str, str] | None = None, timeout_s: float = 20.0) -> object:
    """The JSON document at `url`.

    Args:
        url: An http or https address.
        headers: Extra request headers, such as a key; they appear in no message.
        timeout_s: Seconds to wait for the connection and for each read.

    Raises:
        FetchFailed: Not reachable, refused, too large, truncated, or not JSON.
    """
    if not url.startswith(("http://", "https://")):
        raise FetchFailed("the address is not http or https.")
    request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 - scheme checked above
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as reply:  # noqa: S310 - scheme checked above
            body: bytes = reply.read(MAX_BYTES + 1)
            announced = reply.headers.get("Content-Length", "")
    except urllib.error.HTTPError as error:
        raise FetchFailed(f"it answered with status {error.code}.") from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(f"it could not be reached ({type(error).__name__}).") from error
    if len(body) > MAX_BYTES:
        raise FetchFailed(f"the reply is larger than {MAX_BYTES // 2**20} MB.")
    if announced.isdigit() and len(body) < int(announced):
        raise FetchFailed("the reply was cut off.")
    try:
        return json.loads(body)
    except ValueError as error:
        raise FetchFailed("the reply is truncated or not JSON.") from error
