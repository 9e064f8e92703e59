"""What the runs behind a case's measurements showed, for its record."""

from __future__ import annotations

from sqlalchemy import Engine

from advisor.case import Case
from advisor.errors import NotFound
from advisor.host.ledger import instrument_of, plan_of
from advisor.host.runs import samples
from advisor.probe.instrument import InstrumentError
from advisor.record.evidence import evidence_of
from advisor.record.record import Evidence


def evidence_behind(engine: Engine, case: Case) -> tuple[Evidence, ...]:
    """Summaries of the runs the case's measurements come from; a run of another installation is left out."""
    found: list[Evidence] = []
    for run in dict.fromkeys(one.run for one in case.measurements):
        try:
            plan, kept = plan_of(engine, run), instrument_of(engine, run)
            clock = InstrumentError.model_validate(kept) if kept else None
            found += evidence_of(plan, samples(engine, run), run, clock)
        except NotFound:
            continue
    return tuple(found)
