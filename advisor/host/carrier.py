"""Carries lanes with DBOS: durable queueing, sharing between workers, restart. The ledger stays the truth.

One durable workflow per lane, never per sample. It has one step, which works until the run has nothing
left, and records nothing but that. Only ids leave the ledger for DBOS's tables: no key, prompt or reply.
What has to be known about DBOS is known here and nowhere else:

- its executor is a worker's session, so the ledger's leases say which executors live;
- it resumes only its own executor's work, so whoever looks first gives the lanes of the dead a new
  *generation*; workflow ids are fixed by lane and generation, so two who look do it once;
- its application version is pinned: a lane means the same whatever the code that carries it, and
  lanes of a version nobody runs any more get a new generation too;
- it stores JSON, and `refuse_pickle` keeps it from loading anything else;
- whoever carries a lane that was cancelled finds that out at the lane's end, and DBOS reports it like a
  crash: nothing is lost by it, so lanes are only cancelled when their executor is dead, and `Plainly` says
  what is left of it in one line.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbos import DBOS, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus, WorkflowStatusString
from dbos._error import DBOSAwaitedWorkflowCancelledError
from dbos._serialization import DefaultSerializer
from sqlalchemy import Engine

from advisor.host.lanes import Lane, read_lane
from advisor.host.sessions import LEASE_S

VERSION = "lanes-1"
"""Changes only when a lane's name comes to mean something else."""
FILE_NAME = "lanes.sqlite3"
QUEUE = "probe-lanes"
LANES_PER_RUN = 1
"""Lanes of one run a worker takes at a time: the others are left to other workers, or not needed."""
POLL_S = 0.25
CLOSE_LIMIT_S = 3.0
"""Longest wait for lanes that were put down to be written down."""

_TAKERS = "queue-worker-"
"""How the threads are named by which DBOS takes lanes off its queues."""
_QUEUED = (WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.DELAYED.value)
_ACTIVE = (*_QUEUED, WorkflowStatusString.PENDING.value)


def refuse_pickle() -> None:
    """Make every stored pickle unreadable to DBOS.

    Its rows name their own format, and whatever serializer it was given it would unpickle a row that
    says `py_pickle`: whoever can write to its tables could run code here.
    """

    def deserialize(cls: DefaultSerializer, serialized_data: str) -> object:
        raise ValueError(f"a pickled row of {len(serialized_data)} characters was refused")

    DefaultSerializer.deserialize = deserialize


class Plainly(logging.Filter):
    """Says in one line that a lane went to another worker, where DBOS writes a warning and a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything else pass as it is."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, DBOSAwaitedWorkflowCancelledError):
            record.msg = "A lane of a probe run went to another worker; nothing is lost, nothing asked twice."
            record.args, record.exc_info, record.exc_text = (), None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            return True
        return not str(record.msg).endswith(_WAITS)


_WAITS = ("Waiting for the recorded outcome", "Waiting for the owner's recorded outcome")
"""How DBOS's own lines about the same thing end."""


def speak_plainly() -> None:
    """Have `Plainly` read what DBOS logs, once."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(one, Plainly) for one in logger.filters):
        logger.addFilter(Plainly())


@dataclass(frozen=True, slots=True)
class Carried:
    """One workflow of DBOS, as far as it matters here."""

    id: str
    lane: Lane
    generation: int
    status: str
    executor: str | None
    version: str | None
    changed_at: float
    """Seconds since the epoch."""

    def alive(self, sessions: Collection[str], now: float) -> bool:
        """Whether somebody carries it, or soon will."""
        if self.status in _QUEUED:
            # A worker of another version may still take its own.
            return self.version == VERSION or now - self.changed_at < LEASE_S
        return self.status in _ACTIVE and self.executor in sessions


class Carrier:
    """DBOS in this process; there is one at a time.

    Args:
        engine: The store; DBOS lives in the same PostgreSQL, or in a file beside SQLite's.
        session: The worker's session, unique per live process.
        drain: Works on a run until nothing is left of it or the worker ends. Called on the loop that
            launches.
    """

    def __init__(self, engine: Engine, session: str, drain: Callable[[str], Awaitable[None]]) -> None:
        global _drain  # noqa: PLW0603  DBOS calls workflows by name: they cannot be methods of an object
        _drain = drain
        refuse_pickle()
        speak_plainly()
        self._session = session
        self._dbos = DBOS(
            config={
                "name": "advisor",
                "system_database_url": _address(engine),
                "dbos_system_schema": "advisor_lanes",
                "executor_id": session,
                "application_version": VERSION,
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                "use_listen_notify": False,
                "sys_db_pool_size": 5,
                "sys_db_idle_transaction_timeout_sec": 10.0,
                "max_executor_threads": 16,
            }
        )

    def launch(self) -> None:
        """Start it; call it where the loop runs, before `arrange`."""
        DBOS.launch()

    def prepare(self) -> None:
        """Have the queue; call it off the loop."""
        DBOS.register_queue(
            QUEUE,
            partition_worker_concurrency=LANES_PER_RUN,
            polling_interval_sec=POLL_S,
            on_conflict="always_update",
        )

    def carried(self) -> tuple[Carried, ...]:
        """Every lane DBOS knows of; call it off the loop, before asking the ledger what is wanted."""
        found = DBOS.list_workflows(queue_name=QUEUE, load_input=False, load_output=False)
        return tuple(one for one in map(_read, found) if one is not None)

    def arrange(
        self,
        carried: Sequence[Carried],
        wanted: Mapping[str, Sequence[Lane]],
        sessions: Collection[str],
    ) -> int:
        """Give every wanted lane that nobody carries a new generation; forget those of runs that ended.

        Args:
            carried: What `carried` returned before `wanted` was read.
            wanted: Lanes of the live runs.
            sessions: Sessions whose lease is valid.

        Returns:
            Number of lanes submitted.
        """
        now, living = time.time(), {*sessions, self._session}
        held = {one.lane for one in carried if one.alive(living, now)}
        last = {one.lane: one.generation for one in sorted(carried, key=lambda one: one.generation)}
        dead = dead_lanes(carried, living, now)
        over = [one.id for one in carried if one.lane.run not in wanted and one.status not in _ACTIVE]
        missing = [lane for lanes in wanted.values() for lane in lanes if lane not in held]
        if dead:
            DBOS.cancel_workflows(dead)
        if over:
            DBOS.delete_workflows(over)
        for lane in missing:
            _submit(lane, last.get(lane, 0) + 1)
        return len(missing)

    def sharers(self, carried: Sequence[Carried], sessions: Collection[str]) -> Mapping[str, int]:
        """How many living workers carry each run, this one included."""
        living = {*sessions, self._session}
        held = {
            (one.lane.run, one.executor)
            for one in carried
            if one.status == WorkflowStatusString.PENDING.value and one.executor in living
        }
        return Counter(run for run, _ in held)

    def close(self) -> None:
        """End it: no further lane is taken, then those carried are put down for others, last its threads go.

        DBOS would take away the threads of a lane it has just begun: what its queue threads took in their
        last round has to be seen, and ended, before.
        """
        deadline = time.monotonic() + CLOSE_LIMIT_S
        for event in self._dbos.background_thread_stop_events:
            event.set()
        for taker in (one for one in threading.enumerate() if one.name.startswith(_TAKERS)):
            taker.join(max(0.0, deadline - time.monotonic()))
        while time.monotonic() < deadline and self._carrying():
            time.sleep(0.05)
        DBOS.destroy()

    def _carrying(self) -> bool:
        mine = DBOS.list_workflows(
            status=WorkflowStatusString.PENDING.value, executor_id=self._session, load_input=False
        )
        return bool(mine)


def dead_lanes(carried: Sequence[Carried], sessions: Collection[str], now: float) -> list[str]:
    """Workflows to take off the queue: those whose executor died.

    Lanes of a run that is over are left alone: whoever takes one meanwhile finds nothing to do.
    """
    return [one.id for one in carried if one.status in _ACTIVE and not one.alive(sessions, now)]


def _submit(lane: Lane, generation: int) -> None:
    options: EnqueueOptions = {
        "workflow_name": _WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": f"{lane.name}.{generation}",
        "queue_partition_key": lane.run,
        "app_version": VERSION,
    }
    DBOS.enqueue_workflow_with_options(options, lane.name)


def _read(found: WorkflowStatus) -> Carried | None:
    """What a row says; None for one we did not write."""
    name, _, generation = found.workflow_id.rpartition(".")
    try:
        return Carried(
            id=found.workflow_id,
            lane=read_lane(name),
            generation=int(generation),
            status=found.status,
            executor=found.executor_id,
            version=found.app_version,
            changed_at=(found.updated_at or 0) / 1e3,
        )
    except ValueError:
        return None


_WORKFLOW = "carry_lane"
_drain: Callable[[str], Awaitable[None]] | None = None


@DBOS.step(name="drain")
async def _work_on(run: str) -> None:
    assert _drain is not None
    await _drain(run)


@DBOS.workflow(name=_WORKFLOW)
async def _carry(name: str) -> None:
    await _work_on(read_lane(name).run)


def _address(engine: Engine) -> str:
    """Where DBOS keeps its tables: in our PostgreSQL, or beside our SQLite file, in write-ahead mode."""
    if engine.dialect.name != "sqlite":
        return engine.url.render_as_string(hide_password=False)
    file = Path(engine.url.database or "").with_name(FILE_NAME)
    # DBOS leaves SQLite in its slow default mode; the mode stays with the file.
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    file.chmod(0o600)
    return f"sqlite:///{file}"
