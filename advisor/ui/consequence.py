"""What one change did, in words: who is left, who went or came back, who leads, what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from advisor import wording
from advisor.decide.standing import Standing

NAMED = 3
"""Offers named before "and 4 more"."""


def consequence(before: Standing | None, after: Standing) -> tuple[str, ...]:
    """The consequence of the last change, one short phrase each; the state alone when nothing changed.

    Args:
        before: Where the case stood before the change; None when there was none in this session.
        after: Where it stands now.
    """
    left = f"{wording.count(len(after.ranking), 'offer')} left of {after.competing}"
    phrases = [left, *_moved(before, after), _leader(before, after), _cost(before, after)]
    return tuple(phrase for phrase in phrases if phrase)


def _moved(before: Standing | None, after: Standing) -> list[str]:
    if before is None:
        return []
    was = {row.id: row.offer.label for row in before.ranking}
    now = {row.id: row.offer.label for row in after.ranking}
    gone = [label for key, label in was.items() if key not in now]
    back = [label for key, label in now.items() if key not in was]
    phrases: list[str] = []
    if gone:
        phrases.append(f"{len(gone)} excluded by this answer: {_names(gone)}")
    if back:
        phrases.append(f"{len(back)} brought back: {_names(back)}")
    return phrases


def _names(labels: Sequence[str]) -> str:
    more = len(labels) - NAMED
    return wording.joined([*labels[:NAMED], f"{more} more"] if more > 0 else labels)


def _leader(before: Standing | None, after: Standing) -> str:
    if after.winner is None:
        return "no model fits"
    if not after.stated:
        return "nothing stated yet, so nobody is recommended"
    name = after.winner.offer.label
    was = before.winner if before and before.stated else None
    if was is not None and was.id != after.winner.id:
        return f"leader now {name}, before {was.offer.label}"
    return f"leader {name}"


def _cost(before: Standing | None, after: Standing) -> str:
    if after.winner is None or not after.stated:
        return ""
    now = after.usd_per_request
    was = before.usd_per_request if before and before.winner else now
    words = f"cost per request {wording.about(now, wording.usd)}"
    return words if was == now else f"{words}, before {wording.about(was, wording.usd)}"
