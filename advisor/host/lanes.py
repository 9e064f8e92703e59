"""Lanes: a run's work in pieces that several workers can carry at once.

A lane is one offer of one run, in slices of at most `SLICE` samples. It is a licence to work, not a
share of the samples: whoever carries a lane claims from the whole run, in the order of its blocks, so
that a lane whose own samples are asked helps its sisters and every drift hits all offers alike. Who
asks what is decided in the ledger alone; a lane carried twice, or lost, costs nothing but time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Engine, case, func, select

from advisor.host.store import reading
from advisor.host.tables import LIVE, RUN, SAMPLE, RunState
from advisor.probe.samples import SampleState

SLICE = 250
"""Samples one lane stands for at most."""
_OPEN = (SampleState.TODO, SampleState.CALLING)


@dataclass(frozen=True, slots=True)
class Lane:
    """One piece of a run. Its name holds ids alone, and is all that leaves the ledger."""

    run: str
    offer: int
    """Position of the offer among those of the run, by name."""
    slice: int

    @property
    def name(self) -> str:
        """Stable name, see `read_lane`."""
        return f"{self.run}-{self.offer}-{self.slice}"


def read_lane(name: str) -> Lane:
    """The lane of a name.

    Raises:
        ValueError: It is not the name of a lane.
    """
    run, offer, piece = name.rsplit("-", 2)
    return Lane(run, int(offer), int(piece))


def wanted_lanes(engine: Engine) -> Mapping[str, tuple[Lane, ...]]:
    """Lanes somebody has to carry now, by run, oldest run first; a live run has at least one."""
    left = func.sum(case((SAMPLE.c.state.in_(_OPEN), 1), else_=0))
    with reading(engine) as connection:
        runs = connection.execute(select(RUN.c.id).where(RUN.c.state.in_(LIVE)).order_by(RUN.c.created_at))
        lanes: dict[str, list[Lane]] = {run: [] for run in runs.scalars()}
        rows = connection.execute(
            select(SAMPLE.c.run, left)
            .where(SAMPLE.c.run.in_(lanes))
            .group_by(SAMPLE.c.run, SAMPLE.c.lane)
            .order_by(SAMPLE.c.run, SAMPLE.c.lane)
        ).all()
    for run, offers in groupby(rows, key=lambda row: row[0]):
        for offer, (_, count) in enumerate(offers):
            lanes[run] += [Lane(run, offer, piece) for piece in range(-(-int(count) // SLICE))]
    # A run without open samples still has to be closed by somebody.
    return {run: tuple(found) or (Lane(run, 0, 0),) for run, found in lanes.items()}


def aborting_runs(engine: Engine) -> tuple[str, ...]:
    """Runs whose calls in flight are to be dropped now."""
    with reading(engine) as connection:
        rows = connection.execute(select(RUN.c.id).where(RUN.c.state == RunState.ABORTING))
        return tuple(rows.scalars())
