"""Decision 4: how the model gets to know what it needs: the escalation path and the rung to start on.

Plain prompt -> examples in the prompt -> whole corpus in the prompt, cached -> retrieval (RAG) ->
advanced retrieval (hybrid search, re-ranking). Each rung only after the one below measurably failed.
"""

from __future__ import annotations

from advisor.case import UNKNOWN, Case
from advisor.cost.profile import ZERO
from advisor.cost.rag import EMBED_USD, RERANK_S, RERANK_USD, Passages, WholeCorpus
from advisor.decide.advice import Advice, Effect, Guardrail, Reason
from advisor.decide.questions import Kind, Option, Question, Step
from advisor.decide.steps.answers import Answers, Verdict, conclude
from advisor.interval import Interval
from advisor.wording import number

KEY = "knowledge"

CHOICES = (
    Option("prompt", "Prompt, with examples if needed", "Instructions and 1 to 50 worked examples."),
    Option("whole_corpus", "All knowledge in the prompt, cached", "Under about 200,000 tokens (500 pages)."),
    Option("rag", "Retrieval (RAG)", "Search finds passages; the model answers from them."),
    Option("advanced_rag", "Advanced retrieval", "Hybrid search, context per passage, re-ranking."),
)

WHOLE_CORPUS_LIMIT = 200_000
"""Tokens of knowledge under which no retrieval is needed (rule `knowledge.whole_corpus`)."""
PASSAGES = Interval(2_000, 4_000, 10_000)
"""Retrieved tokens per question when not given: 5 passages of 800 in the middle (our proposal)."""
CORPUS = Interval(10_000, 100_000, 200_000)
"""Tokens of a corpus of unknown size that is put into the prompt whole (our proposal)."""


def _own_documents(case: Case) -> bool:
    return case.answer(KEY, "own_documents") is True


def _retrieves(case: Case) -> bool:
    return case.answer(KEY, "tried") in ("rag", "advanced_rag")


QUESTIONS = (
    Question(
        "own_documents",
        "Must answers rest on your own documents or data?",
        Kind.YES_NO,
        hint="Manuals, policies, tickets, a product database.",
        why="A model knows nothing of your house; what it needs must reach it in the prompt.",
    ),
    Question(
        "corpus_tokens",
        "How much text is that altogether?",
        Kind.NUMBER,
        unit="tokens",
        hint="A page has about 400 tokens; 500 pages are about 200,000.",
        why="A small corpus fits into every prompt, cached, and needs no search.",
        ask_if=_own_documents,
    ),
    Question(
        "changes",
        "How often does it change?",
        Kind.ONE,
        (
            Option("rarely", "Yearly or never"),
            Option("weekly", "Every week or month"),
            Option("constantly", "Every hour: stock, prices, cases"),
        ),
        why="What changes all the time must be looked up at the moment of the question.",
        ask_if=_own_documents,
    ),
    Question(
        "access_rights",
        "May some readers see only part of it?",
        Kind.YES_NO,
        why="Then passages must be filtered by reader before the model sees them.",
        ask_if=_own_documents,
    ),
    Question(
        "exact_terms",
        "Do questions name part numbers, clauses, codes or names?",
        Kind.YES_NO,
        hint="Searching by meaning alone misses exact terms.",
        why="Exact terms need word search beside search by meaning (hybrid search).",
        ask_if=_own_documents,
    ),
    Question(
        "passage_tokens",
        "How much retrieved text goes into one question?",
        Kind.NUMBER,
        unit="tokens",
        maximum=2_000_000,
        hint="Five passages of 800 tokens are 4,000.",
        why="It is added to every prompt and paid each time.",
        ask_if=_own_documents,
    ),
    Question(
        "tried",
        "How far up the path have you been?",
        Kind.ONE,
        (
            Option("nothing", "Not started"),
            Option("prompt", "A careful prompt"),
            Option("examples", "A prompt with examples"),
            Option("rag", "Retrieval"),
            Option("advanced_rag", "Hybrid search or re-ranking"),
        ),
        why="Each step up costs more; the next one is due only when this one measurably failed.",
    ),
    Question(
        "failure",
        "When an answer is wrong, what is wrong with it?",
        Kind.ONE,
        (
            Option("none", "Nothing much: it works"),
            Option("facts", "Facts are missing, wrong or outdated"),
            Option("form", "Form, tone or format is wrong"),
            Option("both", "Both"),
        ),
        hint="Look at ten wrong answers before you choose.",
        why="Wrong facts call for retrieval; wrong form for better prompts, then tuning.",
    ),
    Question(
        "retrieval_failure",
        "Where does retrieval fail?",
        Kind.ONE,
        (
            Option("not_found", "The right passage is not found"),
            Option("buried", "It is found, but among too many wrong ones"),
            Option("spread", "The answer needs several documents"),
            Option("ignored", "It is found, but the answer does not use it"),
            Option("works", "It works"),
        ),
        why="Search faults call for better search; an ignored passage is a fault of prompt or model.",
        ask_if=_retrieves,
    ),
    Question(
        "eval_cases",
        "How many test questions with a known good answer do you have?",
        Kind.NUMBER,
        unit="cases",
        maximum=10_000_000,
        hint="A spreadsheet with question and expected answer counts.",
        why="Without them nobody can say that a technique failed, or that the next one helped.",
    ),
)


def advise(case: Case) -> Advice:
    """Finds the lowest rung that can carry the knowledge."""
    given = Answers(case, KEY, QUESTIONS)
    verdict = _verdict(given)
    choice = given.in_force(verdict.choice)
    return conclude(
        given,
        CHOICES,
        verdict,
        importance={"faithfulness": 0.6} if choice in ("whole_corpus", "rag", "advanced_rag") else None,
        effects=_effects(given, choice),
        guardrails=_guardrails(choice),
        next_steps=_next_steps(given, choice),
        warnings=_warnings(given, choice),
    )


def _verdict(given: Answers) -> Verdict:
    documents, failure = given.yes("own_documents"), given.one("failure")
    if documents is None and failure is None:
        return Verdict(UNKNOWN, "Say whether answers rest on your own documents to get a recommendation.")
    if not documents:
        return _without_documents(failure)
    if _search_failed(given):
        return _advanced(given)
    if _fits_whole(given):
        return _whole(given)
    return _retrieval(given)


def _without_documents(failure: str | None) -> Verdict:
    if failure in ("facts", "both"):
        reasons = (
            Reason("facts are missing, wrong or outdated: an information failure", "knowledge.diagnose"),
            Reason("retrieval beat tuning on new facts in a published comparison", "tuning.facts"),
        )
        against = (Reason("you named no documents to retrieve from: collect them first", "knowledge.ladder"),)
        return Verdict(
            "rag", "Fetch the missing facts by retrieval; prompting cannot supply them.", reasons, against
        )
    if failure == "form":
        return _form()
    return Verdict(
        "prompt",
        "Start with a careful prompt, then add worked examples; nothing more is needed yet.",
        (Reason("each step up only after the one below measurably failed", "knowledge.ladder"),),
        (Reason("if facts turn out missing or outdated, move up to retrieval", "knowledge.diagnose"),),
    )


def _form() -> Verdict:
    return Verdict(
        "prompt",
        "Stay with prompt and worked examples: wrong form is not cured by retrieval.",
        (Reason("form, tone or format is wrong: a behaviour failure", "knowledge.diagnose"),),
        (
            Reason(
                "if the form stays wrong after many examples, decision 5 is the next step", "knowledge.ladder"
            ),
        ),
    )


def _search_failed(given: Answers) -> bool:
    return given.one("retrieval_failure") in ("not_found", "buried", "spread")


def _fits_whole(given: Answers) -> bool:
    """Whether all of it can go into every prompt: small, not changing by the hour, open to every reader."""
    size = given.number("corpus_tokens")
    small = size is not None and size <= WHOLE_CORPUS_LIMIT
    return small and given.one("changes") != "constantly" and given.yes("access_rights") is not True


def _whole(given: Answers) -> Verdict:
    size = given.number("corpus_tokens") or 0
    return Verdict(
        "whole_corpus",
        f"Put all {size:,.0f} tokens of knowledge into the prompt and cache them; no search is needed.",
        (
            Reason(
                f"{size:,.0f} tokens are under the 200,000 below which retrieval is not needed",
                "knowledge.whole_corpus",
            ),
            Reason("cached tokens cost about a tenth of fresh ones", "attributes.levers"),
            Reason("no passage can be missed by a search", "knowledge.long_context"),
        ),
        (
            Reason("a long prompt is paid with every request and read more slowly", "knowledge.long_context"),
            Reason("models use the middle of a long prompt less well", "attributes.usable_context"),
        ),
    )


def _retrieval(given: Answers) -> Verdict:
    size = given.number("corpus_tokens")
    reasons = [Reason("answers must rest on your own documents", "knowledge.diagnose")]
    if size is not None and size > WHOLE_CORPUS_LIMIT:
        text = f"{size:,.0f} tokens are too much for every prompt (over 200,000)"
        reasons.append(Reason(text, "knowledge.whole_corpus"))
    if given.one("changes") == "constantly":
        reasons.append(Reason("the data changes by the hour and must be looked up", "knowledge.diagnose"))
    if given.yes("access_rights"):
        reasons.append(
            Reason("readers may see only part, so passages are filtered first", "knowledge.ladder")
        )
    against = [Reason("what the search misses, the model cannot say", "knowledge.failed_retrievals")]
    if given.yes("exact_terms"):
        text = "questions name exact terms: use word search (BM25) from the start, beside search by meaning"
        against.append(Reason(text, "knowledge.ladder"))
    return Verdict(
        "rag", "Answer from retrieved passages of your own documents.", tuple(reasons), tuple(against)
    )


def _advanced(given: Answers) -> Verdict:
    where = {
        "not_found": "the right passage is not found",
        "buried": "the right passage drowns among wrong ones",
        "spread": "answers need several documents",
    }[given.one("retrieval_failure") or ""]
    return Verdict(
        "advanced_rag",
        f"Move up to hybrid search with re-ranking, because {where}.",
        (
            Reason(f"plain retrieval has measurably failed: {where}", "knowledge.ladder"),
            Reason(
                "word search and context per passage cut failed retrievals by 49 %, re-ranking by 67 %",
                "knowledge.failed_retrievals",
            ),
        ),
        (
            Reason("a re-ranker adds 0.1 to 0.2 s and about $0.002 to each question", "knowledge.hybrid"),
            Reason("more parts to run, test and keep up to date", "knowledge.ladder"),
        ),
    )


def _effects(given: Answers, choice: str) -> tuple[Effect, ...]:
    if choice == "whole_corpus":
        size = given.interval("corpus_tokens", CORPUS)
        requests = given.case.workload.requests_per_month
        return (Effect(KEY, "all knowledge in the prompt, cached", WholeCorpus(size, requests).into),)
    if choice not in ("rag", "advanced_rag"):
        return ()
    passages = given.interval("passage_tokens", PASSAGES)
    replaces = given.case.answer("attributes", "long_input") == "pieces"
    advanced = choice == "advanced_rag"
    words = "advanced retrieval" if advanced else "retrieval"
    added = f"{words}, about {number(passages.mid)} tokens of passages per question"
    extra = EMBED_USD + RERANK_USD if advanced else EMBED_USD
    load = Passages(passages, extra, RERANK_S if advanced else ZERO, replaces)
    return (Effect(KEY, added, load.into),)


def _guardrails(choice: str) -> tuple[Guardrail, ...]:
    if choice == UNKNOWN:
        return ()
    because = "with 100 cases a pass rate of 80 % is known to 8 points either way"
    return (Guardrail("eval_cases", "Test cases before a costlier technique", 100, "cases", because),)


def _next_steps(given: Answers, choice: str) -> tuple[str, ...]:
    cases = given.number("eval_cases") or 0
    steps: list[str] = []
    if cases < 100:
        steps.append(
            f"Write test questions with known good answers until you have 100 (you have {cases:,.0f}): "
            "at 80 % right that tells the rate to 8 points either way."
        )
    steps.append("To tell 80 % from 90 % apart takes 199 cases per variant; 80 % from 85 % takes 906.")
    return tuple(steps + _MOVE_UP.get(choice, []))


_MOVE_UP: dict[str, list[str]] = {
    "prompt": [
        "Move up to examples when instructions are understood but not followed alike.",
        "Move up to retrieval when answers miss facts; to tuning only when the form stays wrong.",
    ],
    "whole_corpus": [
        "Put the knowledge first and the question last, so that the cached part stays the same.",
        "Move up to retrieval when the corpus passes 200,000 tokens or answers overlook passages.",
    ],
    "rag": [
        "Start with word search (BM25), the baseline that is hard to beat; measure found passages apart "
        "from right answers.",
        "Move up to hybrid search and re-ranking when the right passage is not among the first ones.",
    ],
    "advanced_rag": [
        "Add hybrid search first, then context per passage (about $1.02 per million document tokens, once), "
        "then re-ranking; measure after each.",
        "When passages are found but answers stay wrong, build a custom evaluation before tuning.",
    ],
}


def _warnings(given: Answers, choice: str) -> tuple[str, ...]:
    warnings: list[str] = []
    if given.one("retrieval_failure") == "ignored":
        warnings.append("The passage is found but not used: fix prompt or model, not the search.")
    size = given.number("corpus_tokens")
    if choice == "whole_corpus" and size is not None and size > WHOLE_CORPUS_LIMIT:
        warnings.append(f"{size:,.0f} tokens in every prompt is past the 200,000 for which this was shown.")
    if choice == "whole_corpus" and given.yes("access_rights"):
        warnings.append("Every reader's answer could quote text that reader may not see.")
    if given.one("failure") == "form" and choice in ("rag", "advanced_rag"):
        warnings.append("Wrong form is not cured by retrieval; see decision 5.")
    return tuple(warnings)


STEP = Step(
    KEY,
    4,
    "How does the model get to know what it needs?",
    "Knowledge",
    "From a plain prompt up to advanced retrieval: start low, move up when a test shows the failure.",
    QUESTIONS,
    CHOICES,
    advise,
)
