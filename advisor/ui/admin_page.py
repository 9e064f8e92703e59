"""For administrators: who spent, shared and signed; every link, with the way to close it."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from advisor.host import shares
from advisor.host.audit import audit_log
from advisor.host.settings import settings
from advisor.ui import identity, loaded
from advisor.ui.exhibit import download
from advisor.ui.inert import inert


def audit() -> None:
    """The audit log, newest first."""
    rows = audit_log(loaded.store())
    table = pd.DataFrame(
        {
            "When, UTC": [f"{row.at:%Y-%m-%d %H:%M:%S}" for row in rows],
            "Who": [row.actor for row in rows],
            "What": [row.action for row in rows],
            "About (id)": [row.subject for row in rows],
            "More": ["" if row.detail == "{}" else row.detail for row in rows],
        }
    )
    st.dataframe(table, hide_index=True, alt=f"{len(rows)} rows of the audit log, newest first.")
    download("audit", table)


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
