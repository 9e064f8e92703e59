"""What the server starts. This folder goes first on the import path, so nothing else may live here."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from advisor.ui import app as surroundings
from advisor.ui.headers import SecurityHeaders

# A plain assignment: Streamlit finds `app = st.App(...)` by reading this file.
app = st.App(
    surroundings.SCRIPT,
    lifespan=surroundings.lifespan,
    routes=[Mount("/api", app=surroundings.no_such_route)],
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=surroundings.show_known_error,
)
