"""What a run will do, before it costs anything: whom it asks what, how often, for how much at most."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.case import Case, ProbePlan, ProbePrompt
from advisor.catalog.entries import Catalog
from advisor.catalog.prices import Price
from advisor.errors import BadCase
from advisor.frozen import Frozen
from advisor.probe.designs import Shape, calls_at, shaped
from advisor.probe.messages import prompt_bytes
from advisor.probe.money import worst_case_microusd
from advisor.probe.pace import most_tokens
from advisor.probe.practice import practised
from advisor.probe.samples import MICROUSD_PER_USD, Purpose
from advisor.probe.settings import Variant
from advisor.probe.targets import LITELLM, Target, target_of, uncurated_target
from advisor.probe.templates import rendered

MARKER_BYTES = 32
"""Most bytes of the line that makes a call unique."""


class RunPlan(Frozen):
    """Everything the worker needs, and everything the user agrees to."""

    case_name: str = ""
    day: date
    design: str = "own"
    """Key of the design it follows."""
    targets: tuple[Target, ...]
    """One for each offer, or for each offer and setting of a sweep or ladder."""
    prompts: tuple[ProbePrompt, ...]
    samples_per_prompt: Annotated[int, Field(ge=1)]
    latency_samples: Annotated[int, Field(ge=0)] = 0
    warm_up: bool = False
    temperature: float | None = None
    effort: str | None = None
    max_output_tokens: int
    cap_microusd: Annotated[int, Field(gt=0)]
    concurrency: int
    timeout_s: float
    stall_s: float = 3.0
    """A pause between two chunks from which on a reply is marked as stalled."""
    max_attempts: Annotated[int, Field(ge=1, le=5)] = 1
    """Calls per sample at most; more than one only after a rate limit or a provider's fault."""
    after_crash: Literal["repeat_once", "leave_missing"] = "repeat_once"
    """What to do with calls that were in flight when the worker died."""
    requests_per_minute: float | None = None
    """Calls per account and minute at most; None slows down only when a provider refuses."""
    tokens_per_minute: float | None = None
    """Prompt and answer together, counted at their most until the answer is there."""
    concurrency_per_provider: int | None = None
    """Calls in flight per account at most, over all runs."""
    unknown_price_bound_usd: float | None = None
    """Dollars a call of an offer without a known price is held at; None refuses such offers."""
    minimum_agreement: float | None = None
    minimum_pass_rate: float | None = None
    rungs: tuple[int, ...] = ()
    """Calls at once, step by step, of a load ladder, which makes no other calls; empty for any other run."""
    judges: str | None = None
    """Run whose replies this one judges; None for a run that asks prompts of its own."""
    top_logprobs: Annotated[int, Field(ge=1, le=20)] | None = None
    """How many token probabilities each place of an answer is to come with; None asks for none."""
    embeds: str | None = None
    """Run whose replies this one turns into embeddings; its prompts are then lists of texts, as JSON."""
    adaptive: bool = False
    """Whether lanes end early once they are decided for its prompts, see `advisor.probe.adaptive`."""
    own_keys: tuple[str, ...] = ()
    """Key variables the user brings the values of; the server's values are never taken in their place."""
    key_ticket: str | None = None
    """What the workers know those values by, see `advisor.host.keys`; opens nothing by itself."""

    @property
    def calls_per_offer(self) -> int:
        """Calls of one offer, without repetitions, its warm-up included."""
        return self.warm_up + len(self.prompts) * self.calls_per_prompt

    @property
    def calls_per_prompt(self) -> int:
        """Calls of one offer with one prompt, without repetitions and warm-up."""
        if self.rungs:
            return sum(map(calls_at, self.rungs))
        return self.latency_samples + self.samples_per_prompt

    @property
    def calls(self) -> int:
        """Number of calls, without repetitions."""
        return len(self.targets) * self.calls_per_offer

    @property
    def comparisons(self) -> tuple[tuple[str, str], ...]:
        """Lanes that are compared: every two offers; in a sweep each setting with the first of its offer."""
        lanes = [target.ref for target in self.targets]
        if all(target.variant is None for target in self.targets):
            return tuple(combinations(lanes, 2))
        first = {target.offer: target.ref for target in reversed(self.targets)}
        return tuple(
            (target.ref, first[target.offer]) for target in self.targets if target.ref != first[target.offer]
        )

    @property
    def missing_keys(self) -> Mapping[str, str]:
        """Offer -> environment variable that is not set."""
        return {target.ref: target.key_env or "" for target in self.targets if target.key_missing}

    @property
    def unknown_prices(self) -> tuple[str, ...]:
        """Offers whose price is unknown."""
        return tuple(target.ref for target in self.targets if target.price is None)

    @property
    def not_agreed(self) -> tuple[str, ...]:
        """Offers of unknown price whose calls nobody agreed to: none of them would be sent."""
        return self.unknown_prices if self.unknown_price_bound_usd is None else ()

    @property
    def simulated(self) -> bool:
        """Whether any figure of the run will be simulated."""
        return any(target.simulated for target in self.targets)

    def settings(self, target: Target) -> Variant:
        """What a call of this lane asks for: its own settings, else the plan's."""
        return (target.variant or Variant()).over(Variant(temperature=self.temperature, effort=self.effort))

    def hold_microusd(self, target: Target, prompt: ProbePrompt) -> int | None:
        """Worst-case cost of one call, None when nobody knows and no bound was given."""
        if target.price is None:
            bound = self.unknown_price_bound_usd
            return None if bound is None else round(bound * MICROUSD_PER_USD)
        size = prompt_bytes(prompt) + MARKER_BYTES
        return worst_case_microusd(size, self.max_output_tokens, target.price)

    def most_tokens(self, prompt: ProbePrompt) -> int:
        """Tokens one call with this prompt can use at most."""
        size = prompt_bytes(prompt) + MARKER_BYTES
        return most_tokens(size, self.max_output_tokens)

    def worst_case_usd(self, ref: str) -> float | None:
        """Worst-case cost of all calls of one offer, None when its price is unknown and unbounded."""
        target = next(target for target in self.targets if target.ref == ref)
        holds = [self.hold_microusd(target, prompt) for prompt in self.prompts]
        if any(hold is None for hold in holds):
            return None
        warm_up = holds[0] if self.warm_up and holds else 0
        return (sum(hold or 0 for hold in holds) * self.calls_per_prompt + (warm_up or 0)) / MICROUSD_PER_USD

    @property
    def worst_case_total_usd(self) -> float | None:
        """Worst-case cost of the run, None when any offer's is unknown; the cap limits it further."""
        costs = [self.worst_case_usd(target.ref) for target in self.targets]
        return None if any(cost is None for cost in costs) else sum(cost or 0.0 for cost in costs)

    @property
    def digest(self) -> str:
        """Hash of the plan: two runs with the same one asked the same."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One answer wanted."""

    key: str
    """Stable: the same settings, prompt and index have the same key."""
    target: Target
    prompt: ProbePrompt
    repeat: int
    hold_microusd: int | None
    purpose: Purpose = Purpose.CONSISTENCY
    rung: int | None = None
    """Calls at once on its step of a load ladder."""


def plan_run(
    case: Case,
    catalog: Catalog,
    day: date,
    environment: Mapping[str, str],
    unknown_price_bound_usd: float | None = None,
    uncurated: Mapping[str, Price | None] | None = None,
) -> RunPlan:
    """Plan the probe of a case.

    Args:
        case: Its `probe` part says whom to ask what.
        catalog: Offers and prices.
        day: Prices in force on this day.
        environment: Where keys are looked for; only their presence is used.
        unknown_price_bound_usd: Consent to call offers of unknown price, at most so much per call.
        uncurated: Price by LiteLLM id of the models that may be asked though the catalog does not describe
            them, None where it is unknown; `advisor.catalog.sources.litellm_map.prices_of` reads them.

    Raises:
        BadCase: No offer or prompt is chosen, or an offer does not exist.
    """
    probe = case.probe
    _require(probe)
    others = uncurated or {}
    shape = shaped(probe)
    _require_prompts(shape)
    offers = tuple(
        uncurated_target(ref, others)
        if ref.startswith(LITELLM)
        else target_of(ref, case, catalog, day, environment)
        for ref in dict.fromkeys(probe.offers)
    )
    targets = tuple(lane for target in offers for lane in _lanes(target, shape, probe, catalog))
    return RunPlan(
        case_name=case.name,
        day=day,
        targets=targets,
        prompts=tuple(map(rendered, shape.prompts)),
        samples_per_prompt=shape.samples,
        cap_microusd=round(probe.cap_usd * MICROUSD_PER_USD),
        unknown_price_bound_usd=unknown_price_bound_usd,
        rungs=shape.rungs,
        **(probe.model_dump(include=_AS_CHOSEN) | (_UNDER_LOAD if shape.rungs else {})),
    )


_AS_CHOSEN = set(ProbePlan.model_fields) & set(RunPlan.model_fields) - {"prompts", "samples_per_prompt"}
"""What the plan takes over from the case as it stands."""
_UNDER_LOAD: dict[str, Any] = {"latency_samples": 0, "max_attempts": 1, "adaptive": False}
"""What a load ladder does instead: a repetition would be load of another kind."""


def wanted(plan: RunPlan) -> tuple[Wanted, ...]:
    """Every answer a run wants, offers interleaved.

    Warm-ups come first. Then offers take turns within each prompt and repeat, in an order that changes
    from block to block, so that a drift of the network or a provider hits all of them alike. The order
    follows from the plan.
    """
    blocks = tuple(
        _want(plan, target, prompt, repeat, purpose)
        for purpose, repeat, prompt in _blocks(plan)
        for target in _shuffled(plan.targets, f"{repeat} {prompt.id}{_mark(purpose)}")
    )
    return blocks + tuple(_steps(plan))


def _want(
    plan: RunPlan, target: Target, prompt: ProbePrompt, repeat: int, purpose: Purpose, rung: int | None = None
) -> Wanted:
    key = _key(plan, target, prompt, repeat, purpose)
    return Wanted(key, target, prompt, repeat, plan.hold_microusd(target, prompt), purpose, rung)


def _steps(plan: RunPlan) -> Iterator[Wanted]:
    """The load ladder: all calls of one offer on one step stand together."""
    first = 0
    for rung in plan.rungs:
        for target in _shuffled(plan.targets, f"{rung} at once"):
            for prompt in plan.prompts:
                for repeat in range(first, first + calls_at(rung)):
                    yield _want(plan, target, prompt, repeat, Purpose.LOAD, rung)
        first += calls_at(rung)


def _mark(purpose: Purpose) -> str:
    """What tells calls of other purposes apart from those with the prompt as written."""
    return "" if purpose is Purpose.CONSISTENCY else f" {purpose.value}"


def _blocks(plan: RunPlan) -> Iterator[tuple[Purpose, int, ProbePrompt]]:
    if plan.warm_up:
        yield Purpose.WARM_UP, 0, plan.prompts[0]
    if plan.rungs:
        return
    for repeat in range(max(plan.latency_samples, plan.samples_per_prompt)):
        for prompt in plan.prompts:
            if repeat < plan.latency_samples:
                yield Purpose.LATENCY, repeat, prompt
            if repeat < plan.samples_per_prompt:
                yield Purpose.CONSISTENCY, repeat, prompt


def _require(probe: ProbePlan) -> None:
    if not probe.offers:
        raise BadCase("case", "probe.offers", "no offer to ask", "Choose at least one offer.")


def _require_prompts(shape: Shape) -> None:
    if not shape.prompts:
        raise BadCase("case", "probe.prompts", "no prompt to ask", "Add at least one prompt.")
    ids = [prompt.id for prompt in shape.prompts]
    if len(ids) != len(set(ids)):
        raise BadCase("case", "probe.prompts", "two prompts share an id", "Give every prompt its own id.")


def _lanes(target: Target, shape: Shape, probe: ProbePlan, catalog: Catalog) -> tuple[Target, ...]:
    """The offer once, or once for each setting; a ladder takes the efforts the offer lists."""
    variants = shape.variants
    if shape.ladder and target.practice:
        return _practice_lanes(target, variants)
    row = catalog.by_id.get(target.ref) if shape.ladder else None
    if row is not None and row.model.reasoning.mode == "never":
        return (target,)
    if row is not None and row.model.reasoning.efforts:
        listed = row.model.reasoning.efforts
        asked = [one for one in probe.efforts or listed if one in listed]
        variants = tuple(Variant(effort=effort) for effort in asked)
    return tuple(target.under(variant) for variant in variants) or (target,)


def _practice_lanes(target: Target, variants: Sequence[Variant]) -> tuple[Target, ...]:
    model = practised(target.model)
    known = model.efforts if model else {}
    return tuple(target.under(variant) for variant in variants if variant.effort in known) or (target,)


def _key(plan: RunPlan, target: Target, prompt: ProbePrompt, repeat: int, purpose: Purpose) -> str:
    asked = plan.settings(target)
    settings = [asked.temperature, asked.effort, plan.max_output_tokens]
    parts = [
        target.ref,
        target.model,
        target.base_url,
        *settings,
        prompt.id,
        prompt.system,
        prompt.text,
        repeat,
        *_mark(purpose).split(),
        *_beside_text(prompt),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def _beside_text(prompt: ProbePrompt) -> list[str]:
    """What else is sent with a prompt; empty for a prompt of text alone, whose key stays as it was."""
    return [one.model_dump_json() for one in (*prompt.turns, *prompt.attachments, *prompt.tools)]


def _shuffled(targets: Sequence[Target], salt: str) -> list[Target]:
    # A hash instead of a random generator: the same plan gives the same order everywhere.
    return sorted(targets, key=lambda target: hashlib.sha256(f"{salt} {target.ref}".encode()).digest())
