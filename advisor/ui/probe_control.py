"""Control of runs on the probe page: progress of one, what can be done to it, runs of earlier, limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from advisor import wording
from advisor.errors import AdvisorError, BadInput
from advisor.host import control
from advisor.host.access import Role, probe_refusal
from advisor.host.budgets import budget, day_cap, day_scope, set_day_cap
from advisor.host.ledger import plan_of
from advisor.host.limits import OWNER_LENGTH, raise_within
from advisor.host.runs import Progress, RunHead, progress, recent_runs
from advisor.host.settings import settings
from advisor.host.tables import RunState
from advisor.probe.samples import MICROUSD_PER_USD
from advisor.ui import identity, loaded, own_keys, probe_setup, state
from advisor.ui.inert import inert

TICK_S = 1.0
EARLIER = 20
_ENDED = "probe:ended"
_NEW_CAP = "run-new-cap"


def show_control(run_id: str, now: Progress) -> None:
    """Progress of one run and the buttons it allows, redrawn every second while it is under way."""
    if st.session_state.pop(_ENDED, None) == run_id and not now.under_way:
        st.toast(inert(f"The run is {now.state.word}: {_answers(now)}."), icon=":material/notifications:")
    with st.container():
        if now.under_way:
            _live(run_id, now.state)
        else:
            _all_of(run_id, now)
    if now.state in _GOES_ON:
        # Outside of what is redrawn every second: somebody types here.
        own_keys.again(run_id)


@st.fragment(run_every=TICK_S)
def _live(run_id: str, before: RunState) -> None:
    now = progress(loaded.store(), run_id)
    if not now.under_way or (now.state is not before and not now.live):
        # The whole page is drawn again: figures, buttons and the word that it has ended.
        st.session_state[_ENDED] = run_id
        st.rerun(scope="app")
    _all_of(run_id, now)


def _all_of(run_id: str, now: Progress) -> None:
    _state(now)
    _buttons(run_id, now)
    if not now.live:
        _more_money(run_id, now)


def _answers(now: Progress) -> str:
    missing = [
        wording.count(number, f"{word} call")
        for number, word in ((now.failed, "failed"), (now.unknown, "interrupted"))
        if number
    ]
    if now.asked_again:
        missing.append(f"{now.asked_again} interrupted and asked once more")
    return " · ".join([f"{now.done} of {now.wanted} answers", *missing])


def _state(now: Progress) -> None:
    share = now.ended / now.wanted if now.wanted else 1.0
    st.progress(share, text=inert(f"{_answers(now)} · {now.state.words}{_time_left(now)}"))
    simulated = f" :orange-badge[{inert(now.unpaid)}]" if now.unpaid else ""
    held = f", {wording.usd(now.held_usd)} reserved for calls in flight" if now.held_usd else ""
    left = max(0.0, now.cap_usd - now.spent_usd - now.held_usd)
    money = (
        f"Charged {wording.usd(now.spent_usd)} of at most {wording.usd(now.cap_usd)}{held}, "
        f"{wording.usd(left)} left"
    )
    st.markdown(f"{inert(money)}{simulated}")
    if now.reason:
        st.warning(inert(now.reason))


def _time_left(now: Progress) -> str:
    """Time left at the pace so far, once a quarter is done."""
    if now.state is not RunState.RUNNING or now.ended * 4 < now.wanted or not now.ended:
        return ""
    passed_s = (datetime.now(UTC) - now.started_at).total_seconds()
    return f" · about {wording.seconds(passed_s / now.ended * (now.wanted - now.ended))} left"


_Act = Callable[..., object]
_GOES_ON = frozenset({*control.RESUMABLE, *control.RETRIABLE} - {RunState.RUNNING})


def _buttons(run_id: str, now: Progress) -> None:
    with st.container(horizontal=True):
        if now.state is RunState.RUNNING:
            _button("Pause", "pause", control.pause, run_id, ":material/pause:")
        missing = now.failed + now.unknown
        # A cancelled run goes on before its failures are asked again, even with nothing else left.
        if now.state in control.RESUMABLE and (now.todo or (missing and now.state not in control.RETRIABLE)):
            _button("Go on", "resume", control.resume, run_id, ":material/play_arrow:", spends=True)
        if now.state in control.STOPPABLE:
            _button("Cancel", "cancel", control.cancel, run_id, ":material/stop_circle:")
        if now.state in (*control.STOPPABLE, RunState.CANCELLING) and now.calling:
            tip = "Drops the calls in flight. The provider may bill them, so each is charged at its most."
            _button("Abort now", "abort", control.abort, run_id, ":material/cancel:", tip=tip)
        if missing and now.state in control.RETRIABLE and not now.live:
            label = f"Ask {wording.count(missing, 'failure')} again"
            again = control.ask_failures_again
            _button(label, "again", again, run_id, ":material/replay:", spends=True)


def _button(
    label: str, key: str, act: _Act, run_id: str, icon: str, *, spends: bool = False, tip: str | None = None
) -> None:
    done = partial(_do, act, run_id, spends=spends)
    waits = spends and bool(own_keys.gone(run_id))
    st.button(label, key=f"run-{key}", on_click=done, icon=icon, help=tip, disabled=waits)


def _do(act: _Act, run_id: str, *, spends: bool) -> None:
    """Do something to a run, or say why not: it may have changed since the button was drawn."""
    try:
        _check(run_id, spends)
        act(loaded.store(), run_id)
    except AdvisorError as error:
        state.refuse(error)


def _check(run_id: str, spends: bool) -> None:
    me = identity.who()
    if not me.may(Role.EDITOR):
        raise BadInput("probe", "", "changing a run needs the role editor.")
    if spends:
        plan = plan_of(loaded.store(), run_id)
        # What the run was started with counts, not what this session happens to hold.
        refusal = probe_refusal(
            settings(), me, plan.targets, loopback=identity.on_loopback(), own_keys=plan.own_keys
        )
        if refusal is not None:
            raise BadInput("probe", "", refusal)
        own_keys.brought_again(run_id)


def _more_money(run_id: str, now: Progress) -> None:
    """A higher cap for a run that one stopped, or that is paused."""
    if now.state not in (RunState.STOPPED_BUDGET, RunState.PAUSED):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "New cap of this run, US dollars",
            min_value=0.01,
            max_value=100_000.0,
            value=max(0.01, round(2 * now.cap_usd, 2)),
            step=0.5,
            format="%0.6g",
            key=_NEW_CAP,
            width=260,
        )
        raised = partial(_raise, run_id)
        st.button("Set the cap", key="run-raise", on_click=raised, icon=":material/savings:")


def _raise(run_id: str) -> None:
    try:
        _check(run_id, spends=True)
        cap = round(st.session_state[_NEW_CAP] * MICROUSD_PER_USD)
        raise_within(loaded.store(), run_id, cap, identity.who().name, settings().limits)
    except AdvisorError as error:
        state.refuse(error)


def earlier_runs(present: str | None) -> None:
    """Runs of earlier, so that one is found again after the browser was closed."""
    heads = [head for head in _mine() if head.run != present]
    if not heads:
        return
    with st.expander(f"Earlier runs ({len(heads)})", type="compact"):
        for head in heads:
            line = f"{head.started_at:%Y-%m-%d %H:%M} UTC · {head.case_name or 'unnamed'} · "
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(inert(f"{line}{head.state.word}"), width="stretch")
                st.button(
                    "Open", key=f"open-run:{head.run}", on_click=partial(_open, head.run), type="tertiary"
                )


def _mine() -> tuple[RunHead, ...]:
    """Everybody's runs where nobody signs in or to an administrator, else one's own."""
    me = identity.who()
    everybody = settings().sign_in is None or me.may(Role.ADMIN)
    return recent_runs(loaded.store(), EARLIER, None if everybody else me.name[:OWNER_LENGTH])


def _open(run_id: str) -> None:
    state.put_in_address("run", run_id)
    state.remember("probe:run", run_id)


def pace_and_limits() -> None:
    """Limits of providers, what a failure or a crash is followed by, and what one day may cost."""
    plan = state.case().probe
    with st.expander("Limits, repetitions and what a crash leaves", type="compact"):
        with st.grid(3, min_column_width=220):
            _limit("Requests per minute and provider", "requests_per_minute", plan.requests_per_minute, 1.0)
            _limit("Tokens per minute and provider", "tokens_per_minute", plan.tokens_per_minute, 100.0)
            _whole(
                "Calls at once and provider", "concurrency_per_provider", plan.concurrency_per_provider, 64
            )
            _whole("Attempts per call at most", "max_attempts", plan.max_attempts, 5)
            _crash_rule(plan.after_crash)
            _day_cap()
        st.caption(
            "Empty is no limit of your own: what a provider refuses for coming too fast slows its calls down "
            "by half, and it is waited as long as the provider asks. Only rate limits, lost connections and "
            "faults of the provider are tried again; every attempt is shown."
        )


def _limit(label: str, name: str, stored: float | None, least: float) -> None:
    take = partial(_take, name)
    st.number_input(
        label,
        least,
        1e9 if name == "tokens_per_minute" else 1e6,
        None,
        step=least,
        format="%0.6g",
        placeholder="no limit",
        **state.controlled(f"probe:{name}", stored, take),
    )


def _whole(label: str, name: str, stored: int | None, most: int) -> None:
    take = partial(_take, name)
    st.number_input(
        label, 1, most, None, placeholder="no limit", **state.controlled(f"probe:{name}", stored, take)
    )


def _take(name: str, value: float | None) -> None:
    probe_setup.set_plan(**{name: 1 if name == "max_attempts" and value is None else value})


_RULES = {"repeat_once": "ask them once more", "leave_missing": "leave them missing"}


def _crash_rule(stored: str) -> None:
    st.selectbox(
        "Calls in flight when a worker dies",
        list(_RULES),
        format_func=lambda key: _RULES.get(key) or str(key),
        help="Such a call may have been answered and billed: it is charged at its most either way.",
        **state.controlled("probe:after-crash", stored, lambda rule: probe_setup.set_plan(after_crash=rule)),
    )


def _day_cap() -> None:
    """What all real probes of one day may cost here; only who may spend can change it."""
    store, now = loaded.store(), time.time()
    cap, today = day_cap(store, "own"), budget(store, day_scope(now))
    st.number_input(
        "All probes of one day (UTC), US dollars",
        0.01,
        1e6,
        None,
        format="%0.6g",
        placeholder="no cap",
        help=f"Charged today: {wording.usd(today.spent / MICROUSD_PER_USD if today else 0.0)}. Counts for "
        "everybody who uses this installation, from now on; practice models do not count.",
        disabled=not identity.who().may(Role.ADMIN) and settings().sign_in is not None,
        **state.controlled("probe:day-cap", None if cap is None else cap / MICROUSD_PER_USD, _set_day_cap),
    )


def _set_day_cap(usd: float | None) -> None:
    if settings().sign_in is not None and not identity.who().may(Role.ADMIN):
        state.notice("Only an administrator changes what a day may cost.")
        return
    set_day_cap(loaded.store(), "own", None if usd is None else round(usd * MICROUSD_PER_USD), time.time())
