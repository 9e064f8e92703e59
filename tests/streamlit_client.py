"""A browser's half of Streamlit's protocol without a browser: real websocket, real messages."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

Value = str | bool | float


class Session:
    """One visitor's open page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def rerun(
        self, page: str = "", widgets: Mapping[str, Value] | None = None, *, query: str = ""
    ) -> list[Any]:
        """Ask for one run of the script and return every message up to its end.

        Args:
            page: Address of the page; empty for the first.
            widgets: Values by widget id, as if just entered.
            query: Query of the address, without question mark.
        """
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        states = [widget_state(name, value) for name, value in (widgets or {}).items()]
        message.rerun_script.widget_states.widgets.extend(states)
        self._socket.send(message.SerializeToString())
        return list(self._until_finished())

    def _until_finished(self) -> Iterator[Any]:
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=60, decode=False))
            yield message
            if message.WhichOneof("type") == "script_finished":
                return


@contextmanager
def session(url: str) -> Generator[Session]:
    """Open a page of the app served at `url`."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, proxy=None) as socket:
        yield Session(socket)


def page_paths(url: str) -> list[str]:
    """Return every page's address in the order of the navigation; the first page's is empty."""
    with session(url) as visitor:
        messages = visitor.rerun()
    (navigation,) = [message.navigation for message in messages if message.WhichOneof("type") == "navigation"]
    return ["" if page.is_default else page.url_pathname for page in navigation.app_pages]


def changeable(messages: Iterable[Any]) -> Iterator[tuple[str, tuple[Value, Value]]]:
    """Yield widgets a visitor could change, each with two values to change between."""
    for message in messages:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in {"radio", "selectbox"}:
            choice = getattr(element, kind)
            if len(choice.options) > 1 and not choice.disabled:
                yield choice.id, (choice.options[0], choice.options[1])
        elif kind == "checkbox" and not element.checkbox.disabled:
            yield element.checkbox.id, (True, False)


def widget_state(name: str, value: Value) -> WidgetState:
    """A widget's value as the browser sends it."""
    if isinstance(value, bool):
        return WidgetState(id=name, bool_value=value)
    return (
        WidgetState(id=name, string_value=value)
        if isinstance(value, str)
        else WidgetState(id=name, double_value=value)
    )
