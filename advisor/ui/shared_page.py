"""What a share link opens: a record as it was, read-only, beside what it would be today."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

import advisor
from advisor.case import Case
from advisor.errors import AdvisorError, NotFound
from advisor.host.access import Role
from advisor.host.evidence import evidence_behind
from advisor.host.hardware import load_hardware
from advisor.host.settings import settings
from advisor.host.shares import Share, find, unlock
from advisor.interval import Interval
from advisor.record.recheck import Recheck, recheck
from advisor.record.record import Record, make_record, read_record
from advisor.ui import charts, identity, loaded, state
from advisor.ui.drawn import drawn
from advisor.ui.exhibit import exhibit
from advisor.ui.folder import read_folder
from advisor.ui.inert import inert
from advisor.ui.navigation import go, link

PARAMETER = "s"
_CHANGES_SHOWN = 20


def opened(share_id: str) -> tuple[Share, Record] | None:
    """The share and its record, None while a sign-in or a password is still missing.

    Raises:
        NotFound: The link is wrong, expired or revoked.
        BadInput: Too many wrong tries came from this address.
        BadRecord: The record was written by a newer version.
    """
    guesses = settings().sharing.guesses
    one = find(loaded.store(), share_id, identity.network_address(), guesses)
    if one.sign_in and identity.who().role is Role.ANONYMOUS:
        identity.invite("Whoever shared this decision asks its readers to sign in.")
        return None
    if one.has_password and state.remembered(_unlocked_key(one), None) is not True and not _password(one):
        return None
    return one, record_of(one)


def record_of(one: Share) -> Record:
    """The record a link shows: the snapshot, or the followed case decided today."""
    if one.kind == "snapshot":
        return read_record(one.body, "shared record")
    draft = state.drafts().load(one.body)
    if draft is None:
        raise NotFound("The case this link follows no longer exists.", "Ask whoever sent it.")
    case: Case = read_folder(draft.body, "shared case").case
    decision = loaded.decision_of(case)
    day = loaded.today()
    return make_record(
        case,
        decision,
        loaded.catalog(),
        app_version=advisor.__version__,
        created=day,
        evidence=evidence_behind(loaded.store(), case),
        hardware=load_hardware(),
    )


def banner(one: Share, record: Record) -> None:
    """What this is and how long it opens."""
    until = f", opens until {one.expires_at:%Y-%m-%d %H:%M} UTC" if one.expires_at else ""
    if one.kind == "live":
        words = f"Follows the case of {inert(one.created_by)} as it changes{until}. Decided today."
    else:
        words = f"Shared by {inert(one.created_by)} on {one.created_at:%Y-%m-%d}{until}. It never changes."
    st.info(words, icon=":material/link:")
    if record.simulated:
        st.warning("Contains simulated figures.")


def today_beside(record: Record) -> None:
    """The same case over today's catalog, when that is another one than the record's."""
    now = loaded.catalog()
    if record.catalog_digest == now.digest:
        return
    st.markdown("## Then and now")
    try:
        result = recheck(record, now, loaded.today(), hardware=load_hardware())
    except AdvisorError as error:
        st.info(inert(f"It cannot be decided again by this version: {error}"))
        return
    st.table(
        _both(record, result),
        border="horizontal",
        hide_index=True,
        alt="First offers of the record and of today.",
    )
    (st.success if result.stands else st.warning)(inert(result.verdict))
    st.markdown("\n".join(f"- {inert(words)}" for words in result.sentences[1 : _CHANGES_SHOWN + 1]))


def _both(record: Record, result: Recheck) -> pd.DataFrame:
    then, today = record.outcome.ranking[:5], result.outcome.ranking[:5]
    rows = range(max(len(then), len(today), 1))
    return pd.DataFrame(
        {
            "Rank": [str(row + 1) for row in rows],
            f"In the record ({record.outcome.day}, catalog {result.catalog_before})": [
                inert(then[row].label) if row < len(then) else "–" for row in rows
            ],
            f"Today ({result.day}, catalog {result.catalog_now})": [
                inert(today[row].label) if row < len(today) else "–" for row in rows
            ],
        }
    )


def value_chart(record: Record) -> None:
    """The points of the leading offers with their ranges, from the record alone."""
    rows = record.outcome.ranking[:10]
    if not rows:
        return
    # Plotly reads a little HTML in labels; what was shared is shown as written.
    bars = [
        charts.Bar(
            escape(row.label),
            (("Points", row.score.mid * 100),),
            Interval(row.score.low, row.score.mid, row.score.high),
        )
        for row in rows
    ]
    table = pd.DataFrame(
        {
            "Offer": [row.label for row in rows],
            "Points of 100": [row.score.mid * 100 for row in rows],
            "Lowest": [row.score.low * 100 for row in rows],
            "Highest": [row.score.high * 100 for row in rows],
        }
    )
    st.markdown("## The leading offers")
    alt = f"Points of {len(rows)} offers; {rows[0].label} leads with {rows[0].score.mid * 100:.0f} of 100."
    exhibit("shared-points", drawn(charts.value_bars, bars), table, alt)


def own_copy(record: Record) -> None:
    """Begin a draft of one's own with the record's case."""
    me = identity.who()
    if me.role is Role.ANONYMOUS:
        identity.invite("Sign in to make your own copy, to comment or to sign.")
        return
    if not me.may(Role.EDITOR):
        st.caption("Making your own copy needs the role editor. Ask an administrator of this installation.")
        return
    if st.button("Make my own copy", type="primary", key="shared-copy", icon=":material/content_copy:"):
        state.start(record.case)
        go("check")


def discuss(one: Share) -> None:
    """The way to comments and signatures, where the record was shared from the library."""
    if one.decision is None or not identity.who().may(Role.VIEWER):
        return
    label = "Comment on this decision, or sign it"
    link("library", label, icon=":material/rate_review:", **{state.DECISION: one.decision})


def _password(one: Share) -> bool:
    with st.form("shared-password"):
        tried = st.text_input("Password of this link", type="password", max_chars=200)
        sent = st.form_submit_button("Open", type="primary")
    if not sent:
        return False
    if unlock(loaded.store(), one, tried, identity.network_address(), settings().sharing.guesses):
        state.remember(_unlocked_key(one), True)
        # Drawn anew without the form.
        st.rerun()
    st.error("That is not the password.")
    return False


def _unlocked_key(one: Share) -> str:
    return f"unlocked:{one.id}"
