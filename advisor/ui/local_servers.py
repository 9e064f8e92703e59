"""Model servers of this machine, offered where one chooses whom to ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import streamlit as st

from advisor.probe.run.local_servers import USUAL_PORTS, LocalServer, find_local_servers
from advisor.ui import state
from advisor.ui.identity import on_loopback
from advisor.ui.inert import inert

_FOUND = "probe:local-servers"


def local_servers(add: Callable[[Mapping[str, object]], None]) -> None:
    """A button that looks, and a choice of what was found; nothing for visitors of a hosted installation.

    Args:
        add: Takes the fields of an endpoint of the user's own.
    """
    if not on_loopback():
        return
    st.button(
        "Look for model servers on this machine",
        icon=":material/search:",
        on_click=lambda: state.remember(_FOUND, find_local_servers()),
        help=f"Asks {', '.join(f'{kind} ({port})' for kind, port in USUAL_PORTS.items())} on this machine "
        "for their models; takes half a second at most.",
    )
    found: tuple[LocalServer, ...] | None = state.remembered(_FOUND, None)
    if found is None:
        return
    if not found:
        st.caption("No server answered on the usual ports; add its address below.")
        return
    choices = {f"{one.kind}: {model}": (one, model) for one in found for model in one.models}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Found on this machine", list(choices), key="local-server-model", width=360)
        if st.button("Ask it too") and chosen in choices:
            add(_endpoint(*choices[chosen]))
    st.caption(
        inert("Its tokens are counted as free: what the machine costs is worked out under Self-hosting.")
    )


def _endpoint(server: LocalServer, model: str) -> dict[str, object]:
    name = re.sub(r"[^A-Za-z0-9 ._-]+", "-", f"{server.kind} {model}")[:60]
    return {
        "name": name,
        "base_url": server.base_url,
        "model": model,
        "input_usd_per_mtok": 0.0,
        "output_usd_per_mtok": 0.0,
    }
