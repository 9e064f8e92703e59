"""Control of runs: pause, resume, cancel, abort, asking failures again; rates and places of accounts."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, delete, select, update

from advisor.errors import BadInput, FailureKind
from advisor.host.audit import Action
from advisor.host.buckets import SLOWEST_PER_S
from advisor.host.control import abort, ask_failures_again, cancel, pause, raise_cap, resume
from advisor.host.ledger import instrument_of, live_runs, record_instrument, start_run, tick
from advisor.host.runs import find_run, progress, recent_runs, samples
from advisor.host.sessions import end_session
from advisor.host.store import reading, writing
from advisor.host.tables import BUCKET, SESSION, RunState
from advisor.host.team_tables import AUDIT
from advisor.probe.samples import Purpose, SampleState
from tests.host.ledger_steps import (
    answer,
    drain,
    failure,
    finished,
    hold_of,
    paid_plan,
    practice_plan,
    session,
)


def test_a_paused_run_keeps_what_is_in_flight(store: Engine) -> None:
    """Paused, nothing starts and workers may leave; the call in flight is recorded; resumed, the rest is."""
    run, worker = start_run(store, practice_plan(4)), session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    pause(store, run)
    between = tick(store, run, worker, [answer(claim)], 8)
    paused = progress(store, run)
    resume(store, run)
    rest = drain(store, run, worker)

    assert (between.claims, between.over, live_runs(store)) == ((), True, ())
    assert (paused.state, paused.done, paused.todo, paused.under_way) == (RunState.PAUSED, 1, 3, True)
    assert (rest, progress(store, run).state) == (3, RunState.DONE)


def test_a_dead_worker_of_a_paused_run_is_taken_over(store: Engine) -> None:
    """Its call is charged at its worst case and asked once more after the run is resumed."""
    run, worker = start_run(store, practice_plan(1)), session(store)
    tick(store, run, worker, [], 1)
    pause(store, run)
    end_session(store, worker)
    paused = progress(store, run)
    resume(store, run)

    assert (paused.state, paused.todo, paused.calling) == (RunState.PAUSED, 1, 0)
    assert drain(store, run, session(store)) == 1


def test_aborting_drops_calls_and_charges_them(store: Engine) -> None:
    """Workers are told to drop; what they dropped is unknown, charged at its worst, and nothing starts."""
    plan = paid_plan(4)
    run, worker = start_run(store, plan), session(store)
    claims = tick(store, run, worker, [], 2).claims
    abort(store, run)
    told = tick(store, run, worker, [answer(claims[0])], 8)
    dropped = failure(claims[1], FailureKind.INTERRUPTED).attempt.outcome
    last = tick(store, run, worker, [finished(claims[1], dropped, None)], 8)
    seen = progress(store, run)

    assert (told.claims, told.over, told.drop) == ((), False, True)
    assert (last.claims, last.over, seen.state) == ((), True, RunState.ABORTED)
    assert (seen.done, seen.unknown, seen.todo) == (1, 1, 2)
    assert seen.spent_usd == pytest.approx(hold_of(plan) / 1e6 + 0.000_010)


def test_aborting_does_not_wait_for_the_dead(store: Engine) -> None:
    """Calls of a worker whose lease has ended are closed at once, and are not repeated."""
    run, worker = start_run(store, practice_plan(3)), session(store)
    tick(store, run, worker, [], 2)
    with writing(store) as connection:
        connection.execute(update(SESSION).values(lease_until=0.0))
    abort(store, run)
    seen = progress(store, run)

    assert (seen.state, seen.unknown, seen.held_usd) == (RunState.ABORTED, 2, 0)


def test_a_cancelled_run_can_go_on(store: Engine) -> None:
    """What was not asked is asked after all; what was answered is not asked again."""
    run, worker = start_run(store, practice_plan(3)), session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    cancel(store, run)
    tick(store, run, worker, [answer(claim)], 8)
    resume(store, run)

    assert drain(store, run, worker) == 2
    assert progress(store, run).state is RunState.DONE


def test_only_failures_are_asked_again(store: Engine) -> None:
    """New attempts in the same run, with the plan's attempts anew; the answer is not touched."""
    run, worker = start_run(store, practice_plan(3, max_attempts=1)), session(store)
    claims = tick(store, run, worker, [], 3).claims
    kinds = (FailureKind.PROVIDER_DOWN, FailureKind.CONTENT_FILTER)
    failed = [failure(claim, kind) for claim, kind in zip(claims[1:], kinds, strict=True)]
    tick(store, run, worker, [answer(claims[0]), *failed], 0)
    ended = progress(store, run)
    again = ask_failures_again(store, run)
    asked = tick(store, run, worker, [], 8).claims
    tick(store, run, worker, [answer(claim) for claim in asked], 0)
    found = samples(store, run)

    assert (ended.state, ended.done, ended.failed, again) == (RunState.DONE, 1, 2, 2)
    assert [(claim.number, claim.tries) for claim in asked] == [(2, 1), (2, 1)]
    assert [len(one.attempts) for one in found] == [1, 2, 2]
    assert (progress(store, run).state, progress(store, run).done) == (RunState.DONE, 3)


def test_a_refused_key_can_be_tried_again(store: Engine) -> None:
    """Samples never asked because the key was refused are asked once it is mended."""
    run, worker = start_run(store, practice_plan(3)), session(store)
    claim = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [failure(claim, FailureKind.AUTHENTICATION)], 0)

    assert progress(store, run).failed == 3
    assert ask_failures_again(store, run) == 3
    assert drain(store, run, worker) == 3


@pytest.mark.parametrize("act", [pause, resume, ask_failures_again])
def test_what_is_impossible_says_so(store: Engine, act: object) -> None:
    """A run in another state is left alone, with what can be done instead."""
    run = start_run(store, practice_plan(1))
    if act is resume:
        with pytest.raises(BadInput, match=r"is running.*advisor runs watch"):
            resume(store, run)
        return
    cancel(store, run)

    with pytest.raises(BadInput, match=r"is cancelled.*advisor runs resume"):
        act(store, run)  # type: ignore[operator]  # one of the three above
    assert progress(store, run).state is RunState.CANCELLED


def test_every_end_stands_in_the_audit_log(store: Engine) -> None:
    """Who, how it ended, what it cost and what of it is simulated: done, cancelled, stopped by its cap."""
    for owner, changes in (("ada", {}), ("bob", {"cap_microusd": 1})):
        drain(store, start_run(store, practice_plan(2, **changes), owner), session(store))
    cancel(store, start_run(store, practice_plan(2)))
    with reading(store) as connection:
        query = select(AUDIT.c.actor, AUDIT.c.detail).where(AUDIT.c.action == Action.RUN_ENDED)
        rows = [(row.actor, row.detail) for row in connection.execute(query.order_by(AUDIT.c.id))]

    assert [actor for actor, _ in rows] == ["ada", "bob", "nobody signed in"]
    assert json.loads(rows[0][1]) == {"simulated_usd": pytest.approx(2e-05), "spent_usd": 0, "state": "done"}
    assert ["done" in rows[0][1], "stopped_budget" in rows[1][1], "cancelled" in rows[2][1]] == [True] * 3


def test_warm_ups_are_paid_but_not_counted(store: Engine) -> None:
    """Progress counts wanted answers; the warm-up's money is charged and it is known for what it is."""
    run, worker = start_run(store, practice_plan(2, warm_up=True)), session(store)
    first = tick(store, run, worker, [], 1).claims[0]
    tick(store, run, worker, [answer(first)], 0)
    warm = progress(store, run)

    assert Purpose(first.purpose) is Purpose.WARM_UP
    assert (warm.wanted, warm.done) == (2, 0)
    assert warm.spent_usd == pytest.approx(0.000_010)
    assert samples(store, run)[0].purpose is Purpose.WARM_UP


def test_a_lane_waits_for_its_own_warm_up_alone(store: Engine) -> None:
    """Before its warm-up has ended an offer gets no second call; the offer that is warm goes on."""
    run, worker = start_run(store, paid_plan(4, hosts=2, warm_up=True)), session(store)
    first, second = tick(store, run, worker, [], 8).claims
    waiting = tick(store, run, worker, [], 8).claims
    warm = tick(store, run, worker, [answer(first)], 8).claims
    refused = tick(store, run, worker, [failure(second, FailureKind.AUTHENTICATION)], 8).claims

    assert {first.purpose, second.purpose} == {Purpose.WARM_UP}
    assert (waiting, refused) == ((), ())
    assert [claim.lane for claim in warm] == [first.lane] * 4


def test_places_are_shared_by_all_workers(store: Engine) -> None:
    """Two workers have no more calls in flight than the plan allows, two runs no more than an account."""
    run = start_run(store, practice_plan(20))
    taken = [len(tick(store, run, session(store, name), [], 6).claims) for name in "ab"]
    narrow = paid_plan(9, concurrency_per_provider=3)
    one, other = start_run(store, narrow), start_run(store, narrow)
    worker = session(store)

    assert taken == [6, 2]
    assert [len(tick(store, each, worker, [], 8).claims) for each in (one, other)] == [3, 0]


def test_a_full_account_holds_nobody_else_up(store: Engine) -> None:
    """Samples of another account are claimed past those that must wait."""
    run = start_run(store, paid_plan(9, hosts=2, concurrency_per_provider=3))
    claims = tick(store, run, session(store), [], 8).claims

    assert sorted(claim.account for claim in claims) == ["127.0.0.1:8000"] * 3 + ["127.0.0.1:8001"] * 3


def test_requests_per_minute_are_kept_over_runs(store: Engine) -> None:
    """At 24 a minute two start at once; everything else waits, in every run on that account."""
    plan = paid_plan(9, requests_per_minute=24)
    run, other, worker = start_run(store, plan), start_run(store, plan), session(store)

    assert [len(tick(store, each, worker, [], 8).claims) for each in (run, other)] == [2, 0]


def test_tokens_not_used_are_given_back(store: Engine) -> None:
    """A call counted at its most frees the rest of its tokens when its usage is known."""
    plan = paid_plan(9)
    most = plan.most_tokens(plan.prompts[0])
    run = start_run(store, plan.model_copy(update={"tokens_per_minute": 12.0 * most * 1.5}))
    worker = session(store)
    claims = tick(store, run, worker, [], 8).claims
    reply = answer(claims[0])
    usage = {"usage": {"prompt_tokens": 10, "completion_tokens": 2}}
    short = type(reply.attempt).model_validate(reply.attempt.model_dump() | usage)
    step = tick(store, run, worker, [type(reply)(claims[0], short)], 8)

    assert (len(claims), len(step.claims)) == (1, 1)


def test_a_rate_limit_halves_the_pace_once(store: Engine) -> None:
    """Of four calls in flight that are all refused only the first teaches; the pace returns by itself."""
    run = start_run(store, paid_plan(20, requests_per_minute=600, max_attempts=2))
    worker = session(store)
    claims = tick(store, run, worker, [], 4).claims
    tick(store, run, worker, [failure(one, FailureKind.RATE_LIMIT, 0.0) for one in claims], 0)
    with reading(store) as connection:
        row = connection.execute(select(BUCKET).where(BUCKET.c.kind == "requests")).one()
    with writing(store) as connection:
        connection.execute(update(BUCKET).values(slowed_at=row.slowed_at - 61, arrival=0.0))
    freed = tick(store, run, worker, [], 8).claims

    # 600 a minute are 50 at once and 550 spread: 9.17 a second, halved.
    assert row.slowed_to == pytest.approx(550 / 60 / 2)
    assert len(freed) == 8


def test_a_refused_account_is_soon_asked_as_fast_as_before(store: Engine) -> None:
    """Without a limit of ours a refusal slows calls down for two minutes at most."""
    run = start_run(store, paid_plan(20, max_attempts=2))
    worker = session(store)
    (claim,) = tick(store, run, worker, [], 1).claims
    tick(store, run, worker, [failure(claim, FailureKind.RATE_LIMIT, 0.0)], 0)
    with writing(store) as connection:
        row = connection.execute(select(BUCKET).where(BUCKET.c.kind == "requests")).one()
        connection.execute(update(BUCKET).values(slowed_at=row.slowed_at - 121, arrival=0.0))

    assert row.slowed_to >= SLOWEST_PER_S
    assert len(tick(store, run, worker, [], 4).claims) == 4


def test_a_cap_can_only_be_raised(store: Engine) -> None:
    """A lower cap is refused in words, and the old one stays."""
    run = start_run(store, paid_plan(2))
    before = progress(store, run).cap_usd
    with pytest.raises(BadInput, match="can only be raised"):
        raise_cap(store, run, 1)

    assert progress(store, run).cap_usd == before


def test_the_instruments_error_is_kept(store: Engine) -> None:
    """What was measured before a run is read back; None when nothing was."""
    run = start_run(store, practice_plan(1))
    before = instrument_of(store, run)
    record_instrument(store, run, {"ttft_median_ms": 0.4})

    assert (before, instrument_of(store, run)) == (None, {"ttft_median_ms": 0.4})


def test_runs_are_found_again(store: Engine) -> None:
    """By the beginning of their id, and one's own in the list."""
    mine, theirs = (start_run(store, practice_plan(1), owner) for owner in ("ada", "bob"))

    assert find_run(store, mine[:8]) == mine
    assert [head.run for head in recent_runs(store, owner="bob")] == [theirs]


def test_a_session_that_vanished_is_an_orphan(store: Engine) -> None:
    """Calls of a session nobody knows any more are closed by an abort too."""
    run, worker = start_run(store, practice_plan(2)), session(store)
    tick(store, run, worker, [], 1)
    with writing(store) as connection:
        connection.execute(delete(SESSION))
    abort(store, run)

    assert [one.state for one in samples(store, run)] == [SampleState.UNKNOWN, SampleState.TODO]


def test_a_load_ladder_climbs_one_step_and_one_offer_at_a_time(store: Engine) -> None:
    """After the warm-ups at most so many calls as the step says are in flight, and none of the next step."""
    plan = paid_plan(1, hosts=2, warm_up=True, rungs=(1, 2, 4))
    run, worker = start_run(store, plan), session(store)
    flying = list(tick(store, run, worker, [], 8).claims)
    warmed = len(flying)
    seen: list[tuple[int, int]] = []
    while flying:
        # One call ends at a time; another worker asks for more and gets nothing.
        fresh = tick(store, run, worker, [answer(flying.pop(0))], 8).claims
        assert tick(store, run, worker, [], 8).claims == ()
        flying += fresh
        rungs = {one.key: one.rung or 0 for one in samples(store, run)}
        steps = {(one.lane, rungs[one.key]) for one in flying}
        assert len(steps) <= 1 or not any(rung for _, rung in steps)
        seen += [(rung, len(flying)) for _, rung in steps if rung]

    assert warmed == 2
    assert {rung: max(many for step, many in seen if step == rung) for rung in (1, 2, 4)} == {
        1: 1,
        2: 2,
        4: 4,
    }
    assert progress(store, run).done == 2 * (4 + 4 + 8)
    assert [one.rung for one in samples(store, run)] == [None] * 2 + [1] * 8 + [2] * 8 + [4] * 16
