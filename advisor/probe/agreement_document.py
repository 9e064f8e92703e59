"""Repeated replies as one JSON document: what `advisor consistency --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from advisor.frozen import Frozen
from advisor.probe.agreement import PromptAgreement, Studied, study
from advisor.probe.agreement_words import model_sentences, pair_sentence, prompt_sentences, warnings_of
from advisor.probe.freetext import ACCURACY
from advisor.probe.model_agreement import ModelAgreement, PairDifference, model_agreement, pair_differences
from advisor.probe.reply_file import ReplyLine, ReplySet


class PromptOut(Frozen):
    """Replies of one model to one prompt."""

    figures: PromptAgreement
    sentences: tuple[str, ...]


class ModelOut(Frozen):
    """One model over its prompts."""

    figures: ModelAgreement
    sentences: tuple[str, ...]


class PairOut(Frozen):
    """Two models on the prompts both answered."""

    figures: PairDifference
    sentence: str


class ConsistencyOut(Frozen):
    """What `advisor consistency --json` prints. Bounds are 95 %; null is unknown or undefined."""

    source: str
    replies: int
    models: tuple[ModelOut, ...]
    pairs: tuple[PairOut, ...]
    """Models that share at least five prompts."""
    prompts: tuple[PromptOut, ...]
    warnings: tuple[str, ...]


def consistency_of(sets: Sequence[ReplySet], source: str) -> ConsistencyOut:
    """Judge, count and compare replies of any origin."""
    studied = [study(one.prompt, one.model, one.asked, one.outcomes, one.rewords) for one in sets]
    groups: dict[str, list[Studied]] = {}
    for one in studied:
        groups.setdefault(one.figures.model, []).append(one)
    models = [model_agreement(model, mine) for model, mine in groups.items()]
    figures = [one.figures for one in studied]
    return ConsistencyOut(
        source=source,
        replies=sum(one.asked for one in figures),
        models=tuple(ModelOut(figures=one, sentences=model_sentences(one)) for one in models),
        pairs=tuple(PairOut(figures=one, sentence=pair_sentence(one)) for one in pair_differences(figures)),
        prompts=tuple(PromptOut(figures=one, sentences=prompt_sentences(one)) for one in figures),
        warnings=(*warnings_of(models), *([ACCURACY] if any(one.approximate for one in figures) else [])),
    )


def consistency_document(report: ConsistencyOut) -> dict[str, Any]:
    """The report as one JSON document."""
    return report.model_dump(mode="json")


def consistency_schema() -> dict[str, Any]:
    """JSON Schema of the document."""
    return ConsistencyOut.model_json_schema(mode="serialization")


def replies_schema() -> dict[str, Any]:
    """JSON Schema of one line of a file of replies."""
    return ReplyLine.model_json_schema()
