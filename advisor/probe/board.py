"""Every reply of a run with what it was taken for, ready to be filtered, laid side by side and exported."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Literal, NamedTuple

from advisor.probe.agreement import AnswerOut, Studied, study
from advisor.probe.equality import Category
from advisor.probe.metrics import counted, identical
from advisor.probe.model_agreement import ModelAgreement, PairDifference, model_agreement, pair_differences
from advisor.probe.money import CostParts, cost_parts
from advisor.probe.plan import RunPlan
from advisor.probe.samples import Purpose, Sample, Usage
from advisor.probe.targets import Target
from advisor.probe.tool_calls import said, shown


class Show(StrEnum):
    """Which replies to show."""

    ALL = "all"
    FAILURES = "failures"
    """Calls that failed, and answers that are not as expected."""
    DISAGREEMENTS = "disagreements"
    """Answers other than the most common one of their offer and prompt."""


@dataclass(frozen=True, slots=True)
class Row:
    """One reply."""

    sample: Sample
    answer: AnswerOut | None
    """What it was taken for; None for calls that only measure time."""
    majority: bool
    """Whether it gives the most common answer of its offer and prompt; ties count as common."""

    @property
    def failed(self) -> bool:
        """Whether there is no usable answer, or not the expected one."""
        if self.sample.failure is not None:
            return True
        if self.answer is None:
            return False
        return self.answer.right is False or self.answer.category not in (Category.VALID, Category.PENDING)

    @property
    def disagrees(self) -> bool:
        """Whether it is a valid answer other than the most common one."""
        return self.answer is not None and self.answer.category is Category.VALID and not self.majority


@dataclass(frozen=True, slots=True)
class Board:
    """All replies of a run and their figures."""

    rows: tuple[Row, ...]
    """In the order asked; warm-ups are left out."""
    warm_ups: tuple[Sample, ...]
    """Paid for, and part of no figure but what the run cost."""
    studied: dict[tuple[str, str], Studied]
    """(lane, prompt) -> figures of the identical calls."""
    models: dict[str, ModelAgreement]
    """Lane -> figures over its prompts."""
    pairs: tuple[PairDifference, ...]
    """The lanes of `RunPlan.comparisons`, on the prompts both answered."""


def board_of(plan: RunPlan, samples: Sequence[Sample]) -> Board:
    """Judge every reply once."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in identical(samples):
        groups.setdefault((sample.offer, sample.prompt), []).append(sample)
    studied = dict(_studied(plan, groups))
    answers = {
        sample.key: (answer, _common(studied[place], answer))
        for place, mine in groups.items()
        if place in studied
        for sample, answer in zip(mine, studied[place].figures.answers, strict=True)
    }
    rows = tuple(Row(one, *answers.get(one.key, (None, True))) for one in counted(samples))
    by_lane: dict[str, list[Studied]] = {}
    for (lane, _), one in studied.items():
        by_lane.setdefault(lane, []).append(one)
    models = {lane: model_agreement(lane, mine) for lane, mine in by_lane.items()}
    warm_ups = tuple(one for one in samples if one.purpose is Purpose.WARM_UP)
    pairs = pair_differences([one.figures for one in studied.values()], plan.comparisons)
    return Board(rows, warm_ups, studied, models, pairs)


def _studied(
    plan: RunPlan, groups: dict[tuple[str, str], list[Sample]]
) -> Iterator[tuple[tuple[str, str], Studied]]:
    prompts = {prompt.id: prompt for prompt in plan.prompts}
    for (lane, prompt_id), mine in groups.items():
        if prompt_id in prompts:
            prompt = prompts[prompt_id]
            outcomes = [sample.reply or sample.failure for sample in mine]
            yield (lane, prompt_id), study(prompt_id, lane, prompt, outcomes, prompt.rewords)


def _common(one: Studied, answer: AnswerOut) -> bool:
    """Whether the answer is a most common one: none came more often."""
    if answer.cluster is None:
        return True
    counts = [other.cluster for other in one.figures.answers if other.cluster is not None]
    return counts.count(answer.cluster) == counts.count(1)


def chosen(
    board: Board, show: Show = Show.ALL, lane: str | None = None, prompt: str | None = None, words: str = ""
) -> tuple[Row, ...]:
    """The rows that pass every filter.

    Args:
        board: All of them.
        show: Failures or disagreements only.
        lane: One lane only.
        prompt: One prompt only.
        words: Text the reply must contain, capitals ignored.
    """
    wanted = words.casefold().strip()
    return tuple(
        row
        for row in board.rows
        if (lane is None or row.sample.offer == lane)
        and (prompt is None or row.sample.prompt == prompt)
        and (show is not Show.FAILURES or row.failed)
        and (show is not Show.DISAGREEMENTS or row.disagrees)
        and (not wanted or wanted in (said(row.sample.reply).casefold() if row.sample.reply else ""))
    )


def place_of(rows: Sequence[Row], key: str) -> int | None:
    """Index of the reply with this key, None when it is not among the rows."""
    return next((index for index, row in enumerate(rows) if row.sample.key == key), None)


class Piece(NamedTuple):
    """A stretch of a reply beside another."""

    kind: Literal["same", "gone", "new"]
    """In both, only in the first, only in the second."""
    text: str


LONGEST_COMPARED = 20_000
"""Characters of a reply up to which words are compared; the rest is left out, for comparing is slow."""


def differences(first: str, second: str) -> tuple[Piece, ...]:
    """What two replies share and where they differ, word by word."""
    one, other = _words(first), _words(second)
    pieces: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(one[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(one[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(other[c:d])))
    return tuple(pieces)


def _words(text: str) -> list[str]:
    """Words with the space behind them."""
    words: list[str] = []
    for line in text[:LONGEST_COMPARED].splitlines(keepends=True):
        words += [f"{word} " for word in line.rstrip().split(" ")]
        words[-1] = words[-1].rstrip(" ") + ("\n" if line.endswith("\n") else "")
    return words


def flat(row: Row, target: Target) -> dict[str, object]:
    """One row of the export: base units, None where nothing is known; every figure follows from these."""
    sample, answer = row.sample, row.answer
    reply, failure = sample.reply, sample.failure
    return {
        "key": sample.key,
        "offer": target.label,
        "simulated": sample.simulated,
        "prompt": sample.prompt,
        "call": sample.name,
        "made_for": sample.purpose.word,
        "calls_at_once": sample.rung,
        "state": sample.state.value,
        "attempts": len(sample.attempts),
        "error": failure.kind.value if failure else None,
        "category": answer.category.value if answer else None,
        "answer": answer.answer if answer else None,
        "rule": answer.rule if answer else None,
        "as_expected": answer.right if answer else None,
        "most_common": row.majority if answer else None,
        **_times(sample),
        **_tokens(sample),
        **_dollars(sample, target),
        "finish_reason": reply.finish_reason if reply else None,
        "reply": reply.text if reply else None,
        "tool_calls": shown(reply.tool_calls) if reply and reply.tool_calls else None,
    }


def _times(sample: Sample) -> dict[str, object]:
    """Seconds of the last attempt; waiting on our side and connecting are in none of the others."""
    return {
        "queue_s": sample.queue_s,
        "connect_s": sample.connect_s,
        "ttft_s": sample.ttft_s,
        "first_answer_s": sample.first_answer_s,
        "total_s": sample.total_s,
        "output_tps": sample.output_tps,
    }


def _tokens(sample: Sample) -> dict[str, object]:
    usage = sample.usage or Usage()
    source = sample.last.usage_source.value if sample.last else None
    return {**usage.model_dump(), "usage_source": source}


def _dollars(sample: Sample, target: Target) -> dict[str, object]:
    """Cost of all attempts, whole and by part; None when any of them is unknown."""
    parts = [cost_parts(attempt.usage, target.price) for attempt in sample.attempts]
    known = [part for part in parts if part is not None]
    whole = asdict(sum(known, CostParts())) if known and len(known) == len(parts) else {}
    names = [field.name for field in fields(CostParts)]
    return {"cost_usd": sample.cost_usd, **{f"cost_{name}_usd": whole.get(name) for name in names}}
