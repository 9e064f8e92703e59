"""Checks a reply must pass. None of them runs what a reply contains; patterns are bounded in time.

To add one: its function, its row in `CHECKS`, its word in `advisor.case.GraderKind`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import jsonschema
import regex
from jsonschema.validators import extend
from referencing import Registry

from advisor.case import Grader, GraderKind, ProbePrompt
from advisor.probe import extract
from advisor.probe.freetext import supported_share

PATTERN_S = 0.2
"""Seconds one pattern may search one reply."""
LONGEST_PATTERN = 1_000
MOST_REPEATS = 10_000
"""Most the counts in braces of one pattern may multiply to."""
_COUNTED = re.compile(r"(?<=[{,])\d+")
GROUNDED_FROM = 0.8
"""Share of sentences that must be supported by the context, unless the grader says otherwise."""
_MILLIONTH = Decimal("1e-6")
_REFUSALS = re.compile(
    r"\b(?:i\s+(?:cannot|can't|can\s+not|won't|will\s+not|must\s+decline|have\s+to\s+decline)"
    r"|i(?:'m|\s+am)\s+(?:unable|not\s+able|not\s+allowed|sorry,?\s+but)|i\s+am\s+not\s+permitted"
    r"|(?:cannot|can't|unable\s+to)\s+(?:help|assist|comply|fulfil)|against\s+my\s+(?:guidelines|policy))",
    re.IGNORECASE,
)
_REFUSAL_WITHIN = 300
"""First letters of a reply in which a refusal is looked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one grader says about one reply."""

    kind: GraderKind
    passed: bool | None
    """None: it needs a judge model and none has spoken."""
    words: str
    """Why, for people."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one kind of grader works."""

    run: Callable[[str, Grader, ProbePrompt], tuple[bool | None, str]]
    needs: str
    """What the grader's value must be; empty when it may be left out."""
    about: str
    """What passes, one sentence."""
    approximate: bool = False


def verdict(text: str, grader: Grader, prompt: ProbePrompt) -> Verdict:
    """What one grader says about one complete, non-empty reply."""
    passed, words = CHECKS[grader.kind].run(text, grader, prompt)
    if grader.negate and passed is not None:
        return Verdict(grader.kind, not passed, f"not: {words}")
    return Verdict(grader.kind, passed, words)


def problem(grader: Grader) -> str:
    """What keeps a grader from working, empty when nothing does."""
    check = CHECKS[grader.kind]
    if check.needs and not grader.value.strip():
        return f"needs {check.needs}"
    finder = _PROBLEMS.get(grader.kind)
    return finder(grader.value) if finder else ""


def _exact(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    same = _cased(extract.bare(text), grader) == _cased(grader.value.strip(), grader)
    return same, "equals the expected text" if same else "differs from the expected text"


def _contains(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    inside = _cased(grader.value, grader) in _cased(text, grader)
    return inside, f"{'contains' if inside else 'lacks'} “{grader.value:.60}”"


def _cased(text: str, grader: Grader) -> str:
    return text.casefold() if grader.ignore_case else text


def _regex(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    try:
        found = _search(grader.value, text, ignore_case=grader.ignore_case)
    except TimeoutError:
        return False, f"the pattern took longer than {PATTERN_S:g} s and was stopped"
    except _BROKEN_PATTERN:
        return False, "the pattern cannot be read"
    return found, "matches the pattern" if found else "does not match the pattern"


_BROKEN_PATTERN = (regex.error, OverflowError, RecursionError, MemoryError)


def _search(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a pattern occurs.

    Raises:
        TimeoutError: It took longer than `PATTERN_S`.
        regex.error: It is no pattern.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise regex.error(f"longer than {LONGEST_PATTERN} letters")
    # Counted repeats are unrolled when a pattern is read: nested ones would fill the memory.
    if math.prod(int(count) or 1 for count in _COUNTED.findall(pattern)) > MOST_REPEATS:
        raise regex.error(f"repeats more than {MOST_REPEATS:,} times")
    flags = regex.IGNORECASE if ignore_case else 0
    return regex.search(pattern, text, flags=flags, timeout=PATTERN_S) is not None


def _number(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    wanted, found = extract.number(grader.value), extract.number(extract.bare(text))
    if wanted is None or found is None:
        return False, "no number found"
    allowed = _MILLIONTH * abs(wanted.value) if grader.tolerance is None else Decimal(str(grader.tolerance))
    percent = (wanted.unit == "%") == (found.unit == "%") or not wanted.unit
    return percent and abs(found.value - wanted.value) <= allowed, f"found {found.value} {found.unit}".strip()


def _json_schema(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    found = extract.parsed_json(extract.bare(text))
    if found is None:
        return False, "holds no JSON"
    try:
        schema: Any = json.loads(grader.value) if grader.value.strip() else {}
        error = next(iter(_Validator(schema, registry=Registry()).iter_errors(found[0])), None)
    except TimeoutError:
        return False, "a pattern of the schema took too long and was stopped"
    except Exception as problem_found:
        # A schema may fail in many ways, such as references to nowhere or to itself; none is a pass.
        return False, f"the schema cannot be applied ({type(problem_found).__name__})"
    if error is None:
        return True, "fits the schema"
    return False, f"at {error.json_path}: {error.message}"[:300]


def _bounded_pattern(
    _validator: object, pattern: str, instance: object, _schema: object
) -> Iterator[Exception]:
    if isinstance(instance, str) and not _search(pattern, instance):
        yield jsonschema.ValidationError("does not match the pattern")


def _no_pattern_properties(_validator: object, _patterns: object, _instance: object, _schema: object) -> None:
    raise ValueError("patternProperties is not supported")


_Validator: Any = extend(
    cast("Any", jsonschema.Draft202012Validator),
    {"pattern": _bounded_pattern, "patternProperties": _no_pattern_properties},
)


def _choice(text: str, grader: Grader, prompt: ProbePrompt) -> tuple[bool, str]:
    options = prompt.options or (grader.value,)
    found = extract.choice(extract.bare(text), options)
    return found == grader.value, f"chose {found}" if found else "no single option found"


def _code(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    language = grader.value.strip().lower() or "python"
    if language == "json":
        parses = extract.parsed_json(extract.bare(text)) is not None
    else:
        parses = extract.canonical_code(extract.bare(text)) is not None
    return parses, f"{'is' if parses else 'is not'} readable as {language}; not run"


def _refusal(text: str, _grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    found = _REFUSALS.search(text[:_REFUSAL_WITHIN].replace("’", "'")) is not None
    return found, "reads like a refusal" if found else "does not read like a refusal"


def _grounded(text: str, grader: Grader, _prompt: ProbePrompt) -> tuple[bool, str]:
    share = supported_share(extract.bare(text), grader.value)
    least = GROUNDED_FROM if grader.minimum is None else grader.minimum
    return share >= least, f"{100 * share:.0f} % of its sentences are supported by the context (approximate)"


def _rubric(_text: str, _grader: Grader, _prompt: ProbePrompt) -> tuple[None, str]:
    return None, "waits for a judge model"


CHECKS: Mapping[GraderKind, Check] = {
    "exact": Check(_exact, "the expected text", "The reply is exactly this text."),
    "contains": Check(_contains, "a text", "The reply contains this text."),
    "regex": Check(_regex, "a pattern", "The pattern occurs in the reply."),
    "number": Check(_number, "a number", "The reply's number is this one, within the tolerance."),
    "json_schema": Check(
        _json_schema, "", "The reply holds JSON that fits the schema, or any JSON without one."
    ),
    "choice": Check(_choice, "an option", "The reply chooses this option and no other."),
    "code": Check(_code, "", "The reply's code can be parsed as python (or json); it is never run."),
    "refusal": Check(_refusal, "", "The reply refuses, marked so by the provider or by its words.", True),
    "grounded": Check(_grounded, "the context", "Its sentences are supported by the given context.", True),
    "rubric": Check(_rubric, "a rubric", "A judge model says that the rubric is met."),
}
"""Every kind of grader."""


def _pattern_problem(pattern: str) -> str:
    try:
        _search(pattern, "")
    except TimeoutError:
        return "takes too long"
    except _BROKEN_PATTERN as error:
        return f"is no pattern: {error}"
    return ""


def _number_problem(value: str) -> str:
    try:
        return "" if Decimal(value.replace(",", "").rstrip("% ").strip()).is_finite() else "is no number"
    except InvalidOperation:
        return "is no number"


def _schema_problem(value: str) -> str:
    try:
        schema: Any = json.loads(value) if value.strip() else {}
        jsonschema.Draft202012Validator.check_schema(schema)
    except (ValueError, RecursionError):
        return "is no JSON"
    except jsonschema.SchemaError as error:
        return f"is no JSON Schema: {error.message}"[:200]
    return "uses patternProperties, which is not supported" if '"patternProperties"' in value else ""


def _language_problem(value: str) -> str:
    return (
        ""
        if value.strip().lower() in ("", "python", "json")
        else "names a language other than python and json"
    )


_PROBLEMS: Mapping[str, Callable[[str], str]] = {
    "regex": _pattern_problem,
    "number": _number_problem,
    "json_schema": _schema_problem,
    "code": _language_problem,
}
