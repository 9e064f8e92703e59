"""What the faces read about a run: how far it is, what it cost, every sample."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, Integer, cast, func, select

from advisor.case import Measurement
from advisor.errors import NotFound
from advisor.host.books import read_plan
from advisor.host.budgets import run_scope
from advisor.host.ledger import plan_of, simulated_microusd
from advisor.host.store import reading
from advisor.host.tables import ATTEMPT, BUDGET, LIVE, RUN, SAMPLE, RunState
from advisor.probe.judging import verdicts, wants_judge, with_verdicts
from advisor.probe.samples import MICROUSD_PER_USD, Attempt, Failure, Purpose, Sample, SampleState
from advisor.probe.summary import OfferSummary, measurements, summaries
from advisor.wording import usd

_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, at one moment."""

    run: str
    state: RunState
    todo: int
    calling: int
    done: int
    failed: int
    unknown: int
    """In flight when a worker died, and not asked again."""
    spent_usd: float
    """Charged so far; what cannot be priced is charged at its worst case."""
    held_usd: float
    """Worst case of the calls in flight."""
    cap_usd: float
    simulated_usd: float
    """Part of what is charged that nobody pays: practice models."""
    simulated: bool
    """Whether any offer is simulated."""
    asked_again: int
    """Calls that were in flight when a worker died, and were asked once more."""
    started_at: datetime
    ended_at: datetime | None
    reason: str
    """Why it stopped early; empty otherwise."""

    @property
    def unpaid(self) -> str:
        """What part of the charge nobody pays, in words; empty when everything is paid."""
        if not self.simulated:
            return ""
        if self.simulated_usd >= self.spent_usd:
            return "simulated dollars, nothing is paid"
        return f"of it {usd(self.simulated_usd)} simulated, which nobody pays"

    @property
    def wanted(self) -> int:
        """Number of answers the run wants."""
        return self.todo + self.calling + self.ended

    @property
    def ended(self) -> int:
        """Number of samples that will not change any more."""
        return self.done + self.failed + self.unknown

    @property
    def live(self) -> bool:
        """Whether a worker still has something to do."""
        return self.state in LIVE

    @property
    def under_way(self) -> bool:
        """Whether it may still go on by itself or at somebody's word: live or paused."""
        return self.live or self.state is RunState.PAUSED


@dataclass(frozen=True, slots=True)
class RunHead:
    """One run in a list."""

    run: str
    case_name: str
    state: RunState
    started_at: datetime


def progress(engine: Engine, run_id: str) -> Progress:
    """How far a run is; cheap enough for polling.

    Raises:
        NotFound: There is no such run.
    """
    with reading(engine) as connection:
        run = connection.execute(select(RUN).where(RUN.c.id == run_id)).one_or_none()
        if run is None:
            raise NotFound(f"There is no run {run_id}.", "Start a new one.")
        mine = (SAMPLE.c.run == run_id) & (SAMPLE.c.purpose != Purpose.WARM_UP)
        counting = select(SAMPLE.c.state, func.count()).where(mine).group_by(SAMPLE.c.state)
        counts = {row[0]: row[1] for row in connection.execute(counting)}
        # PostgreSQL has no maximum of truth values.
        some = connection.execute(select(func.max(cast(SAMPLE.c.simulated, Integer))).where(mine)).scalar()
        again = select(func.count()).where(
            mine, SAMPLE.c.interruptions > 0, SAMPLE.c.state != SampleState.UNKNOWN
        )
        asked_again = connection.execute(again).scalar_one()
        money = connection.execute(select(BUDGET).where(BUDGET.c.scope == run_scope(run_id))).one()
        unpaid = simulated_microusd(connection, run_id, money.spent) if some else 0
    return Progress(
        run=run_id,
        state=RunState(run.state),
        **{state.value: counts.get(state.value, 0) for state in SampleState},
        spent_usd=money.spent / MICROUSD_PER_USD,
        held_usd=money.held / MICROUSD_PER_USD,
        cap_usd=money.cap / MICROUSD_PER_USD,
        simulated_usd=unpaid / MICROUSD_PER_USD,
        simulated=bool(some),
        asked_again=asked_again,
        started_at=_moment(run.created_at),
        ended_at=None if run.ended_at is None else _moment(run.ended_at),
        reason=run.reason,
    )


def samples(engine: Engine, run_id: str) -> tuple[Sample, ...]:
    """Every sample of a run with its finished attempts, in the order asked."""
    with reading(engine) as connection:
        rows = connection.execute(
            select(SAMPLE).where(SAMPLE.c.run == run_id).order_by(SAMPLE.c.position)
        ).all()
        sent = connection.execute(
            select(ATTEMPT.c.sample, ATTEMPT.c.document)
            .join(SAMPLE, SAMPLE.c.id == ATTEMPT.c.sample)
            .where(SAMPLE.c.run == run_id, ATTEMPT.c.document.is_not(None))
            .order_by(ATTEMPT.c.id)
        ).all()
    attempts: dict[int, list[Attempt]] = {}
    for sample, document in sent:
        attempts.setdefault(sample, []).append(Attempt.model_validate_json(document))
    return tuple(
        Sample(
            key=row.key,
            run=run_id,
            offer=row.lane,
            prompt=row.prompt,
            repeat=row.repeat,
            state=SampleState(row.state),
            simulated=row.simulated,
            purpose=Purpose(row.purpose),
            rung=row.rung,
            attempts=tuple(attempts.get(row.id, ())),
            not_asked=None if row.not_asked is None else Failure.model_validate_json(row.not_asked),
        )
        for row in rows
    )


def judge_run(engine: Engine, run_id: str) -> str | None:
    """The newest run in which a judge model read the replies of this one."""
    return _about(engine, f'"judges":"{run_id}"')


def _about(engine: Engine, link: str) -> str | None:
    query = (
        select(RUN.c.id).where(RUN.c.plan.contains(link, autoescape=True)).order_by(RUN.c.created_at.desc())
    )
    with reading(engine) as connection:
        return connection.execute(query.limit(1)).scalar()


def embedding_run(engine: Engine, run_id: str) -> str | None:
    """The newest run in which an embedding model read the replies of this one."""
    return _about(engine, f'"embeds":"{run_id}"')


def judged_samples(engine: Engine, run_id: str) -> tuple[Sample, ...]:
    """The samples of a run, with what a judge model said where the run has rubrics and was judged."""
    found = samples(engine, run_id)
    judge = judge_run(engine, run_id) if wants_judge(plan_of(engine, run_id).prompts) else None
    return found if judge is None else with_verdicts(found, verdicts(samples(engine, judge)))


def run_summaries(engine: Engine, run_id: str) -> tuple[OfferSummary, ...]:
    """Figures of every offer of a run, usable while it goes on."""
    return summaries(plan_of(engine, run_id), judged_samples(engine, run_id))


def run_measurements(engine: Engine, run_id: str) -> tuple[Measurement, ...]:
    """Evidence for the case from what a run has shown so far, dated by the run's start."""
    day = progress(engine, run_id).started_at.date()
    return measurements(plan_of(engine, run_id), judged_samples(engine, run_id), run_id, day)


def recent_runs(engine: Engine, limit: int = 50, owner: str | None = None) -> tuple[RunHead, ...]:
    """The newest runs, newest first; of everybody without an owner."""
    query = select(RUN).order_by(RUN.c.created_at.desc()).limit(limit)
    if owner is not None:
        query = query.where(RUN.c.owner == owner)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return tuple(
        RunHead(row.id, read_plan(row.plan).case_name, RunState(row.state), _moment(row.created_at))
        for row in rows
    )


def find_run(engine: Engine, beginning: str) -> str:
    """The full id of a run by at least four of its first characters.

    Raises:
        NotFound: None or several begin so.
    """
    query = select(RUN.c.id).where(RUN.c.id.startswith(beginning, autoescape=True)).limit(2)
    with reading(engine) as connection:
        found = connection.execute(query).scalars().all() if len(beginning) >= _SHORTEST else []
    if len(found) != 1:
        many = "Several runs begin" if found else "There is no run that begins"
        raise NotFound(f"{many} with {beginning}.", "`advisor runs list` shows their ids.")
    return found[0]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
