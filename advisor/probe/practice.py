"""The practice models: simulated, with known speed, price and answers. They are nobody's product.

They exist so that the whole path can be walked without a key, and so that what we measure can be
held against the truth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from zlib import crc32

from advisor.case import OwnEndpoint, ProbePrompt
from advisor.catalog.facts import Origin
from advisor.catalog.prices import Price, Rates
from advisor.frozen import Frozen


class EffortTruth(Frozen):
    """What a simulated model does at one reasoning effort."""

    reasoning_tokens: int
    shares: tuple[float, ...]


class PracticeModel(Frozen):
    """One simulated model and the truth about it."""

    name: str
    label: str
    ttft_s: float
    """Seconds from the request to the first token of any kind."""
    gap_s: float
    """Seconds between two tokens."""
    jitter: float = 0.0
    """Largest relative change of the time to the first token, up or down."""
    shares: tuple[float, ...] = (1.0,)
    """Chance of each answer to one prompt, the expected answer first."""
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    lead: str = ""
    """Words before the answer."""
    reasoning_tokens: int = 0
    """Visible reasoning tokens before the answer."""
    efforts: Mapping[str, EffortTruth] = {}
    """Reasoning effort -> what changes with it; without one the model does as its own fields say."""
    answer_tokens: int = 0
    """At least so many answer tokens: filled up in front of the answer."""

    @property
    def price(self) -> Price:
        """Its price schedule, as any offer has one."""
        return Price(
            source="practice",
            as_of=date(2026, 1, 1),
            origin=Origin.ASSUMED,
            note="simulated",
            rates=Rates(input=self.input_usd_per_mtok, output=self.output_usd_per_mtok),
        )

    def at(self, temperature: float | None) -> PracticeModel:
        """The same model at a temperature: its chances as given are those at 1, which is also its default."""
        if temperature is None or temperature == 1 or len(self.shares) == 1:
            return self
        # Relative to the largest chance, so that nothing overflows near zero.
        top = max(self.shares)
        powers = [0.0 if not temperature else (share / top) ** (1 / temperature) for share in self.shares]
        powers[self.shares.index(top)] = 1.0
        return self.model_copy(update={"shares": tuple(power / sum(powers) for power in powers)})

    def cut(self, top_k: int | None, top_p: float | None) -> PracticeModel:
        """The same model, drawing from its k likeliest answers, of them the fewest that reach p."""
        places = sorted(range(len(self.shares)), key=lambda place: -self.shares[place])[:top_k]
        reach = (1.0 if top_p is None else top_p) * sum(self.shares[place] for place in places)
        kept: list[int] = []
        while sum(self.shares[place] for place in kept) < reach - 1e-9:
            kept.append(places[len(kept)])
        total = sum(self.shares[place] for place in kept)
        shares = tuple(share / total if n in kept else 0.0 for n, share in enumerate(self.shares))
        return self.model_copy(update={"shares": shares})

    def trying(self, effort: str | None) -> PracticeModel:
        """The same model at a reasoning effort; one it does not know changes nothing."""
        truth = self.efforts.get(effort or "")
        return self if truth is None else self.model_copy(update=dict(truth))

    @property
    def agreement(self) -> float:
        """True chance that two answers to one prompt agree: the sum of squared shares."""
        return sum(share * share for share in self.shares)


_MODELS = (
    PracticeModel(
        name="steady",
        label="Practice Steady (simulated)",
        ttft_s=0.30,
        gap_s=0.012,
        shares=(1.0,),
        input_usd_per_mtok=2.0,
        output_usd_per_mtok=8.0,
        lead="The answer is",
        answer_tokens=24,
    ),
    PracticeModel(
        name="quick",
        label="Practice Quick (simulated)",
        ttft_s=0.08,
        gap_s=0.005,
        jitter=0.2,
        shares=(0.8, 0.1, 0.1),
        input_usd_per_mtok=0.1,
        output_usd_per_mtok=0.4,
        lead="Answer:",
        answer_tokens=12,
    ),
    PracticeModel(
        name="thinker",
        label="Practice Thinker (simulated)",
        ttft_s=0.20,
        gap_s=0.008,
        shares=(0.95, 0.05),
        input_usd_per_mtok=1.0,
        output_usd_per_mtok=6.0,
        lead="After some thought, the answer is",
        reasoning_tokens=40,
        efforts={
            "low": EffortTruth(reasoning_tokens=10, shares=(0.7, 0.3)),
            "medium": EffortTruth(reasoning_tokens=40, shares=(0.95, 0.05)),
            "high": EffortTruth(reasoning_tokens=160, shares=(0.99, 0.01)),
        },
        answer_tokens=16,
    ),
    PracticeModel(
        name="wavering",
        label="Practice Wavering (simulated)",
        ttft_s=0.15,
        gap_s=0.010,
        jitter=0.5,
        shares=(0.5, 0.3, 0.2),
        input_usd_per_mtok=0.5,
        output_usd_per_mtok=1.5,
        lead="I would say the answer is",
        answer_tokens=16,
    ),
)

PRACTICE_MODELS: Mapping[str, PracticeModel] = MappingProxyType({model.name: model for model in _MODELS})
"""Every practice model by name; an offer is `practice:NAME`."""

PROMPT_CALL = PracticeModel(
    name="calibration-prompt",
    label="calibration (simulated)",
    ttft_s=0.02,
    gap_s=0.005,
    jitter=0.5,
    answer_tokens=6,
    input_usd_per_mtok=1.0,
    output_usd_per_mtok=1.0,
)
PACED = PROMPT_CALL.model_copy(
    update={"name": "calibration-paced", "ttft_s": 0.1, "gap_s": 0.02, "answer_tokens": 12}
)
CALIBRATION_MODELS: Mapping[str, PracticeModel] = MappingProxyType(
    {model.name: model for model in (PROMPT_CALL, PACED)}
)
"""What our own clock is held against before a run; offered to nobody."""


PRACTICE_ADDRESS = "http://practice.invalid/v1"
"""Stands for the practice server, whose port is known only once it runs. No such host can exist."""


def competing(name: str) -> OwnEndpoint:
    """A practice model as an endpoint of the case's own, so that it takes part in the ranking, simulated."""
    model = PRACTICE_MODELS[name]
    return OwnEndpoint(
        name=model.label.removesuffix(" (simulated)"),
        base_url=PRACTICE_ADDRESS,
        model=name,
        input_usd_per_mtok=model.input_usd_per_mtok,
        output_usd_per_mtok=model.output_usd_per_mtok,
        simulated=True,
    )


def possible_answers(prompt: ProbePrompt | None, count: int) -> tuple[str, ...]:
    """The first `count` answers a practice model may give, the expected one first.

    A prompt it does not know is answered by letters: A is the common answer, B the next.
    """
    if prompt is None or prompt.expected is None:
        return _letters(count)
    others = _wrong_answers(prompt)
    return (prompt.expected, *others, *_letters(count))[:count]


def _wrong_answers(prompt: ProbePrompt) -> Sequence[str]:
    if prompt.answer_type == "choice":
        return [option for option in prompt.options if option != prompt.expected]
    if prompt.answer_type == "number" and prompt.expected is not None:
        value = float(prompt.expected.replace(",", ""))
        return [f"{value + step:g}" for step in (1, 2, 10)]
    return []


def _letters(count: int) -> tuple[str, ...]:
    return tuple(chr(ord("A") + index) for index in range(count))


def practised(litellm_id: str) -> PracticeModel | None:
    """The practice model a target calls by this id, None when there is none of that name."""
    return PRACTICE_MODELS.get(litellm_id.removeprefix("openai/"))


EMBEDDER = "embedder"
"""Name of the simulated embedding model."""
EMBEDDER_LABEL = "Practice Embedder (simulated)"
EMBEDDER_USD_PER_MTOK = 0.1
_PLACES = 64


def simulated_embedding(text: str) -> list[float]:
    """Counts of the words by a checksum of each: texts of the same words are near, meaning plays no part."""
    counts = [0.0] * _PLACES
    for word in re.findall(r"\w+", text.casefold()) or [text]:
        counts[crc32(word.encode()) % _PLACES] += 1.0
    return counts
