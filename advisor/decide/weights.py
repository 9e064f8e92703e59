"""Weights: the worth of going from the worst to the best end of a scale, not "importance".

Order gives rank-order-centroid weights (Roberts & Goodwin 2002); swings give them directly; else
decision 3 proposes. Criteria of one group say the same thing twice, so the group has one weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from advisor.case import Case, Preferences
from advisor.decide.advice import Advice
from advisor.decide.criteria import CRITERIA, SCORED
from advisor.errors import BadCase
from advisor.wording import joined

NEUTRAL = {"accuracy": 1.0, "cost": 1.0, "answer_time": 1.0}
"""Importance when nobody has said anything: the three that matter to every team, alike."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Effective weights and how sure they are."""

    keys: tuple[str, ...]
    """Criteria with weight, heaviest first; ties in the table's order."""
    values: tuple[float, ...]
    """Sum to 1, in the order of `keys`."""
    slots: tuple[str, ...]
    """Group of each key: keys with the same slot share one weight."""
    ordered: bool
    """True when only the order was stated: robustness draws then range over all weights in that order."""
    words: str
    """Where they came from, one sentence."""

    def of(self, key: str) -> float:
        """Weight of a criterion, 0 when it has none."""
        return dict(zip(self.keys, self.values, strict=True)).get(key, 0.0)


def roc(n: int) -> tuple[float, ...]:
    """Rank-order-centroid weights of `n` ordered criteria: the mean of all weights in that order."""
    return tuple(sum(1 / k for k in range(rank, n + 1)) / n for rank in range(1, n + 1))


def weights_for(case: Case, advice: Sequence[Advice]) -> Weights:
    """The weights in force: swings, else the order, else what the steps propose, else all alike.

    Raises:
        BadCase: A preference names something that cannot carry weight.
    """
    stated = case.preferences
    _refuse_unknown(stated)
    swings = {key: swing for key, swing in stated.swings.items() if swing > 0}
    if swings:
        return _from_amounts(
            swings, "You set them yourself, as the worth of each scale's worst-to-best range."
        )
    if stated.order:
        return _from_order(tuple(dict.fromkeys(stated.order)))
    proposal = next((one for one in advice if one.importance and any(one.importance.values())), None)
    if proposal is None or proposal.importance is None:
        return _from_amounts(
            NEUTRAL, "Nothing was said about what counts, so accuracy, cost and time count alike."
        )
    words = f"Proposed by decision 3 ({proposal.choice_label}); order the criteria to use your own."
    return _from_amounts(_scored_only(proposal.importance), words)


def _refuse_unknown(stated: Preferences) -> None:
    named = {"order": stated.order, "swings": tuple(stated.swings)}
    for field, keys in named.items():
        for key in keys:
            if key not in SCORED:
                hint = f"Use keys out of {', '.join(SCORED)}."
                raise BadCase("case", f"preferences.{field}", f"{key!r} cannot carry weight.", hint)


def _scored_only(importance: Mapping[str, float]) -> dict[str, float]:
    return {key: amount for key, amount in importance.items() if key in SCORED and amount > 0}


def slot_of(key: str) -> str:
    """The group whose one weight a criterion shares; its own key when it has no group."""
    return CRITERIA[key].group or key


def _from_amounts(amounts: Mapping[str, float], words: str) -> Weights:
    heaviest: dict[str, float] = {}
    for key, amount in amounts.items():
        heaviest[slot_of(key)] = max(heaviest.get(slot_of(key), 0.0), amount)
    members = _members(amounts)
    whole = fsum(heaviest.values())
    weights = {
        key: heaviest[slot] / whole * amounts[key] / fsum(amounts[other] for other in members[slot])
        for slot in heaviest
        for key in members[slot]
    }
    return _weights(weights, ordered=False, words=words)


def _from_order(order: tuple[str, ...]) -> Weights:
    members = _members(order)
    table = roc(len(members))
    weights = {
        key: weight / len(keys) for keys, weight in zip(members.values(), table, strict=True) for key in keys
    }
    first = joined([CRITERIA[key].label for key in order[:3]])
    rest = " and the rest" if len(order) > 3 else ""
    words = f"Rank-order-centroid weights from your order: {first}{rest}."
    return _weights(weights, ordered=True, words=words)


def _members(keys: Mapping[str, float] | Sequence[str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for key in keys:
        members.setdefault(slot_of(key), []).append(key)
    return members


def _weights(weights: Mapping[str, float], ordered: bool, words: str) -> Weights:
    place = {key: i for i, key in enumerate(SCORED)}
    keys = tuple(sorted(weights, key=lambda key: (-weights[key], place[key])))
    values = tuple(weights[key] for key in keys)
    return Weights(keys, values, tuple(slot_of(key) for key in keys), ordered, words)
