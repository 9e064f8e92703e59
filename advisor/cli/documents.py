"""The JSON documents of `--json` that belong to no other room, and the schema of every one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.catalog.entries import Catalog
from advisor.catalog.gates import Finding
from advisor.errors import BadCatalog
from advisor.frozen import Frozen

Document = dict[str, Any]


class FindingOut(Frozen):
    """One finding of the catalog's gates."""

    gate: str
    severity: Literal["error", "warning"]
    offer: str
    """`model@provider`; empty when the catalog cannot be read."""
    field: str
    what: str
    to_do: str


class CatalogCheckOut(Frozen):
    """What `advisor catalog check --json` prints."""

    catalog_version: str
    """Empty when the catalog cannot be read."""
    catalog_digest: str
    day: date | None
    models: Annotated[int, Field(ge=0)]
    offers: Annotated[int, Field(ge=0)]
    valid: bool
    """False when a finding is an error."""
    findings: tuple[FindingOut, ...]


def catalog_check_document(catalog: Catalog, day: date, findings: Iterable[Finding]) -> Document:
    """The findings of the gates as one JSON document."""
    rows = tuple(
        FindingOut(
            gate=str(finding.gate),
            severity=finding.severity,
            offer=finding.offer,
            field=finding.field,
            what=finding.what,
            to_do=finding.to_do,
        )
        for finding in findings
    )
    return CatalogCheckOut(
        catalog_version=catalog.version,
        catalog_digest=catalog.digest,
        day=day,
        models=len(catalog.models),
        offers=len(catalog.offers),
        valid=all(row.severity != "error" for row in rows),
        findings=rows,
    ).model_dump(mode="json")


def broken_catalog_document(error: BadCatalog) -> Document:
    """A catalog that cannot be read, in the shape of a check."""
    finding = FindingOut(
        gate="readable",
        severity="error",
        offer="",
        field=f"{error.source}: {error.field}" if error.field else error.source,
        what=error.rule,
        to_do=error.hint,
    )
    return CatalogCheckOut(
        catalog_version="", catalog_digest="", day=None, models=0, offers=0, valid=False, findings=(finding,)
    ).model_dump(mode="json")


def _case_schema() -> Document:
    from advisor.decide.intake import case_schema

    return case_schema()


def _record_schema() -> Document:
    from advisor.record.record import record_schema

    return record_schema()


def _decision_schema() -> Document:
    from advisor.decide.document import decision_schema

    return decision_schema()


def _probe_schema() -> Document:
    from advisor.probe.document import probe_schema

    return probe_schema()


def _recheck_schema() -> Document:
    from advisor.record.recheck import recheck_schema

    return recheck_schema()


def _cost_schema() -> Document:
    from advisor.decide.cost_document import cost_schema

    return cost_schema()


def _dataset_schema() -> Document:
    from advisor.dataset.document import readiness_schema

    return readiness_schema()


def _consistency_schema() -> Document:
    from advisor.probe.agreement_document import consistency_schema

    return consistency_schema()


def _replies_schema() -> Document:
    from advisor.probe.agreement_document import replies_schema

    return replies_schema()


def _evaluation_schema() -> Document:
    from advisor.probe.evaluation_export import evaluation_schema

    return evaluation_schema()


SCHEMAS: dict[str, Callable[[], Document]] = {
    "case": _case_schema,
    "record": _record_schema,
    "decision": _decision_schema,
    "probe": _probe_schema,
    "recheck": _recheck_schema,
    "cost": _cost_schema,
    "dataset": _dataset_schema,
    "consistency": _consistency_schema,
    "replies": _replies_schema,
    "evaluation": _evaluation_schema,
    "catalog-check": CatalogCheckOut.model_json_schema,
}
"""Name -> JSON Schema of a file or of a command's `--json` output."""
