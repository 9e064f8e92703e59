"""What differs between two cases, in the words of their questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.case import Case, Workload
from advisor.decide.steps import STEPS
from advisor.record.names import answer_words, criterion_name
from advisor.wording import count, in_unit, joined, number, percent, seconds, usd

_LONGEST_VALUE = 80
_NOT_GIVEN = "not given"

_Say = Callable[[float], str]


def _plainly(value: float) -> str:
    return number(value, 9)


_WORK: dict[str, tuple[str, _Say]] = {
    "requests_per_month": ("number of requests per month", _plainly),
    "users": ("number of users", _plainly),
    "input_tokens": ("number of prompt tokens per request", _plainly),
    "output_tokens": ("number of answer tokens per request", _plainly),
    "cached_input_share": ("share of the prompt that repeats", percent),
    "largest_input_tokens": ("number of tokens of the longest prompt", _plainly),
    "latency_target_s": ("longest wait for an answer", seconds),
    "monthly_budget_usd": ("budget per month", usd),
    "batch_share": ("share of requests that can wait", percent),
}
_TEXTS = {
    "name": "name of the case",
    "purpose": "purpose",
    "notes": "notes",
    "preset": "example it began with",
}


def case_changes(old: Case, new: Case) -> Iterator[str]:
    """One sentence for each difference: brief, answers, what counts, probe plan, evidence."""
    yield from _brief_changes(old, new)
    yield from _work_changes(old.workload, new.workload)
    yield from _answer_changes(old, new)
    yield from _preference_changes(old, new)
    yield from _probe_changes(old, new)


def _brief_changes(old: Case, new: Case) -> Iterator[str]:
    for field, name in _TEXTS.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield f"The {name} went from {_short(was)} to {_short(now)}."
    yield from _moved("The shortlist", joined(old.shortlist) or "none", joined(new.shortlist) or "none")
    if old.own_endpoints != new.own_endpoints:
        yield f"The own endpoints changed; the case names {len(new.own_endpoints)} now."


def _work_changes(old: Workload, new: Workload) -> Iterator[str]:
    for field, (name, say) in _WORK.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            before, after = (_NOT_GIVEN if value is None else say(value) for value in (was, now))
            yield f"The {name} went from {before} to {after}."


def _answer_changes(old: Case, new: Case) -> Iterator[str]:
    for step in STEPS:
        keys = dict.fromkeys([*old.answers.get(step.key, {}), *new.answers.get(step.key, {})])
        for key in keys:
            question, was, now = step.question(key), old.answer(step.key, key), new.answer(step.key, key)
            if question is not None and was != now:
                before, after = answer_words(question, was), answer_words(question, now)
                yield f"{step.short}: “{question.label}” went from “{before}” to “{after}”."


def _preference_changes(old: Case, new: Case) -> Iterator[str]:
    was, now = old.preferences, new.preferences
    yield from _moved("The order of what counts", _ordered(was.order), _ordered(now.order))
    for key in dict.fromkeys([*was.swings, *now.swings]):
        before, after = (_weight(one.swings.get(key)) for one in (was, now))
        yield from _moved(f"The weight of {criterion_name(key).label}", before, after)
    for key in dict.fromkeys([*was.minimum_levels, *now.minimum_levels]):
        name = criterion_name(key)
        before, after = (_level(one.minimum_levels.get(key), name.unit) for one in (was, now))
        yield from _moved(f"The lowest acceptable level of {name.label}", before, after)
    if was.exclude_unknown != now.exclude_unknown:
        yield f"Offers that cannot show a hard need are {'out' if now.exclude_unknown else 'kept'} now."


def _probe_changes(old: Case, new: Case) -> Iterator[str]:
    was, now = old.probe.model_dump(), new.probe.model_dump()
    moved = [key.replace("_", " ") for key in now if was[key] != now[key]]
    if moved:
        yield f"The probe plan changed: {joined(moved)}."
    if old.measurements != new.measurements:
        before, after = len(old.measurements), len(new.measurements)
        same = f"The {count(after, 'measured figure')} of the case changed."
        words = f"The measured figures in the case went from {before} to {after}."
        yield same if before == after else words


def _moved(what: str, before: str, after: str) -> Iterator[str]:
    if before != after:
        yield f"{what} went from {before} to {after}."


def _short(value: str | None) -> str:
    if not value:
        return _NOT_GIVEN
    return f"“{value}”" if len(value) <= _LONGEST_VALUE else f"“{value[: _LONGEST_VALUE - 1]}…”"


def _ordered(keys: tuple[str, ...]) -> str:
    return " > ".join(criterion_name(key).label for key in keys) or "as decision 3 proposes"


def _weight(value: float | None) -> str:
    return "as proposed" if value is None else number(value)


def _level(value: float | None, unit: str) -> str:
    return "none" if value is None else in_unit(value, unit)
