"""Provider keys between the web process and the workers: names of what workers hold, and keys of users.

Workers alone call providers, so they alone hold the server's keys. Each writes down the *names* of the key
variables it has, never a value, so that a page can say what is missing.

A user's own key is typed into a session and stays in its memory. For a run it is handed to every worker
that lives at that moment: sealed with the worker's public key (HPKE, RFC 9180), put into a row that the
worker empties when it opens it and removes when it forgets the key. The private key exists in the worker's
memory alone, so neither the store nor a backup of it can give the user's key away. A worker started later
cannot open it: it makes no call, and never falls back to a key of the server (`advisor.host.rekeying`).
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from sqlalchemy import Column, Engine, Float, String, Table, Text, delete, insert, select, update

from advisor.errors import BadInput, StoreError
from advisor.host.store import METADATA, reading, writing
from advisor.host.tables import LIVE, RUN, SESSION, RunState

LONGEST_KEY = 4000
FORGOTTEN_AFTER_S = 3600.0
"""A sealed key no worker took is removed after that."""
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*_(?:API_KEY|KEY|TOKEN|KEY_ID|CREDENTIALS)")
_GOES_ON = (*LIVE, RunState.PAUSED, RunState.STOPPED_BUDGET)
_OURS = ("ADVISOR_", "STREAMLIT_")
"""Variables of this product: secrets that no call to a provider may carry."""

WORKER_KEYS = Table(
    "worker_keys",
    METADATA,
    Column("session", String(40), primary_key=True),
    Column("names", Text, nullable=False),
    Column("public", String(64), nullable=False),
)
SEALED_KEY = Table(
    "sealed_key",
    METADATA,
    Column("ticket", String(32), primary_key=True),
    Column("session", String(40), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("at", Float, nullable=False),
)
TRANSIENT = (WORKER_KEYS, SEALED_KEY)
"""Tables that mean something only while workers live: no backup holds them."""


class KeyRing:
    """What one worker may call providers with: its environment, and keys users handed to it.

    Args:
        engine: The store.
        session: The worker's session.
        environment: Where the server's keys are.
    """

    def __init__(self, engine: Engine, session: str, environment: Mapping[str, str]) -> None:
        self._engine = engine
        self._session = session
        self._server = {name: value for name, value in environment.items() if not name.startswith(_OURS)}
        self._private = X25519PrivateKey.generate()
        self._opened: dict[str, dict[str, str]] = {}
        self._left: dict[str, str] = {}

    def publish(self) -> None:
        """Write down which key variables this worker holds, and the key others seal with."""
        public = _text(self._private.public_key().public_bytes_raw())
        names = json.dumps(sorted(name for name in self._server if _NAME.fullmatch(name)))
        with writing(self._engine) as connection:
            alive = select(SESSION.c.id)
            connection.execute(delete(WORKER_KEYS).where(WORKER_KEYS.c.session.not_in(alive)))
            connection.execute(delete(SEALED_KEY).where(SEALED_KEY.c.session.not_in(alive)))
            connection.execute(insert(WORKER_KEYS).values(session=self._session, names=names, public=public))

    def environment(self, own: Iterable[str] = (), ticket: str | None = None) -> dict[str, str]:
        """Variables for the calls of one run.

        Args:
            own: Names whose values the user brings: the server's value is never taken in their place.
            ticket: What the run's plan names the user's keys by.
        """
        names = frozenset(own)
        server = {name: value for name, value in self._server.items() if name not in names}
        mine = self._handed(ticket) if ticket else {}
        return server | {name: value for name, value in mine.items() if name in names}

    def forget(self, run_id: str, ticket: str | None) -> None:
        """Forget the keys of a run that is over; one that only pauses keeps them until it is."""
        if ticket in self._opened:
            self._left[ticket] = run_id
        self.forget_ended()

    def forget_ended(self) -> None:
        """Forget the keys of runs that paused and were ended since."""
        if not self._left:
            return
        runs = frozenset(self._left.values())
        goes_on = select(RUN.c.id).where(RUN.c.id.in_(runs), RUN.c.state.in_(_GOES_ON))
        with reading(self._engine) as connection:
            kept = frozenset(connection.execute(goes_on).scalars())
        over = [ticket for ticket, run_id in self._left.items() if run_id not in kept]
        for ticket in over:
            del self._opened[ticket], self._left[ticket]
        if over:
            mine = (SEALED_KEY.c.session == self._session) & SEALED_KEY.c.ticket.in_(over)
            with writing(self._engine) as connection:
                connection.execute(delete(SEALED_KEY).where(mine))

    def _handed(self, ticket: str) -> dict[str, str]:
        if ticket not in self._opened:
            self._opened[ticket] = self._take(ticket)
        return self._opened[ticket]

    def _take(self, ticket: str) -> dict[str, str]:
        mine = (SEALED_KEY.c.ticket == ticket) & (SEALED_KEY.c.session == self._session)
        with writing(self._engine) as connection:
            sealed = connection.execute(select(SEALED_KEY.c.sealed).where(mine)).scalar()
            keys = self._unsealed(sealed, ticket) if sealed else {}
            # The empty row says that this worker holds the key, until it forgets it.
            taken = update(SEALED_KEY).where(mine).values(sealed="")
            connection.execute(taken if keys else delete(SEALED_KEY).where(mine))
        return keys

    def _unsealed(self, sealed: str, ticket: str) -> dict[str, str]:
        try:
            info = _bound_to(ticket, self._session)
            return json.loads(_SUITE.decrypt(base64.b64decode(sealed), self._private, info=info))
        except (InvalidTag, ValueError):
            return {}


def hand_over(engine: Engine, keys: Mapping[str, str]) -> str:
    """Seal keys of a user for every living worker; returns the ticket the run's plan carries.

    Raises:
        BadInput: A key is too long or holds characters no header may hold.
        StoreError: No worker is there to take them.
    """
    for name, value in keys.items():
        if not 0 < len(value) <= LONGEST_KEY or not value.isascii() or not value.isprintable():
            raise BadInput("key", name, "is empty, too long or has unusual characters.", "Enter it again.")
    ticket, now = secrets.token_hex(16), time.time()
    body = json.dumps(dict(keys)).encode()
    with writing(engine) as connection:
        old = (SEALED_KEY.c.at < now - FORGOTTEN_AFTER_S) & (SEALED_KEY.c.sealed != "")
        connection.execute(delete(SEALED_KEY).where(old))
        alive = SESSION.join(WORKER_KEYS, WORKER_KEYS.c.session == SESSION.c.id)
        query = select(WORKER_KEYS).select_from(alive).where(SESSION.c.lease_until > now)
        rows = [
            {"ticket": ticket, "session": row.session, "sealed": _sealed(body, row.public, info), "at": now}
            for row in connection.execute(query)
            for info in (_bound_to(ticket, row.session),)
        ]
        if not rows:
            hint = "Start the app or `advisor worker`, then try again in a moment."
            raise StoreError("No probe worker is running that could take your key.", hint)
        connection.execute(insert(SEALED_KEY), rows)
    return ticket


def take_back(engine: Engine, ticket: str) -> None:
    """Remove what was handed over for a run that does not start."""
    with writing(engine) as connection:
        connection.execute(delete(SEALED_KEY).where(SEALED_KEY.c.ticket == ticket))


def holders(engine: Engine, ticket: str) -> frozenset[str]:
    """Living workers that can call with what was handed over under this ticket."""
    alive = SESSION.join(SEALED_KEY, SEALED_KEY.c.session == SESSION.c.id)
    query = select(SESSION.c.id).select_from(alive)
    query = query.where(SESSION.c.lease_until > time.time(), SEALED_KEY.c.ticket == ticket)
    with reading(engine) as connection:
        return frozenset(connection.execute(query).scalars())


def is_key_name(name: str) -> bool:
    """Whether a variable looks like one that holds a key: workers tell only such names."""
    return _NAME.fullmatch(name) is not None


def held_names(engine: Engine) -> frozenset[str] | None:
    """Key variables every living worker holds; None when no worker has said so."""
    alive = SESSION.join(WORKER_KEYS, WORKER_KEYS.c.session == SESSION.c.id)
    query = select(WORKER_KEYS.c.names).select_from(alive).where(SESSION.c.lease_until > time.time())
    with reading(engine) as connection:
        held = [frozenset[str](json.loads(names)) for names in connection.execute(query).scalars()]
    # A run may meet any of them, so a key only one of them has is missing.
    return frozenset.intersection(*held) if held else None


def available(engine: Engine, environment: Mapping[str, str]) -> dict[str, str]:
    """Key variables runs may count on, with a word in place of each value.

    Args:
        engine: The store.
        environment: Of this process; it counts unless workers run elsewhere (`ADVISOR_WORKER`).
    """
    if environment.get("ADVISOR_WORKER") == "elsewhere":
        return dict.fromkeys(held_names(engine) or (), "held by the workers")
    return dict.fromkeys((name for name, value in environment.items() if value), "set")


def _sealed(body: bytes, public: str, info: bytes) -> str:
    return _text(_SUITE.encrypt(body, X25519PublicKey.from_public_bytes(base64.b64decode(public)), info=info))


def _bound_to(ticket: str, session: str) -> bytes:
    # A sealed key moved to another ticket or worker does not open.
    return f"advisor key {ticket} {session}".encode()


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode()
