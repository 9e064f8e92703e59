"""Who leads and how surely, in words: title and headline of a result, wherever it is shown.

Coming first is exclusive, so the chances of the hosts of one model add up to the chance of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from advisor import wording
from advisor.decide.decision import Excluded, Ranked, Relaxation, Verdict

MAJORITY = 0.5
"""A leader whose model comes first in fewer draws is no safe choice: our own proposal."""
AS_LIKELY = 0.8
"""A rival with this part of the leader's chance is about as likely to be best: our own proposal."""
HOSTS_NAMED = 3
_TRIALS = "trials that vary the weights and every uncertain fact"


@dataclass(frozen=True, slots=True)
class Contender:
    """One model with all its offers that fit."""

    rows: tuple[Ranked, ...]
    """In rank order; never empty."""

    @property
    def share(self) -> float:
        """Share of the draws in which it comes first, with any of its hosts."""
        return min(1.0, sum(row.p_first for row in self.rows))

    @property
    def name(self) -> str:
        """Its only offer, else the model and how many hosts sell it."""
        first = self.rows[0].offer
        return first.label if len(self.rows) == 1 else f"{first.model.name} ({len(self.rows)} hosts)"


@dataclass(frozen=True, slots=True)
class Lead:
    """The front of a ranking."""

    leader: Contender
    others: tuple[Contender, ...]
    """Every other model, the likeliest to be best first."""

    @property
    def level_hosts(self) -> tuple[Ranked, ...]:
        """Offers of the leading model that are too close to call with the leader, itself included."""
        rows = self.leader.rows
        return tuple(row for row in rows if row.tie_group == rows[0].tie_group)

    @property
    def rivals(self) -> tuple[Contender, ...]:
        """Models too close to call with the leader: by pairs of draws, or as often first."""
        group = self.leader.rows[0].tie_group
        return tuple(
            one
            for one in self.others
            if one.share >= self.leader.share or any(row.tie_group == group for row in one.rows)
        )

    @property
    def name(self) -> str:
        """The offer that leads; the model alone where its hosts are level."""
        first = self.leader.rows[0].offer
        return first.model.name if len(self.level_hosts) > 1 else first.label


def lead_of(ranking: Sequence[Ranked]) -> Lead:
    """The front of a ranking that has at least one offer."""
    models: dict[str, list[Ranked]] = {}
    for row in ranking:
        models.setdefault(row.offer.model.id, []).append(row)
    first, *rest = (Contender(tuple(rows)) for rows in models.values())
    return Lead(first, tuple(sorted(rest, key=lambda one: -one.share)))


def title(ranking: Sequence[Ranked], *, stated: bool = True) -> str:
    """The result in a few words, as sure as the odds allow."""
    if not ranking:
        return "No model fits every need"
    if not stated:
        return "Nothing stated yet: these lead on the catalog's middle"
    if len(ranking) == 1:
        return f"Only {ranking[0].offer.label} is left"
    lead = lead_of(ranking)
    if lead.rivals:
        return f"{lead.name} leads by a hair"
    return f"{lead.name} {'fits best' if lead.leader.share >= MAJORITY else 'leads, but not safely'}"


def headline(
    ranking: Sequence[Ranked],
    excluded: Sequence[Excluded],
    relaxations: Sequence[Relaxation],
    draws: int,
    *,
    missing: Sequence[str] | None = None,
) -> str:
    """What the title rests on, in one or two sentences: the odds, who else may be best, or what is missing.

    Args:
        ranking: The offers that fit, best first.
        excluded: The others, nearest misses first.
        relaxations: What dropping one need would bring back.
        draws: Draws behind the odds.
        missing: What the case does not say, when it says nothing at all.
    """
    if not ranking:
        return _nothing_fits(excluded, relaxations)
    if missing is not None:
        return _nothing_stated(ranking, missing)
    if len(ranking) == 1:
        met = "meets every" if _sure(ranking[0]) else "fails no"
        return f"{ranking[0].offer.label} is the only offer that {met} hard need."
    lead = lead_of(ranking)
    return " ".join([_odds(lead, draws), *_hosts(lead)])


def _odds(lead: Lead, draws: int) -> str:
    share = wording.probability(lead.leader.share)
    first = f"{lead.leader.name} comes first in {share} of {draws:,} {_TRIALS}"
    if lead.rivals:
        return f"{_too_close(lead)}: {first}, {_against(lead)}."
    if not lead.others:
        return f"{first}; no other model is left."
    odds = f"{first}; the likeliest other, {lead.others[0].name}, in {_chance(lead.others[0])}."
    return odds if lead.leader.share >= MAJORITY else f"{odds} In most trials some other model is best."


def _too_close(lead: Lead) -> str:
    """Which models may as well be best, and how nearly as likely."""
    names, likeliest = [one.name for one in lead.rivals], lead.rivals[0].share
    are = "is" if len(names) == 1 else "are"
    if len(names) == 1 and likeliest >= AS_LIKELY * lead.leader.share:
        more = likeliest > lead.leader.share
        return f"{names[0]} is {'even likelier' if more else 'about as likely'} to be best"
    rest = [wording.count(len(names) - 2, "other model")] if len(names) > 2 else []
    return f"{wording.joined([*names[:2], *rest])} {are} too close to call"


def _against(lead: Lead) -> str:
    best = lead.rivals[0]
    return f"{best.name} in {_chance(best)}"


def _chance(one: Contender) -> str:
    return wording.probability(one.share)


def _hosts(lead: Lead) -> list[str]:
    """Hosts of the leading model between which the odds do not decide, each with its own chance."""
    level = lead.level_hosts
    if len(level) < 2:
        return []
    told = [f"{row.offer.provider.name} ({wording.probability(row.p_first)})" for row in level[:HOSTS_NAMED]]
    more = [f"{len(level) - HOSTS_NAMED} more"] if len(level) > HOSTS_NAMED else []
    return [f"Between its hosts it is too close to call: {wording.joined([*told, *more])}."]


def _nothing_stated(ranking: Sequence[Ranked], missing: Sequence[str]) -> str:
    names = list(dict.fromkeys(row.offer.model.name for row in ranking))[:3]
    return (
        f"This is no recommendation: no need, no volume and no preference is stated. {wording.joined(names)} "
        f"only lead on the middle of what the catalog knows. Not said yet: {wording.joined(missing)}."
    )


def _nothing_fits(excluded: Sequence[Excluded], relaxations: Sequence[Relaxation]) -> str:
    if not excluded:
        return "No model fits: there is no offer to choose from."
    start = f"No model fits: each of {wording.count(len(excluded), 'offer')} misses at least one hard need."
    if relaxations:
        return f"{start} {relaxations[0].words}"
    nearest = excluded[0]
    return f"{start} No single need stands in the way; the nearest is {nearest.offer.label}: {nearest.words}"


def _sure(row: Ranked) -> bool:
    return not any(check.verdict is Verdict.UNKNOWN for check in row.checks)
