"""What pages show, loaded or computed once: the catalog for the process, a decision for each case.

Only the face caches. Everything kept here is frozen, so sessions may share it.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import streamlit as st

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.decide.decision import Decision
from advisor.decide.field import Inputs, inputs_for
from advisor.decide.paths import PathToWin, path_to_win
from advisor.decide.standing import Standing, standing
from advisor.host.cache import BytesCache
from advisor.host.hardware import load_hardware
from advisor.host.ledger import prepare
from advisor.host.paths import catalog_folder, catalog_overlays, data_folder
from advisor.host.store import Engine, open_store, place

DECISIONS_KEPT = 100
"""One for each of 100 visitors: about 0.6 MB each."""
STANDINGS_KEPT = 1_000
"""Several for each of 100 visitors, back and forth between answers: a few kilobytes each."""

_turns = threading.BoundedSemaphore(2)
"""Decisions made at once: each has large tables of trials, and they share one interpreter."""


def today() -> date:
    """The day prices and ages are taken on."""
    return datetime.now(UTC).date()


@st.cache_resource(show_spinner="Reading the catalog …")
def catalog() -> Catalog:
    """The shipped catalog under this installation's overlays, read once for the process."""
    return load_catalog(catalog_folder(), catalog_overlays(), cache=BytesCache(data_folder() / "cache"))


@st.cache_resource(show_spinner=False)
def store() -> Engine:
    """The store of this installation, with the ledger's tables."""
    engine = open_store(place(data_folder()))
    prepare(engine)
    return engine


def decision_of(case: Case) -> Decision:
    """The decision of a case today; the same case is decided once."""
    return _decided(case.model_dump_json(), catalog().digest, today(), case)


def standing_of(case: Case) -> Standing:
    """Who is left, who leads and what it costs: fast enough to follow every answer."""
    return _standing(case.model_dump_json(), catalog().digest, today(), case)


def path_of(case: Case, decision: Decision, offer: str) -> PathToWin:
    """What would have to be true for an offer to win in a case."""
    return _path(case.model_dump_json(), decision.catalog_digest, decision.day, offer, case, decision)


def inputs_of(case: Case, decision: Decision) -> Inputs:
    """What a decision was made from, for questions about single offers."""
    return inputs_for(case, catalog(), decision.day, decision.plan, load_hardware())


@st.cache_resource(show_spinner=False, max_entries=DECISIONS_KEPT)
def _decided(body: str, digest: str, day: date, _case: Case) -> Decision:
    del body, digest  # they make the cache's key
    with _turns:
        return decide(_case, catalog(), day, hardware=load_hardware())


@st.cache_resource(show_spinner=False, max_entries=STANDINGS_KEPT)
def _standing(body: str, digest: str, day: date, _case: Case) -> Standing:
    del body, digest  # they make the cache's key
    return standing(_case, catalog(), day, hardware=load_hardware())


@st.cache_resource(show_spinner=False, max_entries=DECISIONS_KEPT)
def _path(body: str, digest: str, day: date, offer: str, _case: Case, _decision: Decision) -> PathToWin:
    del body, digest, day  # they make the cache's key
    return path_to_win(inputs_of(_case, _decision), _decision, offer)
