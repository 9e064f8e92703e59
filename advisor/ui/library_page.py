"""The library: decisions of the team, their history, comments and signatures; and keeping and sharing one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import get_args

import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError
from advisor.host import library, shares
from advisor.host.access import Role
from advisor.host.library import Entry, EntryKind, Shelved, Verdict
from advisor.host.settings import settings
from advisor.record.differences import diff
from advisor.record.record import Record, Status, record_json
from advisor.ui import identity, loaded, record_page, state
from advisor.ui.inert import inert
from advisor.ui.navigation import go, link
from advisor.ui.shared_page import PARAMETER
from advisor.wording import count

_ANY = "any status"
SHOWN = 50
"""Decisions in the list at most."""
MY_LINKS = 50
"""Newest links of one's own that are looked through for those that still open."""
_KINDS = {"snapshot": "This record, unchanged for ever", "live": "The case, as it changes"}


def found() -> tuple[Shelved, ...]:
    """Search fields, and what they find."""
    left, right = st.columns([3, 1])
    words = left.text_input(
        "Search", max_chars=200, key="library:words", placeholder="Words of title, job, model"
    )
    status = right.selectbox("Status", [_ANY, *get_args(Status)], key="library:status")
    chosen = next((one for one in get_args(Status) if one == status), None)
    return library.search(loaded.store(), words or "", chosen)


def listing(rows: tuple[Shelved, ...]) -> None:
    """The decisions found, each with what was chosen and who changed it last."""
    if not rows:
        st.info(_nothing_found())
        return
    for row in rows[:SHOWN]:
        link("library", inert(row.title), **{state.DECISION: row.id})
        revisions = count(row.revisions, "revision")
        changed = f"{inert(row.changed_by)} on {row.changed_at:%Y-%m-%d %H:%M} UTC"
        st.caption(f"**{row.status}**, chosen: {inert(row.chosen)}; {revisions}, the last by {changed}")
    if len(rows) > SHOWN:
        st.caption(f"{len(rows) - SHOWN} more; search for words to find them.")


def _nothing_found() -> str:
    """Why the list is empty: nothing matches, or nothing is there, and then who can change that."""
    if state.remembered("library:words", "") or state.remembered("library:status", _ANY) != _ANY:
        return "No decision matches. Use fewer words, or any status."
    if identity.who().role < Role.EDITOR:
        return "No decision yet. It will be here once somebody who may edit keeps one."
    return "No decision yet. Make one, then press Keep in the library on the page Record."


def one(decision_id: str) -> None:
    """One decision: what it says, how it came about, and what may be added."""
    history = library.entries(loaded.store(), decision_id)
    status = library.status_of(history)
    numbers = [entry.number for entry in history if entry.kind is EntryKind.REVISION]
    record = library.record_at(history)
    st.markdown(f"## {inert(record.title)}")
    st.markdown(f"Status **{status}**, {count(len(numbers), 'revision')}. {_decided(record)}")
    if st.button("Check again with today's catalog", key="library:recheck", icon=":material/update:"):
        record_page.held_against_today(record)
    _history(history)
    if len(numbers) > 1:
        _what_changed(history, numbers)
    _additions(decision_id, history, status, numbers[-1])
    with st.expander("The record", type="compact", on_change="rerun", key="library:record") as opened:
        if opened.open:
            record_page.downloads(record)
            record_page.preview(record)
    if identity.who().may(Role.EDITOR):
        share_panel(record, decision_id)


def _decided(record: Record) -> str:
    """What was chosen, and who decided."""
    chosen = f"Chosen: **{inert(record.choice.label)}**" if record.choice else "Nothing is chosen"
    names = wording.joined([inert(name) for name in record.deciders])
    return f"{chosen}, decided by {names}." if names else f"{chosen}; deciders are not named yet."


def keep_panel(record: Record) -> None:
    """On the record page: put the record into the library, and share it."""
    st.markdown("## Keep and share")
    if st.button("Keep in the library", key="library:keep", icon=":material/inventory_2:"):
        kept = library.keep(loaded.store(), record, identity.who().name)
        go("library", **{state.DECISION: kept})
    mine = library.search(loaded.store(), limit=50)
    open_ones = {row.id: row for row in mine if row.status in {"draft", "proposed"}}
    if open_ones:
        with st.popover("Add as a revision of …"):
            target = st.selectbox(
                "Decision",
                list(open_ones),
                format_func=lambda key: open_ones[key].title,
                key="library:target",
            )
            if st.button("Add the revision", key="library:revise"):
                seen = library.entries(loaded.store(), target)[-1].number
                library.revise(loaded.store(), target, record, identity.who().name, seen)
                go("library", **{state.DECISION: target})
    draft_panel()
    share_panel(record, None)


def draft_panel() -> None:
    """Where people sign in: who may open the draft at hand."""
    mine = state.own_draft()
    if mine is None:
        return
    st.checkbox(
        "Colleagues who are editors and have the address may open and change this draft",
        **state.controlled("draft:team", mine.team, state.open_to_team),
    )


def share_panel(record: Record, decision_id: str | None) -> None:
    """Make a link; shown once with its address."""
    with st.expander("Share a link", type="compact", on_change="rerun", key="share:panel") as opened:
        if not opened.open:
            return
        _my_links()
        with st.form("share:form"):
            draft = state.address().get("d") if decision_id is None else None
            options = list(_KINDS) if draft else ["snapshot"]
            kind = st.radio(
                "What the link shows", options, format_func=lambda key: _KINDS.get(key) or str(key)
            )
            days = st.number_input("Days it opens; empty is until you revoke it", 1, 3650, None)
            password = st.text_input("Password, if wanted", type="password", max_chars=200)
            sign_in = settings().sign_in is not None and st.checkbox("Only for people who sign in")
            if not st.form_submit_button("Make the link", type="primary"):
                return
        _made(record, kind, draft or "", shares.Conditions(days, password, sign_in), decision_id)


def _made(
    record: Record, kind: str, draft: str, conditions: shares.Conditions, decision_id: str | None
) -> None:
    live = kind == "live" and bool(draft)
    try:
        share_id = shares.share(
            loaded.store(),
            "live" if live else "snapshot",
            draft if live else record_json(record).decode(),
            record.title,
            identity.who().name,
            conditions,
            decision=decision_id,
            longest_days=settings().sharing.longest_days,
        )
    except AdvisorError as error:
        st.error(inert(str(error)))
        return
    base = (st.context.url or "").partition("?")[0].rpartition("/")[0]
    st.success(_opens_to(conditions))
    st.code(f"{base}/shared?{PARAMETER}={share_id}", language=None)


def _opens_to(conditions: shares.Conditions) -> str:
    also = [
        *(["the password, which nobody can look up again"] if conditions.password else []),
        *(["a sign-in here"] if conditions.sign_in else []),
    ]
    needs = f" together with {wording.joined(also)}" if also else ""
    return f"The link. Whoever has it{needs} can read the record."


def _my_links() -> None:
    """Links this person made that still open, each with the way to close it."""
    now = datetime.now(UTC)
    for one in shares.shares(loaded.store(), identity.who().name, MY_LINKS):
        if one.revoked or (one.expires_at is not None and one.expires_at <= now):
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            made = f"{one.title}: {_KINDS[one.kind].lower()}, made {one.created_at:%Y-%m-%d %H:%M} UTC"
            link("shared", inert(made), icon=":material/link:", **{PARAMETER: one.id})
            st.button("Revoke", key=f"share:revoke:{one.id}", on_click=_revoke, args=(one.id,))


def _revoke(share_id: str) -> None:
    shares.revoke(loaded.store(), share_id, identity.who().name)


def _history(history: tuple[Entry, ...]) -> None:
    st.markdown("### History")
    st.markdown("\n".join(f"- {_told(entry)}" for entry in history))


def _told(entry: Entry) -> str:
    who = f"**{inert(entry.author)}**, {entry.at:%Y-%m-%d %H:%M} UTC: "
    if entry.kind is EntryKind.REVISION:
        return f"{who}revision {entry.number}"
    if entry.kind is EntryKind.STATUS:
        return f"{who}marks it as {inert(entry.body)}"
    said = json.loads(entry.body)
    if entry.kind is EntryKind.COMMENT:
        return f"{who}{inert(said['words'])}"
    return f"{who}signs revision {said['revision']}: {inert(said['verdict'])}. {inert(said['words'])}"


def _what_changed(history: tuple[Entry, ...], numbers: list[int]) -> None:
    with st.expander("What changed between two revisions", type="compact", key="library:diff"):
        left, right = st.columns(2)
        old = left.selectbox("From revision", numbers, index=len(numbers) - 2, key="library:from")
        new = right.selectbox("To revision", numbers, index=len(numbers) - 1, key="library:to")
        if old in numbers and new in numbers:
            sentences = diff(library.record_at(history, old), library.record_at(history, new))
            st.markdown("\n".join(f"- {inert(words)}" for words in sentences) or "Nothing.")


def _additions(decision_id: str, history: tuple[Entry, ...], status: Status, revision: int) -> None:
    with st.form("library:add", clear_on_submit=True):
        words = st.text_area("Comment", max_chars=library.LONGEST_COMMENT)
        verdict = st.selectbox("Sign-off", ["comment only", *get_args(Verdict)])
        if st.form_submit_button("Add"):
            _add(decision_id, words or "", verdict, revision)
    following = library.FOLLOWS[status] if identity.who().may(Role.EDITOR) else ()
    with st.container(horizontal=True):
        for new in following:
            if st.button(f"Mark as {new}", key=f"library:to:{new}"):
                library.set_status(loaded.store(), decision_id, new, identity.who().name)
                st.rerun()


def _add(decision_id: str, words: str, verdict: str, revision: int) -> None:
    me = identity.who().name
    known = next((one for one in get_args(Verdict) if one == verdict), None)
    try:
        if known is None:
            library.comment(loaded.store(), decision_id, words, me)
        else:
            library.sign(loaded.store(), decision_id, known, me, words=words, revision=revision)
    except AdvisorError as error:
        st.error(inert(str(error)))
        return
    st.rerun()
