"""One probe from the command line: plan, price tag, run, document."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import Any

from advisor.case import Case
from advisor.catalog.entries import Catalog
from advisor.catalog.sources.litellm_map import prices_of
from advisor.cli.ticker import Ticker
from advisor.errors import BadInput, NotFound
from advisor.host.headless import begin_headless, follow, have_worker
from advisor.host.keys import available
from advisor.host.ledger import instrument_of, plan_of, prepare
from advisor.host.paths import data_folder
from advisor.host.runs import judged_samples, run_measurements
from advisor.host.settings import settings
from advisor.host.store import Engine, open_store, place
from advisor.probe.document import probe_document
from advisor.probe.foresight import promise
from advisor.probe.plan import RunPlan, plan_run
from advisor.probe.targets import LITELLM
from advisor.wording import count, usd


def probe(
    case: Case, catalog: Catalog, day: date, unknown_price_bound_usd: float | None, say: Callable[[str], None]
) -> dict[str, Any]:
    """Run the probe plan of a case and return its document (`advisor.probe.document`).

    Args:
        case: Its `probe` part says whom to ask what.
        catalog: Offers and prices.
        day: Prices in force on this day.
        unknown_price_bound_usd: Consent to call offers of unknown price, at most so much per call.
        say: Takes lines about the progress.

    Raises:
        BadCase: No offer or prompt is chosen, or an offer does not exist.
        BadInput: A spend limit of this installation does not allow it.
        StoreError: The ledger cannot be opened.
    """
    ids = [ref.removeprefix(LITELLM) for ref in case.probe.offers if ref.startswith(LITELLM)]
    folder = data_folder()
    engine = open_store(place(folder))
    prepare(engine)
    plan = plan_run(
        case, catalog, day, available(engine, os.environ), unknown_price_bound_usd, prices_of(ids, day)
    )
    if plan.missing_keys and len(plan.missing_keys) == len(plan.targets):
        names = ", ".join(sorted(set(plan.missing_keys.values())))
        raise NotFound("No offer of this probe has a key.", f"Set {names}, or ask practice:quick.")
    if plan.not_agreed:
        named = ", ".join(plan.not_agreed)
        hint = "Agree to a bound for each call with --unknown-price-bound, give the price, or leave it out."
        raise BadInput("probe", "offers", f"has offers of unknown price: {named}.", hint)
    announce(plan, say)
    run_id = begin_headless(engine, folder, plan, limits=settings().limits)
    say(f"Run {run_id}. In the app: /probe?run={run_id}; here: advisor runs show {run_id[:8]}.")
    return _followed(engine, run_id, plan, say, cancels=True)


def taken_in(case: Case, run_id: str) -> Case:
    """The case with the measurements of a run, in place of those taken from it before.

    Raises:
        NotFound: There is no such run.
    """
    engine = open_store(place(data_folder()))
    return case.with_measurements(run_id, run_measurements(engine, run_id))


def watch(engine: Engine, run_id: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Wait for the end of a run that has begun, working on it; returns its document.

    Args:
        engine: The opened and prepared store.
        run_id: The run.
        say: Takes lines about the progress.
    """
    have_worker(data_folder())
    return _followed(engine, run_id, plan_of(engine, run_id), say, cancels=False)


def _followed(
    engine: Engine, run_id: str, plan: RunPlan, say: Callable[[str], None], *, cancels: bool
) -> dict[str, Any]:
    last = follow(engine, run_id, Ticker(say), cancels=cancels)
    return probe_document(
        plan,
        judged_samples(engine, run_id),
        run=run_id,
        state=str(last.state),
        reason=last.reason,
        spent_usd=last.spent_usd,
        instrument=instrument_of(engine, run_id),
    )


def announce(plan: RunPlan, say: Callable[[str], None]) -> None:
    """Say what the run will do before it costs anything."""
    worst = plan.worst_case_total_usd
    price = "an unknown amount" if worst is None else usd(worst)
    warm = f" ({len(plan.targets)} of them only to warm up)" if plan.warm_up else ""
    say(f"{count(plan.calls, 'call')}{warm}, at worst {price}, cap {usd(plan.cap_microusd / 1_000_000)}.")
    say(promise(plan))
    if plan.simulated:
        say("Some offers are practice models: their figures and dollars are simulated, nothing is paid.")
    for offer, variable in plan.missing_keys.items():
        say(f"{offer} needs the environment variable {variable}; its calls will fail without it.")
