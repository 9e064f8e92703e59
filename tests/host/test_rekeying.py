"""A run whose key is gone: said before it goes on, handed over again, and never a failed sample."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from advisor.errors import FailureKind, NotFound
from advisor.host.control import ask_failures_again, cancel
from advisor.host.keys import KeyRing, hand_over, holders
from advisor.host.ledger import plan_of, start_run, tick
from advisor.host.rekeying import bring_keys, handed_to_workers, keys_gone, pause_without_keys
from advisor.host.runs import progress
from advisor.host.sessions import open_session
from advisor.host.tables import RunState
from advisor.probe.plan import RunPlan
from tests.host.ledger_steps import failure, paid_plan

NAME, MINE = "GATEWAY_KEY", "own-key-of-one-visitor-123"


def worker(store: Engine, environment: dict[str, str] | None = None) -> KeyRing:
    """A living worker that has said which keys it holds."""
    ring = KeyRing(store, open_session(store, "w", alone=False), environment or {})
    ring.publish()
    return ring


def keyed_plan(*, missing: bool = False, **changes: object) -> RunPlan:
    """A plan of two calls to one endpoint that wants a key."""
    plan = paid_plan(2, max_attempts=1)
    targets = tuple(one.model_copy(update={"key_env": NAME, "key_missing": missing}) for one in plan.targets)
    return plan.model_copy(update={"targets": targets, **changes})


def failed_run(store: Engine, plan: RunPlan) -> str:
    """A run whose two calls have failed for a reason that passes."""
    run, me = start_run(store, plan), open_session(store, "caller", alone=False)
    claims = tick(store, run, me, [], 2).claims
    tick(store, run, me, [failure(one, FailureKind.PROVIDER_DOWN) for one in claims], 0)
    return run


def test_an_ended_runs_own_key_is_asked_for_before_it_goes_on(store: Engine) -> None:
    """The worker forgot it with the run's end: nothing starts without it, and with it the worker has it."""
    ring = worker(store)
    ticket = hand_over(store, {NAME: MINE})
    run = failed_run(store, keyed_plan(own_keys=(NAME,), key_ticket=ticket))
    ring.environment((NAME,), ticket)
    held = keys_gone(store, run, {})
    ring.forget(run, ticket)
    gone = keys_gone(store, run, {})
    with pytest.raises(NotFound, match=NAME):
        bring_keys(store, run, {}, {})
    before = progress(store, run)
    bring_keys(store, run, {NAME: MINE}, {})
    plan = plan_of(store, run)

    assert (held, gone) == ((), (NAME,))
    assert (before.state, before.failed) == (RunState.DONE, 2)
    assert plan.key_ticket not in (ticket, None)
    assert ring.environment(plan.own_keys, plan.key_ticket)[NAME] == MINE
    assert keys_gone(store, run, {}) == ()
    assert ask_failures_again(store, run) == 2


def test_a_key_of_the_server_that_no_worker_holds_is_taken_from_the_shell(store: Engine) -> None:
    """What the app's worker lacks is handed to it; what it holds stays its own."""
    worker(store, {"OTHER_KEY": "x"})
    run = failed_run(store, keyed_plan())
    gone = keys_gone(store, run, {})
    bring_keys(store, run, {NAME: MINE}, {})

    assert gone == (NAME,)
    assert plan_of(store, run).own_keys == (NAME,)
    assert handed_to_workers(store, keyed_plan(), {"OTHER_KEY": "y"}).own_keys == ()
    assert handed_to_workers(store, keyed_plan(), {NAME: MINE}).own_keys == (NAME,)


def test_a_worker_that_holds_the_key_needs_nothing(store: Engine) -> None:
    """Neither does a store without workers when this environment has it."""
    run = failed_run(store, keyed_plan())
    here = keys_gone(store, run, {NAME: MINE}), keys_gone(store, run, {})
    worker(store, {NAME: MINE})
    bring_keys(store, run, {}, {})

    assert here == ((), (NAME,))
    assert plan_of(store, run) == keyed_plan()


def test_an_offer_that_never_had_a_key_is_left_alone_until_it_has_one(store: Engine) -> None:
    """Its failures are not asked again for nothing; once its key is there they are."""
    worker(store)
    run = failed_run(store, keyed_plan(missing=True))
    with pytest.raises(NotFound, match=NAME):
        bring_keys(store, run, {}, {})
    left_alone = ask_failures_again(store, run)
    bring_keys(store, run, {NAME: MINE}, {})

    assert left_alone == 0
    assert ask_failures_again(store, run) == 2


def test_a_run_pauses_for_its_key_unless_somebody_ended_it(store: Engine) -> None:
    """The reason names the variable; a run that is being cancelled is not brought back."""
    run, other = start_run(store, keyed_plan()), start_run(store, keyed_plan())
    cancel(store, other)
    for one in (run, other):
        pause_without_keys(store, one, {NAME})
    seen = progress(store, run)

    assert (seen.state, seen.failed, seen.todo) == (RunState.PAUSED, 0, 2)
    assert NAME in seen.reason
    assert progress(store, other).state is RunState.CANCELLED


def test_who_holds_a_key_is_known_until_it_is_forgotten(store: Engine) -> None:
    """A worker counts from the hand-over to its forgetting."""
    ring = worker(store)
    ticket = hand_over(store, {NAME: MINE})
    given = holders(store, ticket)
    ring.environment((NAME,), ticket)
    opened = holders(store, ticket)
    ring.forget("no run", ticket)

    assert len(given) == 1
    assert (opened, holders(store, ticket)) == (given, frozenset())
