"""The self-hosting calculator: which GPUs, how many, what they do, what they cost, when they pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from advisor.case import Case
from advisor.catalog.entries import CatalogOffer
from advisor.cost.hardware import Gpu
from advisor.cost.memory import Refusal
from advisor.cost.profile import TokenProfile
from advisor.cost.selfhost import HostingPlan, NoPlan
from advisor.cost.selfhost_formulas import formulas
from advisor.cost.throughput import ERROR_WORDS
from advisor.decide.bills import bill_for
from advisor.decide.break_even import CostCurve, cheapest_offer, cost_curve, crossing, fixed_curve
from advisor.decide.plan import Plan
from advisor.ui import loaded
from advisor.ui.break_even_words import crossing_words, rounded
from advisor.ui.cost_charts import CostRow, cost_rows
from advisor.ui.exhibit import exhibit
from advisor.ui.inert import inert
from advisor.ui.selfhost_bench import USED, Carried
from advisor.ui.workbench import Workbench, tile
from advisor.wording import (
    UNKNOWN_WORD,
    about,
    count,
    day,
    interval,
    number,
    percent,
    tokens_per_second,
    usd,
)


def refused(refusal: Refusal) -> None:
    """Why there is no figure, and what would help."""
    st.warning(inert(str(refusal)), icon=":material/block:")
    st.markdown(
        "No number is better than a wrong one: take the serving engine's own figure for this model, or "
        "choose “Another model” at the end of the list and enter parameters and cache size by hand."
    )


def machines(found: Carried, bench: Workbench) -> HostingPlan | None:
    """The load in calls, all accelerators side by side; the one opened."""
    st.markdown("## Machines that carry it")
    st.caption(inert(_load_words(found)))
    if not found.able:
        said = "No accelerator of the catalog carries this model with this context."
        st.warning(said, icon=":material/block:")
        _unable(found.unable)
        return None
    rows = [CostRow(_name(one), one.monthly_usd) for one in found.able[:10] if one.monthly_usd is not None]
    alt = "US dollars a month: " + "; ".join(f"{row.label} {about(row.cost, usd)}" for row in rows) + "."
    exhibit("gpu-plans", cost_rows(rows, "US dollars per month"), _table(found.able, bench), alt)
    names = {one.gpu.id: _name(one) for one in found.able}
    chosen = bench.choice("gpu", "Machine opened", names)
    _unable(found.unable)
    return next(one for one in found.able if one.gpu.id == chosen)


def _load_words(found: Carried) -> str:
    """What a request is to the machines, and which decisions made it so."""
    load, because = found.load, _heavier(found.situation.plan)
    said = (
        f"One request is {count(found.calls, 'call')} of {number(round(load.input_tokens), 6)} tokens in and "
        f"{number(round(load.output_tokens), 6)} out on average"
    )
    return f"{said}, because you chose {'; '.join(because)}." if because else f"{said}."


def _heavier(plan: Plan) -> list[str]:
    """Choices that change the calls or tokens of a request, in words."""
    said, before = list[str](), plan.base_profile
    for effect in plan.effects:
        after = effect.apply(before)
        if _size(after) != _size(before):
            said.append(effect.because)
        before = after
    return said


def _size(profile: TokenProfile) -> tuple[object, ...]:
    return profile.calls, profile.input_tokens, profile.output_tokens, profile.reasoning_per_output


def _name(plan: HostingPlan) -> str:
    return f"{plan.gpus} x {plan.gpu.name}"


def _unable(some: Sequence[NoPlan]) -> None:
    if some:
        with st.expander(f"{count(len(some), 'accelerator')} cannot, and why", type="compact"):
            st.markdown("\n".join(f"- {inert(f'{one.gpu.name}: {one.reason}')}" for one in some))


def _table(able: Sequence[HostingPlan], bench: Workbench) -> pd.DataFrame:
    return pd.DataFrame([_row(one, bench.sure(USED) / 100) for one in able])


def _row(plan: HostingPlan, used: float) -> dict[str, object]:
    speed = plan.speed
    return {
        "Machines": _name(plan),
        "US dollars per month": about(plan.monthly_usd, usd),
        "US dollars per million output tokens": about(plan.usd_per_mtok(used), usd),
        "GiB needed on each GPU": number(plan.gib_per_gpu),
        "GPUs for one copy": plan.gpus_per_copy,
        "Copies": plan.copies,
        "Calls at once, each copy": plan.users_per_copy,
        "Output tokens per second, each copy": str(speed)
        if isinstance(speed, Refusal)
        else interval(speed.bounds, tokens_per_second),
        "Price taken on": _taken(plan.gpu),
    }


def _taken(gpu: Gpu) -> str:
    rent = gpu.newest_rent
    return UNKNOWN_WORD if rent is None else rent.as_of.isoformat()


def opened(plan: HostingPlan, found: Carried, bench: Workbench) -> None:
    """One plan in full: memory, speed, money, each with its numbers."""
    used, speed = bench.sure(USED) / 100, plan.speed
    month, each = plan.monthly_usd, plan.usd_per_mtok(used)
    with st.grid(4, min_column_width=160):
        tile("GPUs", str(plan.gpus), f"{count(plan.copies, 'copy', 'copies')} of {plan.gpus_per_copy}")
        tile("GiB on each", number(plan.gib_per_gpu), f"of {number(plan.gpu.memory_gib)}")
        tile("Calls at once", number(plan.users_per_copy * plan.copies, 6), "their cache fits")
        if isinstance(speed, Refusal):
            tile("Tokens/s, a copy", UNKNOWN_WORD, "peak rate not known")
        else:
            tile("Tokens/s, a copy", number(speed.output_tps), interval(speed.bounds, number))
        tile("Per month", usd(month.mid if month else None), interval(month, usd))
        tile("Per million tokens", usd(each.mid if each else None), interval(each, usd))
        tile("Used to", percent(used), "of the capacity")
    st.caption(
        inert(
            f"Speed is right {ERROR_WORDS}: agents with shared prompt beginnings do better, long prompts "
            f"worse. {_price_words(plan, bench)} A GiB is 2^30 bytes, 1.07 GB."
        )
    )
    _arithmetic(plan, found)


def _price_words(plan: HostingPlan, bench: Workbench) -> str:
    if bench.number("rent") is not None:
        return "The price of a GPU-hour is your own."
    rent, seen = plan.gpu.newest_rent, plan.usd_per_gpu_hour
    if rent is None or seen is None:
        return "No price of a GPU-hour is known: enter your own."
    if usd(seen.low) == usd(seen.high):
        return f"A GPU-hour costs {usd(seen.mid)}; the price is of {day(rent.as_of)}."
    return (
        f"A GPU-hour costs {usd(seen.low)} low, {usd(seen.mid)} middle, {usd(seen.high)} high; the middle is "
        f"of {day(rent.as_of)}."
    )


def _arithmetic(plan: HostingPlan, found: Carried) -> None:
    with st.expander("The numbers filled in", type="compact"):
        beside = [
            f"Beside the rent, a request: {line.label.lower()}, {line.formula}" for line in found.beside
        ]
        lines = [*formulas(plan, found.model, found.load), *beside]
        st.markdown("\n".join(f"- {inert(line)}" for line in lines))


@dataclass(frozen=True, slots=True)
class Rival:
    """An API to be compared with."""

    offer: CatalogOffer
    label: str
    usd_per_request: float


def rivals(found: Carried, case: Case) -> list[Rival]:
    """The cheapest seller of the same model, and the cheapest acceptable API, under the page's numbers."""
    sold, situation = loaded.catalog().by_id, found.situation
    fitting = [sold[row.id] for row in loaded.standing_of(case).ranking if row.id in sold]
    same = [one for one in sold.values() if one.model.id == found.offer.model.id]
    told: dict[str, Rival] = {}
    for kind, some in (("cheapest seller of this model", same), ("cheapest acceptable API", fitting)):
        offer = cheapest_offer(some, situation)
        cost = bill_for(offer, situation).per_request.usd if offer else None
        if offer is not None and cost is not None and cost.mid > 0:
            told.setdefault(offer.id, Rival(offer, f"{offer.label}, the {kind}", cost.mid))
    return list(told.values())


def break_even_part(plan: HostingPlan, found: Carried, some: Sequence[Rival], used: float) -> None:
    """From how many requests on own machines cost less than an API."""
    st.markdown("## Against an API")
    if not some:
        st.info("No acceptable API with a known price to compare with.")
        return
    own = cost_curve(found.offer, found.situation)
    for one in some:
        api = cost_curve(one.offer, found.situation)
        expected, bounds = crossing_words(own, api, one.label, found.situation)
        these = _of_these(plan, found, one, api, used)
        st.markdown(f"**{inert(expected)}**")
        with st.expander(f"Between which bounds, against {one.offer.label}", type="compact"):
            st.markdown(f"{inert(bounds)}\n- {inert(these)}")
    st.caption(
        "Machines are added copy by copy, with 8-bit weights, 40 % used. Both sides carry the same load. "
        "Sellers of one model differ by 5 to 10 times, so compare with the cheapest acceptable one."
    )


def _of_these(plan: HostingPlan, found: Carried, rival: Rival, api: CostCurve, used: float) -> str:
    """The machines opened as they stand, against one API."""
    start = f"{_name(plan)} as they stand"
    rent, made = plan.monthly_usd, plan.capacity_output_tokens
    if rent is None or made is None:
        return f"{start}: unknown, for want of a GPU price or speed."
    meet = crossing(fixed_curve(found.offer, rent, found.beside_usd), api)
    if meet.expected is None or meet.at_best is None:
        return f"{start}: never cheaper, at {usd(rival.usd_per_request)} a request now."
    able = made.scaled(1 / (found.load.output_tokens * found.calls))
    best, needed = meet.at_best / able.high, meet.expected / able.mid
    worst = "never" if meet.at_worst is None else percent(meet.at_worst / able.low)
    volume = rounded(meet.expected)
    if best > used:
        return f"{start}: never, {volume} requests a month would be needed, more than these machines can do."
    pays = "they pay" if needed <= used else "they pay only if the speed is better than estimated,"
    return (
        f"{start}: {pays} from {volume} requests a month, that is {percent(needed)} of the capacity (at best "
        f"{percent(best)}, at worst {worst}); above the {percent(used)} really used it is never reached."
    )
