"""From what was gathered to findings: what is wrong, how much it matters, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from advisor.dataset.chat_rules import PROBLEM_WORDS
from advisor.dataset.findings import BadRow, Finding, Quality, Quote, Severity
from advisor.dataset.forms import Form
from advisor.dataset.gather import Gathered
from advisor.dataset.reading import NOT_UTF_8
from advisor.dataset.tally import Marks
from advisor.dataset.variety import variety_findings
from advisor.wording import count, number, percent

MIN_ROWS_FOR_TOPICS = 50
_STRUCTURED = frozenset([Form.JSON, Form.CODE, Form.TABLE, Form.LABEL])
_STRONG_PERSONAL = frozenset(["payment card", "IBAN", "US social security number"])


@dataclass(frozen=True, slots=True)
class _Text:
    quality: Quality
    severity: Severity
    what: str
    """Completed by the number of rows in front: "3 rows ..."."""
    hint: str


_TEXTS = {
    "contamination": _Text(
        Quality.UNIQUENESS,
        Severity.ERROR,
        "contain text of the evaluation set",
        "Remove them from the training set, else the evaluation praises what was learned by heart.",
    ),
    "too_long": _Text(
        Quality.FORMATTING,
        Severity.ERROR,
        "are longer than the trainer takes",
        "Shorten or split them: the trainer refuses or cuts them, often inside the answer.",
    ),
    "encoding": _Text(
        Quality.FORMATTING,
        Severity.WARNING,
        "have text damaged by a wrong encoding",
        "Export the cleaned set: what can be undone is repaired; write the file as UTF-8 next time.",
    ),
    "boilerplate": _Text(
        Quality.ALIGNMENT,
        Severity.WARNING,
        "carry phrases another model left behind",
        "Rewrite the answers: a tuned model copies such manners before it learns the task.",
    ),
    "echo": _Text(
        Quality.ALIGNMENT,
        Severity.WARNING,
        "answer with the question itself",
        "Write the answers, or drop the rows.",
    ),
    "label_outside": _Text(
        Quality.ALIGNMENT,
        Severity.WARNING,
        "have an answer outside the allowed labels",
        "Correct the answers, or allow the label.",
    ),
    "other_language": _Text(
        Quality.ALIGNMENT,
        Severity.WARNING,
        "ask in another language than expected",
        "Drop them, or expect that language too.",
    ),
    "licence": _Text(
        Quality.COMPLIANCE,
        Severity.ERROR,
        "name a licence that forbids commercial use",
        "Drop them unless the use is covered; ask whoever answers for licences.",
    ),
}


def judge(gathered: Gathered, bad_rows: Sequence[BadRow], bad_count: int) -> tuple[Finding, ...]:
    """All findings, worst first."""
    found = [
        *_unreadable(bad_rows, bad_count, gathered.rows),
        *_format_findings(gathered),
        *(_marked(key, gathered.marks[key]) for key in _TEXTS if gathered.marks[key].rows),
        *_duplicates(gathered),
        *_conflicts(gathered),
        *_refusals(gathered),
        *_form_findings(gathered),
        *_label_findings(gathered),
        *_relevance(gathered),
        *variety_findings(gathered.variety.seen()),
        *_personal_findings(gathered),
    ]
    order = list(reversed(Severity))
    return tuple(
        sorted(found, key=lambda finding: (order.index(finding.severity), finding.quality, finding.check))
    )


def topics_judged(gathered: Gathered) -> str | None:
    """Why relevance cannot be judged from the rows alone; None when it can."""
    if gathered.rows < MIN_ROWS_FOR_TOPICS:
        return f"fewer than {MIN_ROWS_FOR_TOPICS} rows: too few to tell which are off topic"
    if len(_off_topic(gathered)) > 0.1 * gathered.rows:
        return "topics differ so widely that the rows alone do not tell which are off topic"
    return None


def _rows(number_of_rows: int) -> str:
    return count(number_of_rows, "row")


def _verb(number_of_rows: int, verb: str) -> str:
    """A verb after so many rows: "1 row repeats", "2 rows repeat"."""
    if number_of_rows != 1:
        return verb
    irregular = {"are": "is", "have": "has", "carry": "carries"}
    return irregular.get(verb, f"{verb}s")


def _rows_that(number_of_rows: int, do: str) -> str:
    """So many rows and what they do, said of several: its first word is the verb, after "nearly" the next."""
    first, _, rest = do.partition(" ")
    if first == "nearly":
        verb, _, rest = rest.partition(" ")
        return f"{_rows(number_of_rows)} nearly {_verb(number_of_rows, verb)} {rest}"
    return f"{_rows(number_of_rows)} {_verb(number_of_rows, first)} {rest}"


def _marked(key: str, marks: Marks) -> Finding:
    text = _TEXTS[key]
    what = f"{_rows_that(len(marks.rows), text.what)}."
    return Finding(
        key, text.quality, text.severity, what, text.hint, tuple(marks.rows), tuple(marks.examples)
    )


def _unreadable(bad_rows: Sequence[BadRow], bad_count: int, readable: int) -> Iterator[Finding]:
    if not bad_count:
        return
    one = bad_count == 1
    hint = f"Correct {'it' if one else 'them'}: one such row makes a tuning job fail."
    encoded, why = sum(bad.reason.startswith(NOT_UTF_8) for bad in bad_rows), ""
    if encoded:
        why = " (it is not UTF-8)" if one else f" ({encoded:,} of them are not UTF-8)"
        hint = "Save the file as UTF-8; it may be Latin-1 or Windows-1252, as older office programs write."
    others = {0: "", 1: "; the other one was"}.get(readable, f"; the other {readable:,} were")
    examples = tuple(Quote(bad.row, f"line {bad.line} {bad.reason}") for bad in bad_rows[:3])
    yield Finding(
        "unreadable_row",
        Quality.FORMATTING,
        Severity.ERROR,
        f"{_rows(bad_count)} could not be read{why}{others}.",
        hint,
        tuple(bad.row for bad in bad_rows),
        examples,
    )


def _format_findings(gathered: Gathered) -> Iterator[Finding]:
    rules = gathered.expectation.rules
    for problem, marks in gathered.problems.items():
        severity = Severity.ERROR if problem == "wrong_layout" else rules.severity(problem)
        hint = f"{rules.name}: correct these rows ({rules.source})."
        if problem == "wrong_layout":
            taken = " or ".join(sorted(rules.layouts))
            hint = f"{rules.name} takes {taken}: export the cleaned set in that layout."
        each = "" if len(marks.rows) == 1 else ": each"
        what = f"{_rows(len(marks.rows))}{each} {PROBLEM_WORDS[problem]}."
        rows, examples = tuple(marks.rows), tuple(marks.examples)
        yield Finding(problem, Quality.FORMATTING, severity, what, hint, rows, examples)
    if len(gathered.layouts) > 1:
        kinds = ", ".join(sorted(gathered.layouts))
        what = f"The file mixes layouts: {kinds}."
        hint = "Export the cleaned set: it is written in one layout."
        yield Finding("mixed_layouts", Quality.FORMATTING, Severity.ERROR, what, hint)


def _duplicates(gathered: Gathered) -> Iterator[Finding]:
    for key, groups, words in (
        ("exact_duplicate", gathered.duplicates.exact(), "repeat an earlier row exactly"),
        ("near_duplicate", gathered.duplicates.near(), "nearly repeat an earlier row"),
    ):
        extra = tuple(sorted(row for group in groups for row in group.extra))
        if extra:
            examples = tuple(Quote(group.rows[1], f"repeats row {group.rows[0]}") for group in groups[:3])
            what = f"{_rows_that(len(extra), words)}."
            hint = "Keep one of each: copies weigh as much as new examples and teach nothing new."
            yield Finding(key, Quality.UNIQUENESS, Severity.WARNING, what, hint, extra, examples)


def _conflicts(gathered: Gathered) -> Iterator[Finding]:
    groups = [rows for rows in gathered.answers.values() if len({answer for _, answer in rows}) > 1]
    rows = tuple(sorted(row for group in groups for row, _ in group))
    if rows:
        examples = tuple(
            Quote(group[0][0], f"same prompt as row {group[1][0]}, another answer") for group in groups[:3]
        )
        what = f"{_rows(len(rows))} ask the same and answer differently."
        hint = "Decide which answer is right: two answers to one prompt teach guessing."
        yield Finding(
            "conflicting_answers", Quality.CONSISTENCY, Severity.WARNING, what, hint, rows, examples
        )


def _refusals(gathered: Gathered) -> Iterator[Finding]:
    marks = gathered.marks["refusal"]
    if not marks.rows:
        return
    share = len(marks.rows) / gathered.rows
    many = share > 0.05 and len(marks.rows) >= 3
    what = f"{_rows(len(marks.rows))} ({percent(share)}) {_verb(len(marks.rows), 'decline')} to answer."
    hint = "Keep refusals at the share you expect in use: what is frequent here becomes frequent there."
    severity = Severity.WARNING if many else Severity.NOTE
    yield Finding(
        "refusals", Quality.ALIGNMENT, severity, what, hint, tuple(marks.rows), tuple(marks.examples)
    )


def _form_findings(gathered: Gathered) -> Iterator[Finding]:
    forms = {form: marks for form, marks in gathered.spread.forms.items() if form is not Form.EMPTY}
    total = sum(len(marks.rows) for marks in forms.values())
    wished = gathered.expectation.form
    if not total:
        return
    usual = wished or max(forms, key=lambda form: len(forms[form].rows))
    share = len(forms[usual].rows) / total if usual in forms else 0.0
    if wished is None and (usual not in _STRUCTURED or share < 0.9):
        return
    others = [forms[form] for form in forms if form is not usual]
    rows = tuple(sorted(row for marks in others for row in marks.rows))
    if rows:
        quality = Quality.ALIGNMENT if wished else Quality.CONSISTENCY
        what = f"{_rows_that(len(rows), 'answer in another form than')} {usual.value}."
        hint = "Bring the answers into one form, or tell the form in the prompt."
        examples = tuple(quote for marks in others for quote in marks.examples)[:3]
        yield Finding("other_form", quality, Severity.WARNING, what, hint, rows, examples)


def _label_findings(gathered: Gathered) -> Iterator[Finding]:
    labels = {label: marks.rows for label, marks in gathered.labels.items()}
    total = sum(len(rows) for rows in labels.values())
    if total < 0.9 * gathered.rows or total < 20 or len(labels) > max(30, total // 20):
        return
    wrong = {label: twin for label in labels if (twin := _twin(label, labels, total)) is not None}
    rows = tuple(sorted(row for label in wrong for row in labels[label]))
    if rows:
        examples = tuple(Quote(labels[one][0], f"{one!r} beside {other!r}") for one, other in wrong.items())
        what = f"{_rows_that(len(rows), 'spell a label in another way than most')}."
        hint = "Use one spelling: to the model two spellings are two answers."
        quality = Quality.CONSISTENCY
        yield Finding("label_spelling", quality, Severity.WARNING, what, hint, rows, examples[:3])
    top = max(labels, key=lambda label: len(labels[label]))
    share = len(labels[top]) / total
    if share > 0.8 and len(labels) > 1:
        what = f"{percent(share)} of the answers are {top!r}."
        hint = "Balance the labels towards what you expect in use: the frequent answer is learned first."
        yield Finding("label_imbalance", Quality.COVERAGE, Severity.WARNING, what, hint)


def _twin(label: str, labels: dict[str, list[int]], total: int) -> str | None:
    """The label that this rarer one seems to be a misspelling of."""
    mine = len(labels[label])
    for other, rows in labels.items():
        if other == label or (len(rows), other) <= (mine, label):
            continue
        if _plain(other) == _plain(label):
            return other
        rare = mine <= max(2, total // 200) and len(rows) >= 5 * mine and len(label) >= 5
        if rare and SequenceMatcher(None, label.lower(), other.lower()).ratio() >= 0.85:
            return other
    return None


def _plain(label: str) -> str:
    return "".join(char for char in label.casefold() if char.isalnum())


def _off_topic(gathered: Gathered) -> list[int]:
    return gathered.topics.alone(0.2, 5)


def _relevance(gathered: Gathered) -> Iterator[Finding]:
    if topics_judged(gathered) is not None:
        return
    rows = tuple(_off_topic(gathered))
    if rows:
        what = f"{_rows_that(len(rows), 'share hardly a word with the others')}."
        hint = "Read them: they may belong to another task. Drop what the model will not be asked."
        yield Finding("off_topic", Quality.RELEVANCE, Severity.WARNING, what, hint, rows)


def _personal_findings(gathered: Gathered) -> Iterator[Finding]:
    for (kind, secret), marks in gathered.personal.items():
        strong = secret or kind in _STRONG_PERSONAL
        hint = "Export the cleaned set with personal data masked, or make sure you may use it."
        if secret:
            hint = "Remove it and withdraw the credential: a tuned model can repeat what it has seen."
        key = "secret" if secret else "personal_data"
        what = f"{kind[:1].upper()}{kind[1:]} in {_rows(len(marks.rows))}."
        severity = Severity.ERROR if strong else Severity.WARNING
        yield Finding(key, Quality.COMPLIANCE, severity, what, hint, tuple(marks.rows), tuple(marks.examples))


def quantity_findings(gathered: Gathered, usable: int, evaluation_rows: int | None) -> Iterator[Finding]:
    """Whether there are enough rows, and an evaluation set of a size that is taken."""
    wish, rules = gathered.expectation, gathered.expectation.rules
    quality = Quality.QUANTITY
    if not gathered.rows:
        return  # Why nothing could be read is the only thing to say.
    if usable < rules.min_rows:
        what = f"{_rows(usable)} can be used; {rules.name} takes {rules.min_rows} at least."
        yield Finding("too_few_rows", quality, Severity.ERROR, what, "Write more examples.")
    elif wish.needed_rows is not None and usable < wish.needed_rows.low:
        what = (
            f"{_rows(usable)} can be used; the chosen technique needs {number(wish.needed_rows.low)} or more."
        )
        hint = (
            "Start with a technique that needs less, or write more examples; quality comes before quantity."
        )
        yield Finding("too_few_rows", quality, Severity.WARNING, what, hint)
    if rules.max_rows is not None and gathered.rows > rules.max_rows:
        what = f"{_rows(gathered.rows)}; {rules.name} takes {rules.max_rows:,} at most."
        yield Finding("too_many_rows", quality, Severity.ERROR, what, "Draw a sample.")
    if evaluation_rows is None:
        what = "There is no evaluation set beside it."
        hint = "Hold examples back before tuning: without them nobody can tell whether it helped."
        yield Finding("no_evaluation", quality, Severity.NOTE, what, hint)
    elif rules.max_evaluation_rows is not None and evaluation_rows > rules.max_evaluation_rows:
        most = f"{rules.max_evaluation_rows:,}"
        what = f"{_rows(evaluation_rows)} for evaluation; {rules.name} takes {most} at most."
        yield Finding("evaluation_too_large", quality, Severity.ERROR, what, "Draw a sample.")


def coverage_findings(gathered: Gathered) -> Iterator[Finding]:
    """What real users do that the set never shows; notes, because a narrow set can be right."""
    if gathered.rows < 200:
        return
    for key, values, what in (
        (
            "style",
            {"clean"},
            "Every prompt is cleanly written; people mistype, shorten and leave out commas.",
        ),
        ("input_length", None, "Nearly all prompts have the same length class."),
        ("instruction", None, "Nearly all prompts are put in the same form."),
    ):
        counts = gathered.spread.counts.get(key)
        if counts and _one_value(counts.items(), values):
            hint = "Add examples of the kinds you expect in use."
            yield Finding(f"narrow_{key}", Quality.COVERAGE, Severity.NOTE, what, hint)


def _one_value(counts: Iterable[tuple[str, int]], values: set[str] | None) -> bool:
    pairs = list(counts)
    top, most = max(pairs, key=lambda pair: pair[1])
    return most >= 0.98 * sum(n for _, n in pairs) and (values is None or top in values)
