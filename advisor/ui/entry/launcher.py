"""What the server starts. This folder goes first on the import path, so nothing else may live here."""

from __future__ import annotations

import os

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from advisor.host.settings import settings, streamlit_secrets
from advisor.ui import app as surroundings
from advisor.ui.headers import SecurityHeaders
from advisor.ui.service import service_routes

# A plain assignment: Streamlit finds `app = st.App(...)` by reading this file.
app = st.App(
    surroundings.SCRIPT,
    lifespan=surroundings.lifespan,
    routes=[*service_routes(), Mount("/api", app=surroundings.no_such_route)],
    secrets=streamlit_secrets(settings(), os.environ),
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=surroundings.show_known_error,
)
