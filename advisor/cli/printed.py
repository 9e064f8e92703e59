"""The same results as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from advisor.catalog.entries import Catalog
from advisor.catalog.gates import Finding
from advisor.decide.costs import moves
from advisor.decide.decision import Decision, Ranked
from advisor.decide.flips import nearest_first, sentences
from advisor.errors import FailureKind
from advisor.probe.practice import PracticeModel
from advisor.wording import (
    count,
    in_unit,
    interval,
    percent,
    probability,
    seconds,
    sentence,
    tokens_per_second,
    usd,
    usd_interval,
    within,
)

SHOWN = 10
"""Offers printed in full; the rest is counted."""
EXCLUDED_SHOWN = 5


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table with aligned columns; numbers are already words."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    return "\n".join(
        line.rstrip() for line in [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
    )


def decision(made: Decision) -> str:
    """The decision: title, headline, six outcomes, ranking, what would change it."""
    parts = [f"{made.title}.", made.headline, made.confidence, "", _outcomes(made)]
    if made.ranking:
        parts += ["", _ranking(made.ranking)]
    parts += _about_the_leader(made)
    parts += _bullets("If one need were dropped", [relaxation.words for relaxation in made.relaxations[:5]])
    parts += _excluded(made)
    parts += [
        "",
        f"Catalog {made.catalog_version} ({made.catalog_digest}), prices in force on {made.day.isoformat()}.",
    ]
    return "\n".join(parts)


def _about_the_leader(made: Decision) -> list[str]:
    """Reasons, doubts and what would change the answer; nothing where nothing is recommended."""
    leader = made.recommended
    if leader is None:
        return []
    return [
        "",
        *_bullets("For the leader", leader.reasons_for),
        *_bullets("Against it", leader.reasons_against),
        *_bullets("Check before signing", leader.verify),
        *_bullets("What would change the answer", list(sentences(nearest_first(made.flip_points))[:5])),
        *_bullets("Because you chose", list(moves(made.cost_steps))),
    ]


def _excluded(made: Decision) -> list[str]:
    """The nearest misses, and how many more there are."""
    near = [f"{row.offer.label}: {row.words}" for row in made.excluded[:EXCLUDED_SHOWN]]
    more = len(made.excluded) - len(near)
    rest = f"; the {len(near)} nearest misses, --json has all" if more else ""
    return _bullets(f"{count(len(made.excluded), 'offer')} excluded{rest}", near)


def _outcomes(made: Decision) -> str:
    return "\n".join(f"{place}. {advice.headline}" for place, advice in enumerate(made.plan.advice, start=1))


def _ranking(ranking: Sequence[Ranked]) -> str:
    head = ("#", "Offer", "Points of 100", "Comes first", "Cost per task", "Cost per month")
    body = [
        (
            str(row.rank),
            row.id + (" (simulated)" if row.simulated else ""),
            interval(row.score, lambda share: f"{100 * share:.0f}"),
            probability(row.p_first),
            usd_interval(row.usd_per_request),
            usd_interval(row.usd_per_month),
        )
        for row in ranking[:SHOWN]
    ]
    left = len(ranking) - SHOWN
    return columns(head, body) + (f"\n… and {count(left, 'more offer')}" if left > 0 else "")


def _bullets(title: str, lines: Sequence[str]) -> list[str]:
    return [f"{title}:", *(f"  - {line}" for line in lines)] if lines else []


def practice(one: PracticeModel) -> str:
    """What sets a practice model apart from the others, in one line."""
    thinks = f", {count(one.reasoning_tokens, 'reasoning token')}" if one.reasoning_tokens else ""
    right = f"right in {percent(one.shares[0])} of its answers"
    starts = f"first token after {seconds(one.ttft_s)}"
    speed = tokens_per_second(1 / one.gap_s) if one.gap_s else "all at once"
    return f"{one.label}: {right}, {starts}, then {speed}{thinks}"


def catalog_check(catalog: Catalog, day: date, findings: Sequence[Finding]) -> str:
    """The findings of the gates, errors first, and a closing line."""
    ordered = sorted(findings, key=lambda finding: (finding.severity, finding.offer, finding.field))
    errors = sum(finding.severity == "error" for finding in findings)
    size = f"{len(catalog.models)} models, {len(catalog.offers)} offers"
    found = f"{count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    close = f"Catalog {catalog.version} on {day.isoformat()}: {size}, {found}."
    return "\n".join([*(str(finding) for finding in ordered), close])


def probe(document: dict[str, Any]) -> str:
    """A probe run: one line per offer and metric, errors by kind, pass marks missed."""
    # Read only when a run is printed: `advisor --help` is to answer at once.
    from advisor.host.tables import RunState

    rows = [
        (
            _marked(offer),
            figure["label"],
            *_figure(figure),
            figure["span"],
            figure["basis"],
        )
        for offer in document["offers"]
        for figure in offer["figures"]
    ]
    parts = (
        [columns(("Offer", "Metric", "Value", "95 % interval", "Smallest to largest", "From"), rows)]
        if rows
        else []
    )
    parts += _ladder(document["ladder"])
    for offer in document["offers"]:
        errors = [
            f"{count(number, 'call')}: {kind.replace('_', ' ')}. {FailureKind(kind).hint}"
            for kind, number in offer["errors"].items()
        ]
        parts += _bullets(f"Errors of {offer['label']}", errors)
        parts += _bullets(f"Doubts about {offer['label']}", offer["warnings"])
    notes = [each["note"] for one in document["offers"] for each in one["figures"]]
    rough = dict.fromkeys(note for note in notes if note.startswith("approximate: free text"))
    parts += _bullets("Free text", [sentence(note) for note in rough])
    parts += _bullets("Not priced", [one["audio_words"] for one in document["costs"] if one["audio_words"]])
    parts += _bullets("Pass marks", [mark["words"] for mark in document["marks"]])
    parts += _early(document["early"], simulated=document["simulated"])
    silent = [offer["label"] for offer in document["offers"] if not offer["answered"]]
    parts += _bullets("No answer at all, so the run is not passed", silent)
    parts.append(f"Run {document['run']}: {RunState(document['state']).words}. {document['reason']}".strip())
    return "\n".join(parts)


def _early(early: dict[str, Any] | None, *, simulated: bool) -> list[str]:
    """What stopping early saved, and why each offer was stopped."""
    if early is None:
        return []
    if not early["calls"]:
        return ["Stopping early: nothing was decided early, every planned call was made."]
    kind = "simulated dollars" if simulated else "by the cost of those made"
    money = "" if early["usd"] is None else f", about {usd(early['usd'])} ({kind})"
    return _bullets(
        f"Stopping early saved {count(early['calls'], 'call')}{money}", [*early["stopped"], early["caveat"]]
    )


def _ladder(found: Sequence[dict[str, Any]]) -> list[str]:
    """A load ladder: every step as a line, then what it showed."""
    if not found:
        return []
    head = ("Offer", "At once", "Reached", "Answered", "In total", "Each call", "First token")
    rows = [
        (
            _marked(climb),
            str(step["at_once"]),
            str(step["reached"]),
            f"{step['answered']} of {step['calls']}",
            tokens_per_second(step["total_tps"]),
            tokens_per_second(step["call_tps"]),
            seconds(step["ttft_s"]),
        )
        for climb in found
        for step in climb["steps"]
    ]
    return ["", columns(head, rows), *_bullets("More calls at once", [climb["words"] for climb in found])]


def _figure(figure: dict[str, Any]) -> tuple[str, str]:
    value, low, high, unit = (figure[name] for name in ("value", "low", "high", "unit"))
    return (in_unit(value, unit), "unknown") if low is None else within(value, low, high, unit)


def _marked(offer: dict[str, Any]) -> str:
    label: str = offer["label"]
    return f"{label} (simulated)" if offer["simulated"] and "simulated" not in label else label
