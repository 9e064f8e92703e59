"""Keys of a run that is to go on: whether those its calls need are still held, and handing them over again.

A key a user brought lives in the memory of the workers that took it, and ends with the run or with them.
So before a run goes on it is asked who still holds what, and a worker without the key makes no call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Engine, select, update

from advisor.errors import NotFound
from advisor.host.keys import available, hand_over, held_names, holders, is_key_name
from advisor.host.ledger import plan_of
from advisor.host.store import reading, writing
from advisor.host.tables import RUN, SAMPLE, RunState
from advisor.probe.plan import RunPlan
from advisor.probe.samples import SampleState
from advisor.probe.targets import Target
from advisor.wording import joined

_NOT_ANSWERED = (SampleState.TODO, SampleState.FAILED, SampleState.UNKNOWN)


def keys_gone(engine: Engine, run_id: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Key variables that calls still to come need and nobody holds any more.

    An offer whose key was missing from the start is not asked again, so it needs none, unless it is all
    that is left.

    Args:
        engine: The store.
        run_id: Which run.
        environment: Of this process; it counts where no worker says what it holds.
    """
    plan = plan_of(engine, run_id)
    return _gone(plan, _open_targets(engine, run_id, plan), _held(engine, plan, environment))


def bring_keys(
    engine: Engine, run_id: str, brought: Mapping[str, str], environment: Mapping[str, str]
) -> None:
    """Have every key the run's calls still need with the workers, before it goes on.

    Args:
        engine: The store.
        run_id: Which run.
        brought: Keys somebody has at hand, by variable; only those that are gone are handed over.
        environment: As for `keys_gone`.

    Raises:
        NotFound: A key is gone and was not brought; nothing has changed then.
        BadInput: What was brought cannot be a key.
        StoreError: No worker is there to take it.
    """
    plan = plan_of(engine, run_id)
    still, held = _open_targets(engine, run_id, plan), _held(engine, plan, environment)
    gone = _gone(plan, still, held)
    lacking = [name for name in gone if not brought.get(name)]
    if lacking:
        raise NotFound(
            f"This run cannot go on without {joined(lacking)}: no worker holds it any more.",
            "On the probe page enter the key again; on the command line set the variable and repeat the "
            "command. No call was made, and nothing is lost.",
        )
    late = {one.key_env for one in still if one.key_missing and one.key_env and brought.get(one.key_env)}
    handed = {*gone, *(late - held)}
    ready = _with_ticket(engine, plan, {name: brought[name] for name in handed}) if handed else plan
    ready = _known_again(ready, held | handed)
    if ready != plan:
        with writing(engine) as connection:
            mine = update(RUN).where(RUN.c.id == run_id)
            connection.execute(mine.values(plan=ready.model_dump_json()))


def handed_to_workers(engine: Engine, plan: RunPlan, environment: Mapping[str, str]) -> RunPlan:
    """A new run's plan, with the keys of this environment that the living workers do not hold.

    A worker that is not there yet inherits the environment of whoever starts it.
    """
    held = held_names(engine)
    wanted = {target.key_env for target in plan.targets if target.key_env and not target.key_missing}
    if held is None:
        return plan
    keys = {name: environment[name] for name in wanted - held if environment.get(name)}
    return _with_ticket(engine, plan, keys) if keys else plan


def pause_without_keys(engine: Engine, run_id: str, names: Collection[str]) -> None:
    """Start no call of a run whose keys nobody holds any more, and say which."""
    reason = (
        f"{joined(sorted(names))} is gone: the worker that held it has ended. No call was made without it. "
        "Enter the key again on the probe page, or set the variable and use `advisor runs resume`."
    )
    with writing(engine) as connection:
        mine = update(RUN).where(RUN.c.id == run_id, RUN.c.state == RunState.RUNNING)
        connection.execute(mine.values(state=RunState.PAUSED, reason=reason))


def keys_lacking(plan: RunPlan, keys: Mapping[str, str]) -> frozenset[str]:
    """Key variables that were there when the run was planned and are not among `keys`."""
    wanted = {target.key_env for target in plan.targets if target.key_env and not target.key_missing}
    return frozenset(wanted - keys.keys())


def _gone(plan: RunPlan, still: Collection[Target], held: Collection[str]) -> tuple[str, ...]:
    had = [target for target in still if not target.key_missing]
    wanted = {target.key_env for target in had or still if target.key_env}
    gone = wanted - set(held)
    # One ticket stands for all keys of the user, so a new one takes the place of the whole.
    return tuple(sorted(gone | (wanted & set(plan.own_keys)))) if gone else ()


def _open_targets(engine: Engine, run_id: str, plan: RunPlan) -> tuple[Target, ...]:
    query = select(SAMPLE.c.lane).where(SAMPLE.c.run == run_id, SAMPLE.c.state.in_(_NOT_ANSWERED)).distinct()
    with reading(engine) as connection:
        lanes = frozenset(connection.execute(query).scalars())
    return tuple(target for target in plan.targets if target.ref in lanes)


def _held(engine: Engine, plan: RunPlan, environment: Mapping[str, str]) -> frozenset[str]:
    names, here, own = held_names(engine), available(engine, environment).keys(), frozenset(plan.own_keys)
    # Workers tell only names that look like those of keys.
    server = here if names is None else names | {name for name in here if not is_key_name(name)}
    mine = own if plan.key_ticket and holders(engine, plan.key_ticket) else frozenset[str]()
    return (frozenset(server) - own) | mine


def _with_ticket(engine: Engine, plan: RunPlan, keys: Mapping[str, str]) -> RunPlan:
    own = tuple(sorted({*plan.own_keys, *keys}))
    return plan.model_copy(update={"own_keys": own, "key_ticket": hand_over(engine, keys)})


def _known_again(plan: RunPlan, names: Collection[str]) -> RunPlan:
    """The plan with every offer whose key has turned up counted among those that have one."""
    targets = tuple(
        one.model_copy(update={"key_missing": False}) if one.key_missing and one.key_env in names else one
        for one in plan.targets
    )
    return plan.model_copy(update={"targets": targets})
