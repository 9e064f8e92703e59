"""For administrators: who spent, shared and signed; every link, with the way to close it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from advisor.host import shares
from advisor.host.audit import AuditRow, audit_log
from advisor.host.settings import settings
from advisor.ui import identity, loaded
from advisor.ui.exhibit import download
from advisor.ui.inert import inert

LATEST = 30
"""Rows of the audit log told in sentences."""


def audit() -> None:
    """The audit log, newest first: the latest in sentences, all that is shown as a table and as CSV."""
    rows = audit_log(loaded.store())
    st.markdown("\n".join(f"- {_told(row)}" for row in rows[:LATEST]))
    table = pd.DataFrame(
        {
            "When, UTC": [f"{row.at:%Y-%m-%d %H:%M:%S}" for row in rows],
            "Who": [row.actor for row in rows],
            "What": [row.action for row in rows],
            "About (id)": [row.subject for row in rows],
            "More": ["" if row.detail == "{}" else row.detail for row in rows],
        }
    )
    label = f"The newest {len(rows)} as a table"
    with st.expander(label, type="compact", on_change="rerun", key="audit:table") as opened:
        if opened.open:
            st.dataframe(table, hide_index=True, alt=f"{len(rows)} rows of the audit log, newest first.")
            download("audit", table)


def _told(row: AuditRow) -> str:
    """Who did what when, and how, in one line."""
    about = f" ({inert(row.subject)})" if row.subject else ""
    more = "; ".join(
        f"{key.replace('_', ' ')} {_said(value)}" for key, value in json.loads(row.detail).items()
    )
    how = f": {inert(more)}" if more else ""
    return f"{row.at:%Y-%m-%d %H:%M:%S} UTC, **{inert(row.actor)}**, {row.action}{about}{how}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "none" if value is None else str(value)


def links() -> None:
    """Every link that still opens."""
    now = datetime.now(UTC)
    opening = (one for one in shares.shares(loaded.store()) if not one.revoked)
    still = [one for one in opening if one.expires_at is None or one.expires_at > now]
    if not still:
        st.caption("No link is open.")
    for one in still:
        until = f"until {one.expires_at:%Y-%m-%d}" if one.expires_at else "until revoked"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{inert(one.title)} · {one.kind} · {inert(one.created_by)} · {until}")
            st.button("Revoke", key=f"revoke:{one.id}", on_click=_revoke, args=(one.id,))


def limits() -> None:
    """The limits in force."""
    chosen = settings().limits
    rows = (
        ("run", chosen.run_usd),
        ("person and day", chosen.user_day_usd),
        ("day", chosen.day_usd),
        ("installation", chosen.instance_usd),
    )
    said = [f"- per {name}: {'no limit' if usd is None else f'{usd:.2f} US dollars'}" for name, usd in rows]
    st.markdown("\n".join(said))


def _revoke(share_id: str) -> None:
    shares.revoke(loaded.store(), share_id, identity.who().name)
