"""What was measured, and how the choice is confirmed: sections 9 and 11."""

from __future__ import annotations

from advisor.case import Measurement, ProbePrompt
from advisor.probe.metrics import METRICS
from advisor.record.blocks import Block, Paragraph, Section, Table
from advisor.record.record import Evidence, Record
from advisor.record.sections.phrases import bullets_or, marked, measured_words, name_of
from advisor.wording import UNKNOWN_WORD, count, joined, number, percent

SHOWN_PROMPTS = 20
SHOWN_FIGURES = 60
RUN_LETTERS = 8
"""Of a run's id: enough to find it, short enough for a column."""
_HASH_LETTERS = 12


def evidence(record: Record) -> Section:
    """Section 9: what was asked of whom, and every measured figure with n and interval."""
    heading = "9. Probe evidence"
    if not record.evidence and not record.case.measurements:
        said = "Nothing was measured: every figure about quality and speed is published by others or unknown."
        return Section("evidence", heading, (Paragraph(said, strong=True),))
    blocks: list[Block] = []
    if record.evidence:
        clocks = dict.fromkeys((run.run, run.instrument) for run in record.evidence if run.instrument)
        blocks += [_runs(record), _figures(record)]
        blocks += [Paragraph(f"Run {run}. {words}") for run, words in clocks]
    told = {run.run for run in record.evidence}
    others = tuple(row for row in record.case.measurements if row.run not in told)
    if others:
        blocks.append(_measurements(record, others))
    return Section("evidence", heading, tuple(blocks))


def _runs(record: Record) -> Table:
    columns = (
        "Offer",
        "Model as returned",
        "Provider",
        "Run and day",
        "Parameters",
        "Calls",
        "Prompts (SHA-256)",
    )
    rows = tuple(
        (
            marked(name_of(record, run.offer), run.simulated),
            run.model_returned or UNKNOWN_WORD,
            run.provider,
            f"{run.run[:RUN_LETTERS]}, {run.day.isoformat()}",
            _parameters(run),
            f"{count(run.samples, 'call')}, {run.failures} failed",
            _prompt_hashes(run),
        )
        for run in record.evidence
    )
    return Table("Probe runs", columns, rows)


def _parameters(run: Evidence) -> str:
    heat = "provider's default" if run.temperature is None else number(run.temperature)
    longest = UNKNOWN_WORD if run.max_output_tokens is None else f"{run.max_output_tokens} tokens"
    effort = run.effort or "as the provider sets it"
    dropped = f"; not sent: {joined(run.not_sent)}" if run.not_sent else ""
    return f"temperature {heat}; at most {longest} out; effort {effort}{dropped}"


def _prompt_hashes(run: Evidence) -> str:
    shown = [f"{prompt.id} {prompt.sha256[:_HASH_LETTERS]}" for prompt in run.prompts[:SHOWN_PROMPTS]]
    more = len(run.prompts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") or UNKNOWN_WORD


def _figures(record: Record) -> Table:
    rows = tuple(
        (
            marked(name_of(record, run.offer), run.simulated),
            figure.label,
            marked(measured_words(figure.value, figure.low, figure.high, figure.unit), run.simulated),
            str(figure.n),
            run.day.isoformat(),
        )
        for run in record.evidence
        for figure in run.figures
    )
    columns = ("Offer", "Measure", "Value (95 % interval)", "n", "Day")
    return Table("Measured figures", columns, rows[:SHOWN_FIGURES], frozenset({3}))


def _measurements(record: Record, measured: tuple[Measurement, ...]) -> Table:
    """What the case carries from runs this record knows nothing else about."""
    rows = tuple(
        (
            marked(name_of(record, row.offer), row.simulated),
            f"{_metric_label(row.metric)}, {row.setting}" if row.setting else _metric_label(row.metric),
            _measured(row),
            str(row.n),
            str(row.prompts) if row.prompts else "not recorded",
            f"{row.run[:RUN_LETTERS]}, {row.as_of.isoformat()}",
        )
        for row in measured[:SHOWN_FIGURES]
    )
    columns = ("Offer", "Measure", "Value (95 % interval)", "n", "Prompts", "Run and day")
    return Table("Measurements of this case", columns, rows, frozenset({3, 4}))


def _metric_label(key: str) -> str:
    """The measure's name; a key nobody knows stands for itself."""
    return next((metric.label for metric in METRICS if metric.key == key), key.replace("_", " "))


def _measured(row: Measurement) -> str:
    return marked(measured_words(row.value, row.low, row.high, row.unit), row.simulated)


def confirmation(record: Record) -> Section:
    """Section 11: evaluation set, thresholds, owner."""
    prompts = record.case.probe.prompts
    checked = sum(prompt.expected is not None for prompt in prompts)
    lines = (
        f"Evaluation set: {count(len(prompts), 'prompt')}, {checked} of them with an expected answer."
        if prompts
        else "Evaluation set: none yet. Build one before relying on this decision.",
        f"Smallest pass rate: {_threshold(record.revisit.minimum_pass_rate)}.",
        f"Smallest agreement of repeated answers: {_threshold(record.revisit.minimum_agreement)}.",
        f"Owner: {joined(record.deciders) or 'not named yet'}.",
    )
    blocks: list[Block] = [*bullets_or(lines, "")]
    if prompts:
        blocks.append(_prompt_table(prompts))
    return Section("confirmation", "11. Confirmation", tuple(blocks))


def _threshold(share: float | None) -> str:
    return "not set yet" if share is None else percent(share)


def _prompt_table(prompts: tuple[ProbePrompt, ...]) -> Table:
    rows = tuple(
        (
            prompt.id,
            _cut(prompt.text),
            _cut(prompt.expected) if prompt.expected else "none",
            prompt.answer_type,
        )
        for prompt in prompts[:SHOWN_PROMPTS]
    )
    more = len(prompts) - len(rows)
    caption = "Evaluation set" + (f" (first {len(rows)} of {len(prompts)})" if more > 0 else "")
    if any(cell.endswith("…") for row in rows for cell in row):
        caption += "; long texts are cut here, and whole in the JSON file of this record"
    return Table(caption, ("Prompt", "Text", "Expected answer", "Answer type"), rows)


def _cut(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:159]}…"
