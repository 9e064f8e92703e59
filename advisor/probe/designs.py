"""Probe designs: which prompts are asked how often under which settings. To add one, add a row to DESIGNS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor import wording
from advisor.case import ProbePlan, ProbePrompt
from advisor.errors import BadCase
from advisor.frozen import Frozen
from advisor.probe.settings import Variant

EFFORTS = ("low", "medium", "high")
"""Rungs of the ladder for offers that list none."""
LEAST_WORDINGS = 4
"""Fewest wordings from which a paraphrase gap is worth reading."""
PIECES = (0.05, 0.25, 0.5, 1.0)
"""Shares of the document the long-context design asks about."""
LONGEST_LADDER = 10
"""Prompts of a sweep or ladder: every one is asked at every setting."""

RUNGS = (1, 2, 4, 8, 16)
"""Calls at once on the steps of a load ladder."""
FEWEST_ON_A_RUNG = 4
WAVES = 2
"""Calls on a step for each place, so that a step is more than its start and its end."""


def calls_at(rung: int) -> int:
    """Calls a load ladder makes with so many at once."""
    return max(FEWEST_ON_A_RUNG, WAVES * rung)


class Shape(Frozen):
    """What a design makes of the prompts there are."""

    prompts: tuple[ProbePrompt, ...]
    samples: int
    """Per prompt and setting."""
    variants: tuple[Variant, ...] = ()
    """Settings to go through; empty asks everything once at the plan's own settings."""
    rungs: tuple[int, ...] = ()
    """Calls at once, step by step, of a load ladder."""
    ladder: bool = False
    """Whether the variants are efforts, of which each offer takes those it lists."""
    notes: tuple[str, ...] = ()
    """Where there is less than the design wants, and what it does instead; each a sentence."""


@dataclass(frozen=True, slots=True)
class Design:
    """One way to spend calls."""

    key: str
    label: str
    about: str
    """What it is for, one sentence."""
    shape: Callable[[ProbePlan], Shape]
    one_prompt: bool = False
    """Whether it is about a single prompt, to be chosen."""
    sweeps: str = ""
    """The setting it goes through: temperature, top_p, top_k or effort; empty for none."""
    values: tuple[float, ...] = ()
    """Its own values of that setting."""
    takes_document: bool = False
    takes_wordings: bool = False
    loads: bool = False
    """Whether it is about many calls at once."""


def shaped(probe: ProbePlan) -> Shape:
    """What the chosen design makes of the case's prompts.

    Raises:
        BadCase: There is no such design, or it lacks what it is about.
    """
    design = DESIGNS.get(probe.design)
    if design is None:
        names = ", ".join(DESIGNS)
        raise BadCase("case", "probe.design", f"there is no design {probe.design}", f"Choose one of {names}.")
    return design.shape(probe)


def originals(probe: ProbePlan) -> tuple[ProbePrompt, ...]:
    """The prompts without other wordings of them."""
    return tuple(prompt for prompt in probe.prompts if prompt.rewords is None)


def focus_of(probe: ProbePlan) -> ProbePrompt | None:
    """The prompt a design about one prompt asks; None when there is none."""
    mine = originals(probe)
    return next((prompt for prompt in mine if prompt.id == probe.focus), mine[0] if mine else None)


def _own(probe: ProbePlan) -> Shape:
    return Shape(prompts=probe.prompts, samples=probe.samples_per_prompt)


def _grid(prompts: int, samples: int) -> Callable[[ProbePlan], Shape]:
    def shape(probe: ProbePlan) -> Shape:
        mine = originals(probe)
        return Shape(prompts=mine[:prompts], samples=samples, notes=_count_notes(len(mine), prompts))

    return shape


def _count_notes(there: int, wanted: int) -> tuple[str, ...]:
    if there < wanted:
        return (f"The design wants {wording.count(wanted, 'prompt')}; there {_are(there)}: all are asked.",)
    if there > wanted:
        return (f"The first {wanted} of your {there} prompts are asked.",)
    return ()


def _are(count: int) -> str:
    return f"is {count}" if count == 1 else f"are {count}"


def _audit(probe: ProbePlan) -> Shape:
    prompt = focus_of(probe)
    return Shape(prompts=(prompt,) if prompt else (), samples=30)


def _load(probe: ProbePlan) -> Shape:
    prompt = focus_of(probe)
    most = min(probe.concurrency, probe.concurrency_per_provider or probe.concurrency)
    rungs = tuple(rung for rung in RUNGS if rung <= most)
    note = (
        f"{wording.count(sum(map(calls_at, rungs)), 'call')} to each offer, up to {rungs[-1]} at once, one "
        "offer after the other; a refused call is not repeated, for the refusal is a finding."
    )
    return Shape(prompts=(prompt,) if prompt else (), samples=1, rungs=rungs, notes=(note,))


def _sweep(setting: str, values: tuple[float, ...]) -> Callable[[ProbePlan], Shape]:
    def shape(probe: ProbePlan) -> Shape:
        chosen = tuple(sorted(dict.fromkeys(probe.sweep or values)))
        mine = originals(probe)
        try:
            variants = tuple(Variant.at(setting, value) for value in chosen)
        except ValueError as error:
            raise BadCase("case", "probe.sweep", str(error), "Correct the values of the sweep.") from error
        notes = _count_notes(len(mine), LONGEST_LADDER)
        return Shape(prompts=mine[:LONGEST_LADDER], samples=5, variants=variants, notes=notes)

    return shape


def _efforts(probe: ProbePlan) -> Shape:
    mine = originals(probe)
    variants = tuple(Variant(effort=effort) for effort in dict.fromkeys(probe.efforts or EFFORTS))
    notes = list(_count_notes(len(mine), LONGEST_LADDER))
    if mine and not any(prompt.graded for prompt in mine):
        notes.append(
            "No prompt has an expected answer or a grader, so the pass rate at each effort stays unknown."
        )
    return Shape(prompts=mine[:LONGEST_LADDER], samples=3, variants=variants, ladder=True, notes=tuple(notes))


def _paraphrase(probe: ProbePlan) -> Shape:
    prompt = focus_of(probe)
    if prompt is None:
        return Shape(prompts=(), samples=5)
    wordings = (prompt, *(one for one in probe.prompts if one.rewords == prompt.id))
    few = len(wordings) < LEAST_WORDINGS
    note = f"{wording.count(len(wordings), 'wording')} so far; fewer than {LEAST_WORDINGS} say little."
    return Shape(prompts=wordings, samples=5, notes=(note,) if few else ())


def _long_context(probe: ProbePlan) -> Shape:
    prompt = focus_of(probe)
    if prompt is None:
        return Shape(prompts=(), samples=3)
    if not (probe.document or "").strip():
        raise BadCase(
            "case", "probe.document", "there is no document", "Paste or upload your document first."
        )
    pieces = tuple(_piece(prompt, probe.document or "", share) for share in PIECES)
    note = (
        "What the question needs must stand in the first part of the document, or short pieces cannot pass."
    )
    return Shape(prompts=pieces, samples=3, notes=(note,) if prompt.expected else ())


def _piece(prompt: ProbePrompt, document: str, share: float) -> ProbePrompt:
    """The question after the first part of the document, cut at a word."""
    end = max(1, round(len(document) * share))
    cut = document[:end] if share == 1 else (document[:end].rsplit(None, 1) or [""])[0]
    return prompt.model_copy(
        update={"id": piece_id(prompt.id, share), "text": f"{cut}\n\n{prompt.text}", "rewords": None}
    )


def piece_id(prompt: str, share: float) -> str:
    """Id of the prompt that asks about this share of the document."""
    return f"{prompt[:48]}-{round(100 * share)}pct"


def _sweep_design(
    setting: str, label: str, values: tuple[float, ...], about: str, key: str | None = None
) -> Design:
    return Design(key or setting, label, about, _sweep(setting, values), sweeps=setting, values=values)


_ROWS: Sequence[Design] = (
    Design("own", "Your own numbers", "Your prompts and samples exactly as you set them.", _own),
    Design("quick", "Quick: 10 prompts x 3", "A first look for little money.", _grid(10, 3)),
    Design(
        "standard",
        "Standard: 30 prompts x 5",
        "Enough for a shortlist; five samples show what five people would get.",
        _grid(30, 5),
    ),
    Design(
        "careful",
        "Careful: 100 prompts x 5",
        "For a choice that is hard to take back; more prompts say more than more samples.",
        _grid(100, 5),
    ),
    Design(
        "audit",
        "Audit one prompt: 1 x 30",
        "How often one important prompt is answered otherwise; it says nothing about other prompts.",
        _audit,
        one_prompt=True,
    ),
    _sweep_design(
        "temperature",
        "Temperature sweep",
        (0.0, 0.5, 1.0),
        "The same prompts at each temperature, compared prompt by prompt with the lowest.",
        "temperature_sweep",
    ),
    _sweep_design(
        "top_p",
        "Top-p sweep",
        (0.5, 0.9, 1.0),
        "The same prompts at each top-p, compared prompt by prompt with the lowest.",
        "top_p_sweep",
    ),
    _sweep_design(
        "top_k",
        "Top-k sweep",
        (1, 10, 50),
        "The same prompts at each top-k; many providers refuse or ignore it, which the result says.",
        "top_k_sweep",
    ),
    Design(
        "paraphrase",
        "Other words: one question in several wordings",
        "Whether the wording of a question changes the answer more than asking again.",
        _paraphrase,
        one_prompt=True,
        takes_wordings=True,
    ),
    Design(
        "long_context",
        "Long context: your document at growing lengths",
        "One question about the first 5, 25, 50 and 100 % of your own document.",
        _long_context,
        one_prompt=True,
        takes_document=True,
    ),
    Design(
        "effort_ladder",
        "Effort ladder",
        "The same prompts at each reasoning effort: cost, time and pass rate of every rung.",
        _efforts,
        sweeps="effort",
    ),
    Design(
        "ladder",
        "Load ladder: 1 to 16 calls at once",
        "How many tokens per second come out in total, and how long one waits, when many ask at once.",
        _load,
        one_prompt=True,
        loads=True,
    ),
)

DESIGNS: dict[str, Design] = {row.key: row for row in _ROWS}
"""Every design by key, in the order offered."""
