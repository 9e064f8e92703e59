"""What one visitor is working on: the only door to Streamlit's session state and to the address bar.

One `Wizard` under one key holds the case. Widgets are controlled: `controlled` writes the stored value
to the widget's key before it is drawn, and its callback reads the value back, so a case that is loaded,
undone or opened always shows. Every change is kept as a draft whose id stands in the address (`?d=`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

import streamlit as st
from pydantic import ValidationError

from advisor.case import Case
from advisor.errors import AdvisorError, StoreError
from advisor.host.drafts import Draft, Drafts
from advisor.ui import identity, loaded
from advisor.ui.folder import Folder, Scenario, read_folder, written

_WIZARD = "advisor"
_DRAFT_PARAMETER = "d"
UNDO_DEPTH = 50


@dataclass
class Wizard:
    """The visitor's work and what is needed to take a step back."""

    folder: Folder = field(default_factory=Folder)
    draft: Draft | None = None
    """None until the first change."""
    undo: list[Folder] = field(default_factory=list[Folder])
    before: Case | None = None
    """The case before the last change, which the consequence line compares with."""
    notices: list[str] = field(default_factory=list[str])
    """Shown once, on the next page drawn."""
    unsaved: bool = False
    """Whether the store did not take the last change; the next run of a page tries again."""


class Controlled(TypedDict):
    """Keyword arguments that make a widget controlled."""

    key: str
    on_change: Callable[[], None]


def begin() -> None:
    """Find the visitor's work again: in this session, else by the draft named in the address."""
    asked = st.query_params.get(_DRAFT_PARAMETER)
    mine = st.session_state.get(_WIZARD)
    if mine is None or (asked and mine.draft and asked != mine.draft.id):
        st.session_state[_WIZARD] = _opened(asked)
    elif mine.unsaved and not mine.notices:
        _save(mine)
    _show_in_address()


def begin_without_draft() -> None:
    """Begin for somebody who only reads: the draft an address may name is not opened."""
    st.session_state.setdefault(_WIZARD, Wizard())


def case() -> Case:
    """The case being worked on."""
    return _wizard().folder.case


def scenarios() -> tuple[Scenario, ...]:
    """The named copies kept beside the case."""
    return _wizard().folder.scenarios


def before() -> Case | None:
    """The case before the last change of this session, None when there was none."""
    return _wizard().before


def change(new: Case) -> None:
    """Make `new` the case, keep the old one for undo, save."""
    mine = _wizard()
    if new != mine.folder.case:
        mine.before = mine.folder.case
        _put(mine, Folder(case=new, scenarios=mine.folder.scenarios))


def enter(**fields: object) -> None:
    """Replace fields of the case by what was entered; what is not allowed is refused in words.

    Args:
        fields: New values by field; of a part such as `probe` or `workload`, the entries that change.
    """
    body = case().model_dump()
    for name, value in fields.items():
        part = body.get(name)
        body[name] = part | value if isinstance(part, dict) and isinstance(value, dict) else value
    try:
        change(Case.model_validate(body))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        notice(f"That was not kept: {first['msg']}.")


def keep_scenarios(kept: tuple[Scenario, ...]) -> None:
    """Replace the named copies; they can be undone like any change."""
    mine = _wizard()
    _put(mine, Folder(case=mine.folder.case, scenarios=kept))


def start(new: Case) -> None:
    """Begin a new draft with `new`; the draft so far stays where it is."""
    mine = Wizard(folder=Folder(case=new), undo=[], notices=_wizard().notices)
    st.session_state[_WIZARD] = mine
    _save(mine)
    _show_in_address()


def can_undo() -> bool:
    """Whether there is a change to take back."""
    return bool(_wizard().undo)


def undo() -> None:
    """Take the last change back."""
    mine = _wizard()
    if mine.undo:
        mine.before = None
        mine.folder = mine.undo.pop()
        _save(mine)


def notice(words: str) -> None:
    """Say something once, on the next page drawn."""
    _wizard().notices.append(words)


def take_notices() -> tuple[str, ...]:
    """What has to be said now; it will not be said again."""
    mine = _wizard()
    said, mine.notices = tuple(mine.notices), []
    return said


def refuse(error: AdvisorError) -> None:
    """Say what failed and what to do; the case stays as it was."""
    notice(str(error))


def controlled(key: str, stored: object, take: Callable[[Any], None]) -> Controlled:
    """Arguments for a widget that always shows `stored` and hands what is entered to `take`.

    The widget must not be given a value of its own, except `None` where it can be empty.
    """
    st.session_state[key] = stored

    def entered() -> None:
        take(st.session_state[key])

    return {"key": key, "on_change": entered}


def remembered(key: str, default: Any) -> Any:  # noqa: ANN401 - whatever was remembered
    """A value of the interface alone, such as which probe run is shown; it is not part of the case."""
    return st.session_state.get(key, default)


def remember(key: str, value: object) -> None:
    """Keep a value of the interface alone for this session."""
    st.session_state[key] = value


def address() -> dict[str, str]:
    """Query parameters every link to another page of the wizard carries."""
    mine = _wizard()
    return {_DRAFT_PARAMETER: mine.draft.id} if mine.draft else {}


def opens_nothing() -> bool:
    """Whether the address names a draft that could not be opened."""
    asked = st.query_params.get(_DRAFT_PARAMETER)
    mine = _wizard().draft
    return bool(asked) and (mine is None or mine.id != asked)


def put_in_address(name: str, value: str | None) -> None:
    """Set a query parameter of the address; None takes it away."""
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


DECISION = "decision"
"""Query parameter that names a decision of the library."""


def asked_for(name: str) -> str | None:
    """A query parameter of the address; untrusted."""
    return st.query_params.get(name)


@st.cache_resource(show_spinner=False)
def drafts() -> Drafts:
    """The drafts of this installation's store."""
    return Drafts(loaded.store())


def _wizard() -> Wizard:
    mine: Wizard = st.session_state[_WIZARD]
    return mine


def _opened(asked: str | None) -> Wizard:
    """The draft of that id; a fresh start, with a word about it, when there is none."""
    fresh = Wizard()
    if not asked:
        return fresh
    try:
        draft = drafts().load(asked)
        if draft is not None and not draft.opens_to(identity.draft_reader()):
            # Who was sent the address of a decision in the library came for that, not for the draft in it.
            if not asked_for(DECISION):
                fresh.notices.append(
                    "This draft belongs to somebody else. Ask its owner for a share link, or to open it to "
                    "the team."
                )
            return fresh
        if draft is not None:
            return Wizard(folder=read_folder(draft.body, "draft"), draft=draft)
    except AdvisorError as error:
        fresh.notices.append(str(error))
        return fresh
    fresh.notices.append("This link names no draft of this installation.")
    return fresh


def _put(mine: Wizard, new: Folder) -> None:
    mine.undo = [*mine.undo, mine.folder][-UNDO_DEPTH:]
    mine.folder = new
    _save(mine)


def _save(mine: Wizard) -> None:
    """Keep the work; when another tab changed the same draft meanwhile, go on as a copy of its own."""
    body = written(mine.folder)
    try:
        kept = drafts().save(mine.draft, body, identity.draft_reader()) if mine.draft else _created(body)
        if kept is None:
            kept = _created(body)
            mine.notices.append(
                "This draft was changed in another tab, or is no longer open to you. Your changes are kept "
                "as a draft of their own."
            )
    except StoreError as error:
        mine.unsaved = True
        mine.notices.append(str(error))
        return
    mine.unsaved = False
    mine.draft = kept
    _show_in_address()


def _created(body: str) -> Draft:
    return drafts().create(body, identity.draft_owner())


def own_draft() -> Draft | None:
    """The draft at hand where it has an owner and this is them, else None."""
    mine = _wizard().draft
    return (
        mine if mine is not None and mine.owner is not None and mine.owner == identity.draft_owner() else None
    )


def open_to_team(team: bool) -> None:
    """Let every editor who has the address into the draft at hand, or its owner alone again."""
    mine = _wizard()
    if own_draft() is None or mine.draft is None:
        return
    try:
        mine.draft = drafts().open_to_team(mine.draft, team)
    except StoreError as error:
        mine.notices.append(str(error))


def _show_in_address() -> None:
    mine = _wizard()
    if mine.draft and st.query_params.get(_DRAFT_PARAMETER) != mine.draft.id:
        st.query_params[_DRAFT_PARAMETER] = mine.draft.id
