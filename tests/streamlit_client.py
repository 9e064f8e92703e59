"""A browser's half of Streamlit's protocol without a browser: real websocket, real messages."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


class Session:
    """One visitor's open page."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def rerun(self, page: str = "", **checkboxes: bool) -> list[Any]:
        """Ask for one run of the script and return every message up to its end.

        Args:
            page: URL path of the page; empty for the first.
            checkboxes: Widget id to state, as if just clicked.
        """
        message = BackMsg()
        message.rerun_script.page_name = page
        for widget, ticked in checkboxes.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.bool_value = widget, ticked
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
