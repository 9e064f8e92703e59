"""The ledger: nothing recorded is asked again, the cap holds, cancelling starts nothing new."""

from __future__ import annotations

import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, update

from advisor.errors import FailureKind, NotFound
from advisor.host.control import cancel, raise_cap
from advisor.host.ledger import live_runs, plan_of, prepare, start_run, tick
from advisor.host.runs import progress, recent_runs, run_summaries, samples
from advisor.host.sessions import end_session, open_session, renew, take_over
from advisor.host.settlement import Claim, Finished
from advisor.host.store import open_store, writing
from advisor.host.tables import SESSION, RunState
from advisor.probe.samples import SampleState
from tests.host.ledger_steps import answer, drain, failure, practice_plan, session
from tests.probe.plans import case_of, plan_of_case


def test_a_run_to_its_end(store: Engine) -> None:
    """Every wanted answer is asked for once; money and counters are exact at the end."""
    run = start_run(store, practice_plan(5))
    calls = drain(store, run, session(store), room=2)
    seen = progress(store, run)

    assert calls == 5
    assert (seen.state, seen.done, seen.ended, seen.wanted, seen.live) == (RunState.DONE, 5, 5, 5, False)
    assert seen.spent_usd == pytest.approx(5 * 0.000_010)
    assert seen.held_usd == 0
    assert seen.ended_at is not None
    assert live_runs(store) == ()


def test_results_are_there_while_the_run_goes_on(store: Engine) -> None:
    """After the first answer its sample and the figures can be read; the rest is still to do."""
    run = start_run(store, practice_plan(3))
    worker = session(store)
    first = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(first)], 0)
    states = [sample.state for sample in samples(store, run)]
    summary = run_summaries(store, run)[0]

    assert states == [SampleState.DONE, SampleState.TODO, SampleState.TODO]
    assert (summary.answered, summary.wanted, summary.simulated) == (1, 3, True)
    assert summary.figures["consistency"] is None


def test_the_plan_is_kept(store: Engine) -> None:
    """The run holds the very plan the user agreed to, and stands in the list of runs."""
    plan = practice_plan(2)
    run = start_run(store, plan)

    assert plan_of(store, run) == plan
    assert [head.run for head in recent_runs(store)] == [run]


def test_an_unknown_run_is_not_found(store: Engine) -> None:
    """A run that does not exist is an error that says so."""
    for read in (progress, plan_of):
        with pytest.raises(NotFound):
            read(store, "nothing")


def test_cancelling_starts_nothing_new(store: Engine) -> None:
    """After a cancellation nothing is claimed; the call in flight is kept and ends the run."""
    run = start_run(store, practice_plan(4))
    worker = session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    cancel(store, run)
    between = tick(store, run, worker, [], 4)
    last = tick(store, run, worker, [answer(claim)], 4)

    assert (between.claims, between.over, last.claims, last.over) == ((), False, (), True)
    assert (progress(store, run).state, progress(store, run).done) == (RunState.CANCELLED, 1)


def test_cancelling_an_idle_run_ends_it(store: Engine) -> None:
    """A run with nothing in flight is cancelled at once."""
    run = start_run(store, practice_plan(4))
    cancel(store, run)

    assert progress(store, run).state is RunState.CANCELLED


def test_the_cap_stops_a_run_and_a_higher_one_lets_it_go_on(store: Engine) -> None:
    """When the next worst case does not fit the run stops, resumable; what is recorded stays."""
    plan = practice_plan(6)
    hold = plan.hold_microusd(plan.targets[0], plan.prompts[0]) or 0
    run = start_run(store, plan.model_copy(update={"cap_microusd": hold + 25}))
    worker = session(store)
    first = drain(store, run, worker)
    stopped = progress(store, run)
    raise_cap(store, run, 100 * hold)
    second = drain(store, run, worker)

    # After three answers at 10 the rest, hold - 5, no longer holds a worst case.
    assert (stopped.state, stopped.done, first) == (RunState.STOPPED_BUDGET, 3, 3)
    assert stopped.reason
    assert (progress(store, run).state, second) == (RunState.DONE, 3)


@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0.1, 1.0))
def test_holds_and_spending_never_exceed_the_cap(seed: int, room: int, share: float) -> None:
    """Whatever ends when and costs what (up to its hold): spent + held <= cap after every tick."""
    dice = random.Random(seed)
    plan = practice_plan(8)
    hold = plan.hold_microusd(plan.targets[0], plan.prompts[0]) or 0
    engine = open_store("sqlite://")
    prepare(engine)
    cap = int(8 * hold * share)
    run = start_run(engine, plan.model_copy(update={"cap_microusd": max(cap, 1)}))
    worker = session(engine)
    flying: list[Claim] = []
    for _ in range(30):
        dice.shuffle(flying)
        ended = [flying.pop() for _ in range(dice.randint(0, len(flying)))]
        costs = [answer(claim, dice.choice([None, 0.0, claim.hold / 1e6])) for claim in ended]
        flying += tick(engine, run, worker, costs, room).claims
        seen = progress(engine, run)
        assert seen.spent_usd + seen.held_usd <= seen.cap_usd + 1e-12
    engine.dispose()


def test_three_threads_share_one_cap(store: Engine) -> None:
    """Three workers on one run ask nothing twice and together stay under the cap."""
    plan = practice_plan(60)
    hold = plan.hold_microusd(plan.targets[0], plan.prompts[0]) or 0
    run = start_run(store, plan.model_copy(update={"cap_microusd": 20 * hold}))
    keys: list[str] = []

    def work(number: int) -> None:
        worker = session(store, f"w{number}")
        finished: list[Finished] = []
        while True:
            step = tick(store, run, worker, finished, 3)
            keys.extend(claim.key for claim in step.claims)
            finished = [answer(claim, claim.hold / 1e6) for claim in step.claims]
            if not finished and step.over:
                return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == len(set(keys)) == 20
    assert progress(store, run).spent_usd == pytest.approx(20 * hold / 1e6)
    assert progress(store, run).state is RunState.STOPPED_BUDGET


def test_a_dead_workers_calls_are_repeated_once(store: Engine) -> None:
    """Interrupted calls are charged at their worst case and asked once more, then left unknown."""
    run = start_run(store, practice_plan(1))
    first, second = session(store), session(store)
    claim = tick(store, run, first, [], 1).claims[0]
    end_session(store, first)
    again = tick(store, run, second, [], 1).claims[0]
    end_session(store, second)
    over = tick(store, run, session(store), [], 1)
    sample = samples(store, run)[0]

    assert again.key == claim.key
    assert (over.claims, over.over, sample.state) == ((), True, SampleState.UNKNOWN)
    assert [getattr(attempt.outcome, "kind", None) for attempt in sample.attempts] == [
        FailureKind.INTERRUPTED,
        FailureKind.INTERRUPTED,
    ]
    assert progress(store, run).spent_usd == pytest.approx(2 * claim.hold / 1e6)
    assert sample.cost_usd is None


def test_leave_missing_asks_nothing_again(store: Engine) -> None:
    """Under the at-most-once policy an interrupted call stays unknown."""
    run = start_run(store, practice_plan(1, after_crash="leave_missing"))
    worker = session(store)
    tick(store, run, worker, [], 1)
    end_session(store, worker)

    assert samples(store, run)[0].state is SampleState.UNKNOWN
    assert tick(store, run, session(store), [], 1).over


def test_a_recorded_answer_survives_its_worker(store: Engine) -> None:
    """What was settled before the worker died is neither charged nor asked again."""
    run = start_run(store, practice_plan(2))
    worker = session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(claim)], 0)
    end_session(store, worker)
    other = session(store)
    rest = [claim.key for claim in tick(store, run, other, [], 8).claims]

    assert claim.key not in rest
    assert len(rest) == 1


def test_a_late_answer_does_not_count_twice(store: Engine) -> None:
    """A worker that comes back after losing its lease changes neither state nor money."""
    run = start_run(store, practice_plan(1))
    frozen, other = session(store), session(store)
    old = tick(store, run, frozen, [], 1).claims[0]
    end_session(store, frozen)
    new = tick(store, run, other, [], 1).claims[0]
    tick(store, run, frozen, [answer(old, 0.5)], 0)
    tick(store, run, other, [answer(new)], 0)
    sample = samples(store, run)[0]

    assert (sample.state, len(sample.attempts)) == (SampleState.DONE, 2)
    assert progress(store, run).spent_usd == pytest.approx(old.hold / 1e6 + 0.000_010)


def test_a_lease_that_ended_is_taken_over(store: Engine) -> None:
    """Only sessions that no longer renew lose their calls."""
    run = start_run(store, practice_plan(2))
    dead, alive = session(store), session(store)
    tick(store, run, dead, [], 1)
    tick(store, run, alive, [], 1)
    with writing(store) as connection:
        connection.execute(update(SESSION).where(SESSION.c.id == dead).values(lease_until=0.0))

    assert renew(store, alive)
    assert take_over(store) == 1
    assert progress(store, run).calling == 1


def test_a_session_ended_from_outside_learns_it(store: Engine) -> None:
    """A worker whose session was removed is told when it renews."""
    worker = session(store)
    with writing(store) as connection:
        connection.execute(delete(SESSION))

    assert not renew(store, worker)


def test_a_new_worker_in_the_same_place_ends_the_old(store: Engine) -> None:
    """Who holds the place's lock knows that earlier sessions there are dead."""
    run = start_run(store, practice_plan(1))
    old = open_session(store, "here", alone=True)
    tick(store, run, old, [], 1)
    open_session(store, "here", alone=True)

    assert take_over(store) == 1


@pytest.mark.parametrize(
    "kind",
    [FailureKind.AUTHENTICATION, FailureKind.MISSING_KEY, FailureKind.NOT_FOUND, FailureKind.PERMISSION],
)
def test_a_wrong_key_stops_its_offer_only(store: Engine, kind: FailureKind) -> None:
    """After the first refusal the offer's other calls are not made and say why; other offers go on."""
    case = case_of(offers=("practice:quick", "practice:steady"), samples_per_prompt=5)
    run = start_run(store, plan_of_case(case))
    worker = session(store)
    finished: list[Finished] = []
    calls: dict[str, int] = {}
    while claims := tick(store, run, worker, finished, 1).claims:
        finished = []
        for claim in claims:
            calls[claim.lane] = calls.get(claim.lane, 0) + 1
            refused = claim.lane == "practice:quick"
            finished.append(failure(claim, kind) if refused else answer(claim))
    untried = [sample for sample in samples(store, run) if sample.not_asked is not None]

    assert calls == {"practice:quick": 1, "practice:steady": 5}
    assert {sample.offer for sample in untried} == {"practice:quick"}
    assert [sample.failure.kind for sample in untried if sample.failure] == [kind] * 4
    assert progress(store, run).state is RunState.DONE


def test_failures_are_not_repeated_in_silence(store: Engine) -> None:
    """With one attempt allowed, a rate limit is a failed sample and the run goes on."""
    run = start_run(store, practice_plan(2, max_attempts=1))
    worker = session(store)
    claims = tick(store, run, worker, [], 2).claims
    tick(store, run, worker, [failure(claims[0], FailureKind.RATE_LIMIT), answer(claims[1])], 2)
    seen = progress(store, run)

    assert (seen.state, seen.failed, seen.done) == (RunState.DONE, 1, 1)


def test_a_repetition_shows(store: Engine) -> None:
    """With two attempts allowed, a refused call is sent again and both attempts are kept."""
    run = start_run(store, practice_plan(1, max_attempts=2))
    worker = session(store)
    first = tick(store, run, worker, [], 1).claims[0]
    second = tick(store, run, worker, [failure(first, FailureKind.RATE_LIMIT, 0)], 1).claims[0]
    tick(store, run, worker, [answer(second)], 0)
    sample = samples(store, run)[0]

    assert (second.number, len(sample.attempts), sample.state) == (2, 2, SampleState.DONE)


def test_retry_after_holds_for_the_whole_account(store: Engine) -> None:
    """What the provider asks to wait is waited by every run and sample on that account."""
    worker = session(store)
    run, other = start_run(store, practice_plan(2, max_attempts=2)), start_run(store, practice_plan(1))
    first = tick(store, run, worker, [], 1).claims[0]
    waiting = tick(store, run, worker, [failure(first, FailureKind.RATE_LIMIT, 3600)], 8)

    assert (waiting.claims, waiting.over) == ((), False)
    assert tick(store, other, worker, [], 8).claims == ()


def test_what_cannot_be_priced_is_charged_at_its_worst(store: Engine) -> None:
    """An answer without usage costs unknown to the reader, and its hold to the budget."""
    run = start_run(store, practice_plan(1))
    worker = session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(claim, None)], 0)

    assert samples(store, run)[0].cost_usd is None
    assert progress(store, run).spent_usd == pytest.approx(claim.hold / 1e6)


def test_an_overrun_is_recorded_not_refused(store: Engine) -> None:
    """A call that turns out dearer than its hold is settled all the same, and stops the run."""
    run = start_run(store, practice_plan(3))
    worker = session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    step = tick(store, run, worker, [answer(claim, 5.0)], 2)

    assert step.claims == ()
    assert samples(store, run)[0].state is SampleState.DONE
    assert progress(store, run).state is RunState.STOPPED_BUDGET
