"""The record: a case, its decision, and everything needed to read and re-check both years later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from advisor.case import Amount, Case, Share
from advisor.catalog.entries import Catalog
from advisor.cost.hardware import Hardware
from advisor.decide.decision import Decision
from advisor.documents import read_document, refusal
from advisor.errors import BadRecord
from advisor.frozen import Frozen
from advisor.record.capture import capture
from advisor.record.outcome import Outcome, Placed, Words

VERSION = 1
Status = Literal["draft", "proposed", "accepted", "superseded"]
Name = Annotated[str, Field(max_length=120)]


class EvidenceFigure(Frozen):
    """One metric of one probe run, with its 95 % interval where one exists."""

    metric: str
    label: Words
    unit: Words
    value: float
    low: float | None = None
    high: float | None = None
    n: Annotated[int, Field(ge=0)]


class PromptDigest(Frozen):
    """Which prompt was asked, without its text."""

    id: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Evidence(Frozen):
    """Summary of one offer's part in one probe run."""

    offer: Words
    model_returned: Words | None = None
    """Model id as the provider returned it; None when it returned none."""
    provider: Words
    run: Words
    day: date
    simulated: bool = False
    samples: Annotated[int, Field(ge=0)]
    """Calls that ended, failures included."""
    failures: Annotated[int, Field(ge=0)] = 0
    temperature: float | None = None
    """None is the provider's default."""
    max_output_tokens: int | None = None
    effort: str | None = None
    not_sent: tuple[str, ...] = ()
    """Parameters wanted but not sent, because the model does not take them."""
    prompts: tuple[PromptDigest, ...] = ()
    figures: tuple[EvidenceFigure, ...] = ()
    instrument: Words | None = None
    """What our own clock was off before the run; None when it was not measured."""


class Revisit(Frozen):
    """When to look at the decision again. The starting values are our own proposal."""

    review_day: date
    price_change: Share = 0.2
    """Relative change of the choice's price, either way."""
    minimum_agreement: Share | None = None
    minimum_pass_rate: Share | None = None
    maximum_usd_per_month: Amount | None = None


class Record(Frozen):
    """One decision as it was made, signed and kept."""

    version: Literal[1] = VERSION
    title: Annotated[str, Field(min_length=1, max_length=200)]
    status: Status = "draft"
    created: date
    deciders: tuple[Name, ...] = ()
    chosen: str | None
    """Offer id decided for, which may differ from the leading one; None when nothing was chosen."""
    chosen_because: Words = ""
    """Why it was chosen, in the deciders' words; needed reading when it is not the leader."""
    annex_iii: Literal["yes", "no", "unknown"] | None = None
    """The team's own answer to "could this use fall under Annex III of the EU AI Act?"; None when nobody
    answered."""
    case: Case
    outcome: Outcome
    catalog_version: Words
    catalog_digest: Words
    app_version: Words
    evidence: tuple[Evidence, ...] = ()
    revisit: Revisit

    @property
    def leader(self) -> Placed | None:
        """The leading offer, None when no model fits."""
        return self.outcome.ranking[0] if self.outcome.ranking else None

    @property
    def choice(self) -> Placed | None:
        """The chosen offer as it was ranked, None when nothing was chosen or it did not qualify."""
        return self.outcome.placed(self.chosen) if self.chosen else None

    @property
    def simulated(self) -> bool:
        """Whether any simulated measurement stands in the record."""
        measured = any(row.simulated for row in self.case.measurements)
        return measured or self.outcome.simulated or any(row.simulated for row in self.evidence)

    def with_changes(self, **changes: object) -> Record:
        """This record with some fields replaced, checked like a new one."""
        return Record.model_validate(self.model_dump() | changes)


def make_record(
    case: Case,
    decision: Decision,
    catalog: Catalog,
    *,
    app_version: str,
    created: date,
    title: str = "",
    status: Status = "draft",
    evidence: Iterable[Evidence] = (),
    hardware: Hardware | None = None,
) -> Record:
    """The record of a decision made over `catalog`, with the recommended offer as the choice.

    Args:
        case: What was decided about.
        decision: What came out, computed from `case` and `catalog`.
        catalog: Where the names of sources are looked up.
        app_version: Version of the product that decided.
        created: Day of the record.
        title: Heading; made from the case's name when empty.
        status: Where the record stands.
        evidence: Summaries of the probe runs behind the measurements.
        hardware: What the decision knew of accelerators, for the bills of own machines.
    """
    name = case.name or "an unnamed case"
    return Record(
        title=title or f"Language model for {name}"[:200],
        status=status,
        created=created,
        deciders=case.deciders,
        chosen=decision.recommended.id if decision.recommended else None,
        case=case,
        outcome=capture(decision, case, catalog, hardware),
        catalog_version=decision.catalog_version,
        catalog_digest=decision.catalog_digest,
        app_version=app_version,
        evidence=tuple(evidence),
        revisit=Revisit(
            review_day=_months_later(created, 3),
            minimum_agreement=case.probe.minimum_agreement,
            minimum_pass_rate=case.probe.minimum_pass_rate,
            maximum_usd_per_month=case.workload.monthly_budget_usd,
        ),
    )


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or the 28th where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def record_json(record: Record) -> bytes:
    """Canonical JSON: sorted keys, two spaces, ASCII, one newline at the end. Equal records, equal bytes."""
    document = record.model_dump(mode="json")
    return (json.dumps(document, indent=2, sort_keys=True, allow_nan=False) + "\n").encode("ascii")


def record_digest(record: Record) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal: names the exact record in every other format."""
    return sha256(record_json(record)).hexdigest()


_ONLY_IN_CASES = frozenset({"answers", "workload", "preferences", "purpose", "own_endpoints", "probe"})


def read_record(text: str | bytes, source: str) -> Record:
    """The record in `text`, fully checked.

    Raises:
        BadRecord: Names `source`, the field and the rule; a newer version says so in words.
    """
    document = read_document(_decoded(text, source), source, BadRecord)
    version = document.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        rule = f"the record has version {version}; this product reads version {VERSION}."
        raise BadRecord(source, "version", rule, "Open it with a newer version of this product.")
    if "outcome" not in document and document.keys() & _ONLY_IN_CASES:
        hint = "Write its record first (`advisor record CASE -o record.json`), or decide the case itself."
        raise BadRecord(source, "", "this is a case, not a record.", hint)
    try:
        return Record.model_validate(document)
    except ValidationError as error:
        raise refusal(BadRecord, source, Record, error) from error


def _decoded(text: str | bytes, source: str) -> str:
    try:
        return text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        hint = "Use the JSON file of a record, unchanged."
        raise BadRecord(source, "", "the text is not UTF-8.", hint) from error


def record_schema() -> dict[str, Any]:
    """JSON Schema of a record's JSON."""
    return Record.model_json_schema(mode="serialization")
