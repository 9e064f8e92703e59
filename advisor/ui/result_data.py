"""A decision turned into the rows of tables and charts. No drawing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from advisor import wording
from advisor.decide.criteria import CRITERIA
from advisor.decide.decision import Contribution, Decision, FlipPoint, Ranked
from advisor.decide.explain import figure
from advisor.interval import Interval
from advisor.ui.charts import Bar, Move
from advisor.ui.quality_chart import Point

SHOWN = 10
"""Offers in the charts; tables have all."""


def ranking_table(decision: Decision, notes: Mapping[str, str]) -> pd.DataFrame:
    """One row per offer that fits, best first, with the note on its facts by offer id."""
    table = pd.DataFrame(
        [
            {
                "Rank": row.rank,
                "Offer": row.offer.label,
                "Points": _span(row.score, 100, 0),
                "Comes first": wording.probability(row.p_first),
                "In the top 3": wording.probability(row.p_top3),
                "Cost per request": wording.interval(row.usd_per_request, wording.usd),
                "Cost per month": wording.interval(row.usd_per_month, wording.usd),
                "Standing": standing(row, decision),
                "Note": notes.get(row.id, ""),
            }
            for row in decision.ranking
        ]
    )
    return table if notes else table.drop(columns="Note")


def standing(row: Ranked, decision: Decision) -> str:
    """What else to know about an offer's place, in words."""
    said: list[str] = []
    if row.rank > 1 and row.tie_group == decision.ranking[0].tie_group:
        said.append("too close to call with the leader")
    if row.dominated_by:
        said.append(f"beaten on everything by {_label(decision, row.dominated_by[0])}")
    if row.verify:
        said.append(wording.count(len(row.verify), "fact") + " to verify")
    if row.simulated:
        said.append("simulated measurements")
    return "; ".join(said) or "fits"


def value_rows(decision: Decision) -> list[Bar]:
    """The leading offers with their points split by criterion."""
    return [
        Bar(
            row.offer.label,
            tuple((CRITERIA[p.criterion].label, 100 * p.points.mid) for p in row.contributions),
            row.score,
        )
        for row in decision.ranking[:SHOWN]
    ]


def value_table(decision: Decision) -> pd.DataFrame:
    """Every offer that fits with its figures and points for each criterion."""
    return pd.DataFrame([_value_line(row) for row in decision.ranking])


def _value_line(row: Ranked) -> dict[str, object]:
    line: dict[str, object] = {"Offer": row.offer.label, "Points": round(100 * row.score.mid, 1)}
    for part in row.contributions:
        label = CRITERIA[part.criterion].label
        line[label] = figure(part)
        line[f"{label}, points of {100 * part.weight:.0f}"] = _span(part.points, 100, 1)
    return line


def quality_points(decision: Decision) -> list[Point]:
    """Offers with known cost: points of everything but cost, rescaled to 0-1, against cost per request."""
    known = [(row, row.usd_per_request) for row in decision.ranking if row.usd_per_request is not None]
    measured = [(row, cost, _without_cost(row.contributions)) for row, cost in known if cost.low > 0]
    return [
        Point(
            row.offer.label,
            cost,
            worth,
            on_front=not any(
                other.mid <= cost.mid
                and better.mid >= worth.mid
                and (other.mid < cost.mid or better.mid > worth.mid)
                for _, other, better in measured
            ),
            leads=row.rank == 1,
        )
        for row, cost, worth in measured
    ]


def _without_cost(parts: Sequence[Contribution]) -> Interval:
    rest = [part for part in parts if part.criterion != "cost"]
    whole = sum(part.weight for part in rest)
    if whole <= 0:
        return Interval(0, 0.5, 1)
    low, mid, high = (sum(getattr(p.points, end) for p in rest) / whole for end in ("low", "mid", "high"))
    return Interval(low, mid, high)


def quality_table(points: Sequence[Point]) -> pd.DataFrame:
    """The rows of the quality and cost chart."""
    return pd.DataFrame(
        [
            {
                "Offer": point.label,
                "Cost per request": wording.interval(point.x, wording.usd),
                "Points without cost": _span(point.y, 100, 0),
                "Standing": "recommended" if point.leads else "on the front" if point.on_front else "beaten",
            }
            for point in points
        ]
    )


def chance_rows(decision: Decision) -> tuple[list[str], list[tuple[float, ...]]]:
    """The leading offers and how often each takes each rank."""
    sureness = decision.robustness
    if sureness is None:
        return [], []
    shown = list(zip(sureness.offers, sureness.acceptability, strict=True))[:SHOWN]
    return [_label(decision, key) for key, _ in shown], [line for _, line in shown]


def chance_table(labels: Sequence[str], chances: Sequence[Sequence[float]]) -> pd.DataFrame:
    """The rows of the rank chart."""
    return pd.DataFrame(
        [
            {"Offer": label, **{f"Rank {i + 1}": wording.probability(s) for i, s in enumerate(line)}}
            for label, line in zip(labels, chances, strict=True)
        ]
    )


def weight_moves(decision: Decision) -> list[Move]:
    """Weights at which another offer takes the lead, in percent."""
    return [
        Move(
            CRITERIA[flip.criterion].label,
            100 * flip.current,
            100 * flip.at,
            _label(decision, flip.challenger).split(" (")[0],
        )
        for flip in decision.flip_points
        if flip.kind == "weight"
    ]


def flip_table(decision: Decision) -> pd.DataFrame:
    """Every flip point in words and figures."""
    return pd.DataFrame(
        [
            {
                "What": CRITERIA[flip.criterion].label,
                "Whose": _label(decision, flip.offer) if flip.offer else "weight",
                "In force": _flip_figure(flip, flip.current),
                "Leader changes at": _flip_figure(flip, flip.at),
                "New leader": _label(decision, flip.challenger),
            }
            for flip in decision.flip_points
        ]
    )


def _flip_figure(flip: FlipPoint, value: float) -> str:
    if flip.kind == "weight":
        return wording.percent(value)
    return wording.in_unit(value, CRITERIA[flip.criterion].unit)


def excluded_by_need(decision: Decision) -> list[str]:
    """Each hard need with the number of excluded offers that miss it or do not show that they meet it.

    The strictest need comes first; an offer may miss several.
    """
    missed = Counter(check.constraint for row in decision.excluded for check in row.failed)
    unknown = Counter(check.constraint for row in decision.excluded for check in row.unknown)
    return [
        f"{CRITERIA[need.criterion].label}: {missed[need]} miss it, {unknown[need]} unknown ({need.because})"
        for need, _ in (missed + unknown).most_common()
    ]


def excluded_table(decision: Decision) -> pd.DataFrame:
    """Every excluded offer with the needs it fails, nearest misses first."""
    return pd.DataFrame(
        [
            {
                "Offer": row.offer.label,
                "Needs failed": len(row.failed),
                "Why": row.words,
                "Also unknown": "; ".join(check.words for check in row.unknown),
            }
            for row in decision.excluded
        ]
    )


def _label(decision: Decision, key: str) -> str:
    found = next((row.offer.label for row in decision.ranking if row.id == key), None)
    out = next((row.offer.label for row in decision.excluded if row.offer.id == key), key)
    return found or out


def _span(value: Interval, factor: float, digits: int) -> str:
    low, mid, high = (f"{end * factor:.{digits}f}" for end in (value.low, value.mid, value.high))
    return mid if low == high else f"{mid} ({low} to {high})"
