"""The pages: one row each, in the order of the journey, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from advisor import wording
from advisor.catalog.gates import newest_price_day
from advisor.host.access import Person, Role
from advisor.host.paths import catalog_overlays, pages_folder
from advisor.ui import identity, loaded, state
from advisor.ui.contrast import correct_contrast
from advisor.ui.inert import inert
from advisor.ui.page_top import open_at_top
from advisor.ui.terms import words_of_page


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page.

    Args:
        file: Name in pages/ without `.py`.
        title: Name in the navigation and in the browser's title.
        path: Address, without slash.
        section: Heading it stands under.
        layout: Text pages are centred, pages of tables and charts wide.
    """

    file: str
    title: str
    path: str
    section: str
    layout: Literal["centered", "wide"] = "centered"


JOURNEY, OUTCOME, WORK_OUT, LOOK_UP = "Your decision", "Result", "Work it out", "Look up"

PAGES = (
    PageRow("home", "Home", "home", ""),
    PageRow("brief", "Brief", "brief", JOURNEY),
    PageRow("decision_1_access", "1 Access", "access", JOURNEY),
    PageRow("decision_2_reasoning", "2 Reasoning", "reasoning", JOURNEY),
    PageRow("decision_3_attributes", "3 Attributes", "attributes", JOURNEY),
    PageRow("decision_4_knowledge", "4 Knowledge", "knowledge", JOURNEY),
    PageRow("decision_5_tuning", "5 Tuning", "tuning", JOURNEY),
    PageRow("decision_6_autonomy", "6 Autonomy", "autonomy", JOURNEY),
    PageRow("check", "Check answers", "check", JOURNEY),
    PageRow("result", "Result", "result", OUTCOME, "wide"),
    PageRow("probe", "Probe", "probe", OUTCOME, "wide"),
    PageRow("record", "Record", "record", OUTCOME),
    PageRow("costs", "Cost explorer", "costs", WORK_OUT, "wide"),
    PageRow("self_hosting", "Self-hosting", "self-hosting", WORK_OUT, "wide"),
    PageRow("tuning_data", "Tuning and data", "tuning-data", WORK_OUT, "wide"),
    PageRow("agents", "Agents", "agents", WORK_OUT, "wide"),
    PageRow("sampling", "Sampling lab", "sampling", WORK_OUT, "wide"),
    PageRow("catalog_browser", "Catalog", "catalog", LOOK_UP, "wide"),
    PageRow("model", "Model", "model", LOOK_UP, "wide"),
    PageRow("glossary", "Glossary", "glossary", LOOK_UP),
    PageRow("guide", "Guide", "guide", LOOK_UP),
    PageRow("library", "Library", "library", LOOK_UP, "wide"),
    PageRow("shared", "Shared decision", "shared", LOOK_UP, "wide"),
    PageRow("admin", "Administration", "admin", LOOK_UP, "wide"),
)
REACHED_BY_LINK = frozenset({"model", "shared"})
"""Pages that need more than a click in the sidebar."""
_BY_PATH = {row.path: row for row in PAGES}
_ORDER = tuple(row.path for row in PAGES if row.section not in (WORK_OUT, LOOK_UP))


def run() -> None:
    """Find the visitor's work, draw the navigation, run the chosen page."""
    pages = {row.path: _page(row) for row in PAGES}
    chosen = st.navigation(list(pages.values()), position="hidden")
    row = next((row for row in PAGES if row.title == chosen.title), PAGES[0])
    st.set_page_config(page_title=f"{row.title} · Advisor", layout=row.layout)
    correct_contrast()
    open_at_top(row.path)
    identity.note_sign_in()
    if not identity.allowed(row.path):
        identity.refuse(row.path)
        return
    if identity.who().role is Role.ANONYMOUS:
        # A reader without sign-in sees what was shared, and neither drafts nor the ways to them.
        state.begin_without_draft()
        chosen.run()
        _footer()
        return
    state.begin()
    _sidebar()
    for words in state.take_notices():
        st.warning(words, icon=":material/info:")
    if state.opens_nothing() and row.section in (JOURNEY, OUTCOME):
        _opens_nothing()
    else:
        chosen.run()
        words_of_page(row.path)
    _footer()


def link(path: str, label: str, *, icon: str | None = None, **parameters: str) -> None:
    """A link to a page that keeps the draft in the address."""
    query = {**state.address(), **parameters}
    st.page_link(file_of(path), label=label, icon=icon, query_params=query)


def go(path: str, **parameters: str) -> None:
    """Switch to a page; the draft stays in the address."""
    st.switch_page(file_of(path), query_params={**state.address(), **parameters})


def file_of(path: str) -> str:
    """Absolute path of a page's script."""
    return str(pages_folder() / f"{_BY_PATH[path].file}.py")


def back_and_continue(path: str, *, label: str = "Continue") -> None:
    """The way on and the way back at the end of a page of the journey."""
    place = _ORDER.index(path)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if place + 1 < len(_ORDER) and st.button(label, type="primary", key=f"continue-{path}"):
            go(_ORDER[place + 1])
        if place:
            link(_ORDER[place - 1], "Back", icon=":material/arrow_back:")
        st.space("stretch")
        if state.can_undo():
            st.button(
                "Undo last change", type="tertiary", icon=":material/undo:", key="undo", on_click=state.undo
            )


def _opens_nothing() -> None:
    """In place of a page of a draft that cannot be opened: that it is so, and the ways on."""
    st.title("This link opens nothing", anchor=False)
    st.markdown(
        "The id of the draft in this address is not known here, or not open to you. It may have been cut off "
        "when it was copied, or belong to another installation. Nothing of yours was changed."
    )
    st.page_link(file_of("home"), label="Start from an example, a preset or a file", icon=":material/home:")
    st.page_link(file_of("library"), label="Look among the kept decisions", icon=":material/folder_open:")


def _page(row: PageRow) -> st.Page:
    script = pages_folder() / f"{row.file}.py"
    return st.Page(script, title=row.title, url_path=row.path, default=row is PAGES[0])


def _sidebar() -> None:
    me = identity.who()
    with st.sidebar:
        link("home", "Advisor", icon=":material/balance:")
        for section in (JOURNEY, OUTCOME, WORK_OUT, LOOK_UP):
            rows = [row for row in PAGES if row.section == section and _in_sidebar(row.path, me)]
            if not rows:
                continue
            st.caption(section)
            with st.container(gap="xxsmall"):
                for row in rows:
                    link(row.path, row.title)
        identity.badge()


def _footer() -> None:
    """Which facts every page rests on."""
    facts = loaded.catalog()
    laid = wording.joined([folder.name for folder in catalog_overlays()])
    over = f", corrected by overlay {laid}" if laid else ""
    st.divider()
    read = newest_price_day(facts)
    prices = f", newest price read on {wording.day(read)}" if read else ""
    st.caption(inert(f"Catalog version {facts.version}{over}{prices}; prices in force today are counted"))


def _in_sidebar(path: str, me: Person) -> bool:
    return path not in REACHED_BY_LINK and identity.allowed(path, me)
