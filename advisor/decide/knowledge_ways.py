"""Ways to knowledge side by side: decision 4 answered otherwise, the rest of the case as it is.

Each way's model bill is the bill of that case, so it counts the same calls, cache, batch share and
searches as everywhere else; the index and its store, which no other bill holds, stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.case import Case
from advisor.catalog.entries import CatalogOffer
from advisor.cost.corpus import (
    KnowledgeLine,
    Library,
    Tier,
    index_month,
    index_once_formula,
    index_once_usd,
)
from advisor.cost.memory import Refusal
from advisor.decide.bills import Bill, bill_for
from advisor.decide.hosting import SELF
from advisor.decide.plan import Situation
from advisor.interval import Interval
from advisor.wording import number

Look = Callable[[Case], Situation]
"""How a page sees a case: its numbers to try, its switches."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to knowledge, and what a month of it costs."""

    label: str
    choice: str
    """Outcome of decision 4."""
    bill: Bill
    """Of the same case with this outcome: model calls, embedding of the questions, re-ranking."""
    beside: tuple[KnowledgeLine, ...] = ()
    """Store and renewal of the index."""
    failed: float | None = None
    """Share of retrievals that miss the right passage; None when nothing is searched."""
    once_usd: float = 0.0
    once_formula: str = ""

    @property
    def month(self) -> Interval | None:
        """All of it together; None when the model's part is unknown."""
        total = self.bill.per_month.usd
        if total is None:
            return None
        for line in self.beside:
            total = total + line.usd
        return total


def retrieval(case: Case, offer: CatalogOffer, library: Library, tier: Tier, look: Look) -> Way:
    """The case answered from passages found in an index."""
    choice = "advanced_rag" if tier.reranked else "rag"
    situation = look(_answered(case, choice, passage_tokens=library.passage_tokens))
    questions = situation.case.workload.requests_per_month or 0.0
    return Way(
        tier.label,
        choice,
        bill_for(offer, situation),
        index_month(library, tier, questions),
        tier.failed,
        index_once_usd(library, tier),
        index_once_formula(library, tier),
    )


def whole_corpus(case: Case, offer: CatalogOffer, library: Library, look: Look) -> Way | Refusal:
    """The case with all knowledge in every prompt; refused where the prompt does not fit the offer."""
    situation = look(_answered(case, "whole_corpus", corpus_tokens=library.corpus_tokens))
    needed, takes = _room_needed(situation), offer.offer.limits.context_in
    if takes is not None and needed > takes:
        said = f"A prompt of {number(needed, 6)} tokens does not fit the {number(takes, 6)} it takes."
        return Refusal(said, "Retrieve passages instead, or choose a model with a longer context.")
    at_home = offer.provider.id == SELF
    label = "Whole corpus, read anew each time" if at_home else "Whole corpus, cached"
    return Way(label, "whole_corpus", bill_for(offer, situation))


def _answered(case: Case, choice: str, **numbers: float) -> Case:
    answers = {"own_documents": True, "decision": choice, **numbers}
    for name, answer in answers.items():
        case = case.with_answer("knowledge", name, answer)
    return case


def _room_needed(situation: Situation) -> float:
    """Tokens the longest prompt takes, as the hard need of the same case has it."""
    needs = [need for advice in situation.plan.advice for need in advice.constraints]
    return max((need.level for need in needs if need.criterion == "context"), default=0.0)
