"""Artificial Analysis with the user's own key: fresh speeds, shown with attribution, not stored here."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.catalog.entries import Catalog, Speed
from advisor.catalog.sources.fetch import FetchFailed, fetch_json
from advisor.catalog.upstream import Reading, Unreadable, Upstream

SOURCE = "artificial-analysis"
ADDRESS = "https://artificialanalysis.ai/api/v2/data/llms/models"
ATTRIBUTION = "Artificial Analysis (artificialanalysis.ai)"


class _Record(BaseModel):
    """The fields of one foreign record that we read; a zero there means not measured."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    slug: str
    median_output_tokens_per_second: float | None = None
    median_time_to_first_token_seconds: float | None = None
    median_time_to_first_answer_token: float | None = None


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore")

    data: list[object]


def fetch(catalog: Catalog, key: str, today: date, address: str = ADDRESS) -> Reading:
    """Speeds of the catalog's models, asked for with the user's key, which goes nowhere else."""
    try:
        raw = fetch_json(address, headers={"x-api-key": key})
    except FetchFailed as failure:
        return Unreadable(source=SOURCE, reason=str(failure))
    return read(raw, catalog, today)


def read(raw: object, catalog: Catalog, day: date) -> Reading:
    """An upstream from the parsed document."""
    try:
        records = _Document.model_validate(raw).data
    except ValidationError:
        return Unreadable(source=SOURCE, reason="the format changed: no list of models.")
    ours = {model.id.replace(".", "-"): model.id for model in catalog.models}
    speeds: dict[str, tuple[Speed, ...]] = {}
    unread = 0
    for value in records:
        try:
            record = _Record.model_validate(value)
        except ValidationError:
            unread += 1
            continue
        speed = _speed(record, day)
        if record.slug in ours and speed is not None:
            speeds[ours[record.slug]] = (speed,)
    if records and unread == len(records):
        return Unreadable(source=SOURCE, reason="the format changed: no record could be read.")
    complaints = (f"{unread} of {len(records)} records could not be read.",) if unread else ()
    return Upstream(source=SOURCE, as_of=day, speeds=speeds, complaints=complaints)


def _speed(record: _Record, day: date) -> Speed | None:
    tps = record.median_output_tokens_per_second or None
    ttft = record.median_time_to_first_token_seconds or None
    if tps is None and ttft is None:
        return None
    return Speed(
        output_tps=tps,
        ttft_s=ttft,
        ttfat_s=record.median_time_to_first_answer_token or None,
        source=SOURCE,
        url="https://artificialanalysis.ai/",
        as_of=day,
        note=ATTRIBUTION,
    )
