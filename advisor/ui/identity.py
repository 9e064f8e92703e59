"""Who is at the other end of this session, and which pages they may see. Asked anew on every run."""

from __future__ import annotations

import ipaddress

import streamlit as st

from advisor.host import audit
from advisor.host.access import LOCAL, Person, Role, admitted, person
from advisor.host.audit import Action
from advisor.host.paths import pages_folder
from advisor.host.settings import settings
from advisor.ui import loaded
from advisor.ui.inert import inert

NEEDS = {
    "shared": Role.ANONYMOUS,
    "home": Role.VIEWER,
    "library": Role.VIEWER,
    "catalog": Role.VIEWER,
    "model": Role.VIEWER,
    "glossary": Role.VIEWER,
    "guide": Role.VIEWER,
    "admin": Role.ADMIN,
}
"""Page -> role it needs; every other page needs an editor."""
_NOTED = "advisor:sign-in-noted"


def who() -> Person:
    """The person of this session, by what the sign-in provider says."""
    return person(settings(), _claims(), loopback=on_loopback())


def draft_owner() -> str | None:
    """Owner of drafts this person makes, None where nobody signs in: there the id alone opens them."""
    return who().name if settings().sign_in is not None else None


def draft_reader() -> str | None:
    """Name drafts are opened under; None is whoever sits at the machine and may open every one."""
    me = who()
    return None if me is LOCAL else me.name


def note_sign_in() -> None:
    """Write a sign-in, or its refusal, into the audit log, once for each."""
    claims = _claims()
    if claims is None or st.session_state.get(_NOTED):
        return
    action = Action.SIGNED_IN if admitted(settings(), claims) else Action.SIGN_IN_REFUSED
    audit.note_sign_in(loaded.store(), str(claims.get("email") or "without address"), action, claims)
    st.session_state[_NOTED] = True


def _sign_out() -> None:
    claims = _claims() or {}
    audit.note_alone(loaded.store(), str(claims.get("email") or "without address"), Action.SIGNED_OUT, "")
    st.logout()


def on_loopback() -> bool:
    """Whether this visitor sits at the machine: the server listens on loopback, without a proxy."""
    host = str(st.get_option("server.address") or "")
    return _is_loopback(host) and "X-Forwarded-For" not in st.context.headers


def network_address() -> str:
    """Address guesses are counted for; a proxy's word counts only where visitors cannot come without it."""
    forwarded = st.context.headers.get("X-Forwarded-For", "")
    if forwarded and _is_loopback(str(st.get_option("server.address") or "")):
        return forwarded.rpartition(",")[2].strip()
    return str(st.context.ip_address or "127.0.0.1")


def allowed(page: str, me: Person | None = None) -> bool:
    """Whether the person may see a page; `me` when it is known already."""
    return (me or who()).may(NEEDS.get(page, Role.EDITOR))


def refuse(page: str) -> None:
    """In place of a page the person may not see: how to get in, or why not."""
    st.title("Advisor", anchor=False)
    if who().role is Role.ANONYMOUS:
        invite("Sign in to go on.")
        return
    need = NEEDS.get(page, Role.EDITOR).name.lower()
    st.info(f"This page needs the role {need}. Ask an administrator of this installation.")
    st.page_link(
        str(pages_folder() / "library.py"), label="Library of decisions", icon=":material/arrow_back:"
    )
    badge()


def invite(words: str) -> None:
    """Say why somebody has to sign in and offer it; who signed in but does not belong here reads so."""
    claims = _claims()
    if claims is not None and not admitted(settings(), claims):
        mail = inert(str(claims.get("email") or "this account"))
        st.error(f"{mail} may not use this installation: neither its domain nor a group is let in.")
        st.button("Sign out", on_click=_sign_out, key="sign-out-here")
        return
    # The provider sends people back to the first page.
    again = " Then open this address again." if st.query_params else ""
    st.markdown(words + again)
    st.button("Sign in", type="primary", on_click=st.login, key="sign-in", icon=":material/login:")


def badge() -> None:
    """In the sidebar: who is signed in, and the way out."""
    if settings().sign_in is None:
        return
    me = who()
    st.caption(f"{inert(me.name)} · {me.role.name.lower()}")
    st.button("Sign out", on_click=_sign_out, type="tertiary", key="sign-out", icon=":material/logout:")


def _claims() -> dict[str, object] | None:
    if settings().sign_in is None or not st.user.is_logged_in:
        return None
    return dict(st.user.to_dict())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
