"""For administrators: who spent, shared and signed; every link, with the way to close it."""

from __future__ import annotations

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
            "When": [row.at for row in rows],
            "Who": [row.actor for row in rows],
            "What": [row.action for row in rows],
            "About": [row.subject for row in rows],
            "Detail": [row.detail for row in rows],
        }
    )
    st.dataframe(table, hide_index=True, alt=f"{len(rows)} rows of the audit log, newest first.")
    download("audit", table)


def links() -> None:
    """Every link that still opens."""
    still = [one for one in shares.shares(loaded.store()) if not one.revoked]
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
