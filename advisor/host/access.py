"""Who may do what: roles from what the sign-in provider says, and the rule for spending the server's keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from advisor.host.settings import Settings
from advisor.probe.targets import OWN, Target


class Role(IntEnum):
    """What somebody may do; each role may do what the ones before it may."""

    ANONYMOUS = 0
    """Opens what was shared with everybody who has the link."""
    VIEWER = 1
    """Reads the library and what was shared with the team, comments and signs."""
    EDITOR = 2
    """Makes decisions, keeps and shares them."""
    PROBER = 3
    """Spends money on probes."""
    ADMIN = 4
    """Sees the audit log and revokes any link."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the other end, as far as we know."""

    name: str
    """Mail address, or a word for somebody without one; never empty."""
    role: Role

    def may(self, role: Role) -> bool:
        """Whether the person has at least that role."""
        return self.role >= role


LOCAL = Person("local user", Role.ADMIN)
"""Whoever sits at the machine: without sign-in, on loopback."""
UNKNOWN = Person("unknown visitor", Role.EDITOR)
"""Anybody who reaches an open installation without sign-in."""
ANONYMOUS = Person("anonymous", Role.ANONYMOUS)
"""Not signed in where sign-in is required."""


def person(chosen: Settings, claims: Mapping[str, object] | None, *, loopback: bool) -> Person:
    """Who somebody is.

    Args:
        chosen: The settings.
        claims: What the provider says about a signed-in person, None when nobody is signed in.
        loopback: Whether the server listens on this machine alone.
    """
    if chosen.sign_in is None:
        return LOCAL if loopback else UNKNOWN
    if claims is None or not admitted(chosen, claims):
        return ANONYMOUS
    mail, groups = _mail(claims), _groups(chosen, claims)
    names = {mail, *(f"group:{group}" for group in groups)}
    given = {
        Role.EDITOR: chosen.roles.editor,
        Role.PROBER: chosen.roles.prober,
        Role.ADMIN: chosen.roles.admin,
    }
    held = [role for role, holders in given.items() if names & {_folded(holder) for holder in holders}]
    return Person(mail, max([Role[chosen.roles.default.upper()], *held]))


def admitted(chosen: Settings, claims: Mapping[str, object]) -> bool:
    """Whether a signed-in person belongs here, by mail domain or group."""
    rules = chosen.sign_in
    mail = _mail(claims)
    if rules is None or mail.count("@") != 1:
        return False
    if not rules.trust_unverified_email and claims.get("email_verified") is not True:
        return False
    if not rules.allowed_domains and not rules.allowed_groups:
        return True
    domain = mail.partition("@")[2]
    member = set(_groups(chosen, claims)) & set(rules.allowed_groups)
    return domain in {one.lower() for one in rules.allowed_domains} or bool(member)


def probe_refusal(
    chosen: Settings,
    who: Person,
    targets: Iterable[Target],
    *,
    loopback: bool,
    own_keys: Collection[str] = (),
) -> str | None:
    """Why a probe may not start, None when it may. The practice endpoint costs nothing and is open.

    Args:
        chosen: The settings.
        who: Who wants to start it.
        targets: Whom it asks.
        loopback: Whether the server listens on this machine alone.
        own_keys: Key variables the user brings the values of: what they call costs the server nothing.
    """
    if not who.may(Role.EDITOR):
        return "Starting a probe needs the role editor."
    others = [target for target in targets if not target.practice]
    if chosen.sign_in is None and loopback:
        return None
    spending = any(target.key_env not in own_keys for target in others)
    refusal = _spending_refusal(chosen, who) if spending else None
    foreign = next((target for target in others if _foreign(chosen, target, own_keys)), None)
    if refusal is None and foreign is not None:
        return (
            f"{foreign.label} is an endpoint of your own, and this installation probes only those its "
            "administrator has listed, each with the key that belongs to it."
        )
    return refusal


def _spending_refusal(chosen: Settings, who: Person) -> str | None:
    """Why the server's keys may not be spent."""
    if chosen.sign_in is None and not chosen.open_probes:
        return (
            "This installation is open to the network and has no sign-in, so it does not spend the server's "
            "keys. Probe practice models, bring your own key, or ask the administrator to set up sign-in."
        )
    if chosen.sign_in is not None and not who.may(Role.PROBER):
        return (
            "Spending money on probes needs the role prober. Practice models are open to everybody: "
            "their dollars are simulated and nothing is paid. Your own key is yours to spend."
        )
    return None


def _foreign(chosen: Settings, target: Target, own_keys: Collection[str]) -> bool:
    """Whether an own endpoint, or the key it wants, is none the administrator has listed."""
    if not target.ref.startswith(OWN):
        return False
    address = target.base_url or ""
    fitting = [one for one in chosen.endpoints if address == one.url or address.startswith(f"{one.url}/")]
    return not any(target.key_env in {None, one.key_env, *own_keys} for one in fitting)


def _mail(claims: Mapping[str, object]) -> str:
    return str(claims.get("email") or "").strip().lower()


def _folded(name: str) -> str:
    return name if name.startswith("group:") else name.lower()


def _groups(chosen: Settings, claims: Mapping[str, object]) -> list[str]:
    found = claims.get(chosen.sign_in.groups_claim) if chosen.sign_in else None
    listed = cast(list[object], found) if isinstance(found, list) else [found] if found else []
    return [str(group) for group in listed]
