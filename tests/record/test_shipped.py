"""A record over the shipped catalog: every format, every figure sourced, small, and stable on re-check."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.case import Case, Workload
from advisor.catalog.entries import Catalog
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.record.formats import FORMATS
from advisor.record.next_steps import next_steps
from advisor.record.recheck import recheck
from advisor.record.record import Record, make_record, read_record, record_json

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    """The catalog that travels with the product."""
    return load_catalog(today=DAY)


@pytest.fixture(scope="module")
def real(shipped: Catalog) -> Record:
    """A plain case decided over it."""
    work = Workload(requests_per_month=20_000, input_tokens=3_000, output_tokens=500, latency_target_s=60)
    case = Case(name="Support letters", workload=work)
    return make_record(case, decide(case, shipped, DAY, draws=500), shipped, app_version="0.1.0", created=DAY)


@pytest.mark.parametrize("key", list(FORMATS))
def test_every_format_renders(real: Record, key: str) -> None:
    """Each format gives bytes, the same ones twice."""
    made = FORMATS[key].render(real)
    assert len(made) > 1_000
    assert FORMATS[key].render(real) == made


def test_page_stays_small(real: Record) -> None:
    """The page stays under 200 KB over the whole catalog."""
    assert len(FORMATS["html"].render(real)) < 200_000


def test_json_reads_back(real: Record) -> None:
    """The JSON of a real record opens again as the same record."""
    assert read_record(record_json(real), "r.json") == real


def test_sources_are_named_not_keyed(real: Record, shipped: Catalog) -> None:
    """Readers see the names of sources; no key of the catalog's source list is left."""
    figures = [part.figure for row in real.outcome.ranking for part in row.weighings if part.figure]
    names = {figure.source.name for figure in figures}
    assert names
    assert not names & shipped.sources.keys()


def test_recheck_over_the_same_catalog_changes_nothing(real: Record, shipped: Catalog) -> None:
    """The same case over the same catalog on the same day: the choice stands, nothing changed."""
    result = recheck(real, shipped, DAY)
    assert result.stands
    assert result.changes == ()


def test_next_steps_name_a_callable_model(real: Record) -> None:
    """The proxy configuration names the LiteLLM id of the choice."""
    assert real.choice is not None
    assert real.choice.facts.litellm_id in next_steps(real)[0].content.decode()


def test_answers_appear_in_words(shipped: Catalog) -> None:
    """The appendix lists the given answers in the questions' own words, and counts the rest."""
    case = Case(name="c").with_answer("reasoning", "decision", "none")
    record = make_record(case, decide(case, shipped, DAY, draws=100), shipped, app_version="0", created=DAY)
    page = FORMATS["md"].render(record).decode()
    assert "| Reasoning | Your decision |" in page
    assert "Not answered: " in page
