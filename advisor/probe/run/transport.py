"""The gate between LiteLLM and the network: LiteLLM builds the request, the stopwatch sends it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

from advisor.probe.run.stopwatch import Exchange, Request, Stopwatch

PROBE_HEADER = "x-probe-id"
_OURS = {"host", "content-length", "accept-encoding", "connection", "transfer-encoding"}


class RecordingTransport(httpx.AsyncBaseTransport):
    """Sends one request by the stopwatch and hands LiteLLM the recorded reply once it is complete.

    A second request through the same transport is refused: one attempt is one call.
    """

    def __init__(self, stopwatch: Stopwatch, probe_id: str, timeout_s: float) -> None:
        self._stopwatch = stopwatch
        self._probe_id = probe_id
        self._timeout_s = timeout_s
        self.body = b""
        """The request as it went out."""
        self.exchange: Exchange | None = None
        """What came back, None before it ended."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the finished bytes, wait for the end, give the recording back."""
        if self.body:
            raise httpx.ConnectError("a second call was attempted and refused", request=request)
        self.body = await request.aread()
        self.exchange = await self._stopwatch.send(
            Request(request.method, str(request.url), self._headers(request), self.body, self._timeout_s)
        )
        return _response(self.exchange, request)

    def _headers(self, request: httpx.Request) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in request.headers.multi_items() if name.lower() not in _OURS]
        # Compressed bytes arrive in other portions than the provider's tokens.
        return [*kept, ("accept-encoding", "identity"), (PROBE_HEADER, self._probe_id)]


def _response(exchange: Exchange, request: httpx.Request) -> httpx.Response:
    if exchange.error == "timeout":
        raise httpx.ReadTimeout(exchange.detail, request=request)
    if exchange.error is not None or exchange.status is None:
        raise httpx.ReadError(exchange.detail, request=request)
    headers = {
        name: value
        for name, value in (exchange.headers or {}).items()
        if name not in ("transfer-encoding", "content-length", "connection")
    }
    return httpx.Response(exchange.status, headers=headers, stream=_Recorded(exchange), request=request)


class _Recorded(httpx.AsyncByteStream):
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _, data in self._exchange.chunks:
            yield data
