"""What the shipped catalog promises, checked over every file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from advisor.catalog.entries import Attribute, Catalog
from advisor.catalog.estimate import estimate
from advisor.catalog.files import load_catalog
from advisor.catalog.gates import check
from advisor.catalog.sources.litellm_map import read_installed
from advisor.catalog.upstream import Upstream
from advisor.probe.money import cost_usd
from advisor.probe.samples import Usage

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The shipped catalog."""
    return load_catalog(today=TODAY)


def test_it_is_wide_enough(catalog: Catalog) -> None:
    """At least 60 models, 110 offers, 25 models with open weights."""
    assert len(catalog.models) >= 60
    assert len(catalog.offers) >= 110
    assert sum(model.weights.open is True for model in catalog.models) >= 25


MAKERS = (
    "openai anthropic google xai mistral deepseek alibaba zai moonshot minimax meta cohere amazon nvidia "
    "perplexity"
)


@pytest.mark.parametrize("vendor", MAKERS.split())
def test_every_expected_maker_is_there(catalog: Catalog, vendor: str) -> None:
    """No maker that people ask for is missing."""
    assert vendor in {model.vendor for model in catalog.models}


def test_litellm_itself_resolves_every_id(catalog: Catalog) -> None:
    """The pinned LiteLLM knows each callable id and the provider to send it to."""
    script = (
        "import json,sys,litellm\nids=json.load(sys.stdin)\n"
        "lost=[i for i in ids if i not in litellm.model_cost or not litellm.get_llm_provider(i)[1]]\n"
        "print(json.dumps(lost))"
    )
    ids = [row.offer.litellm_id for row in catalog.offers]
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(ids),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    )

    assert json.loads(done.stdout.strip().splitlines()[-1]) == []


def test_its_own_gates_find_no_error(catalog: Catalog) -> None:
    """What is shipped has warnings at most, also against the price map it was read from."""
    reading = read_installed(TODAY)
    assert isinstance(reading, Upstream)

    assert [
        str(finding) for finding in check(catalog, TODAY, (reading,)) if finding.severity == "error"
    ] == []


def test_every_source_is_used_and_every_benchmark_measured(catalog: Catalog) -> None:
    """No dead rows: each benchmark has a result or a task cost in some model."""
    used = {result.benchmark for model in catalog.models for result in (*model.scores, *model.task_costs)}

    assert [benchmark.id for benchmark in catalog.benchmarks if benchmark.id not in used] == []


def test_no_result_is_of_two_models(catalog: Catalog) -> None:
    """A run that falls back to another model is not one model's score."""
    told = [f"{score.harness} {score.note}" for model in catalog.models for score in model.scores]

    assert [text for text in told if "fallback" in text.lower()] == []


def test_one_source_of_uncertain_terms_is_cited_not_copied(catalog: Catalog) -> None:
    """Values of Artificial Analysis carry attribution, and are few beside its tables of 610 and 115 rows."""
    cited = Counter(
        (score.source, score.benchmark)
        for model in catalog.models
        for score in model.scores
        if score.source.startswith("aa-")
    )
    tables = {
        (reference.source, benchmark.id): reference.n
        for benchmark in catalog.benchmarks
        for reference in benchmark.references
    }

    assert "attribution" in catalog.sources["aa-2026-10"].licence
    assert [key for key, count in cited.items() if count > 0.75 * tables[key]] == []


def test_the_time_of_day_price_shows_the_peak(catalog: Catalog) -> None:
    """DeepSeek's base price is the peak one and the cheaper hours are beside it, with their days."""
    price = catalog.by_id["deepseek-v4.1-flash@deepseek"].price(TODAY)

    assert price is not None
    assert price.off_peak is not None
    assert (price.rates.input, price.off_peak.rates.input) == (0.30, 0.15)
    assert price.off_peak.windows_utc[-1].weekdays == (6, 7)


@pytest.mark.parametrize(
    ("day", "price_in", "price_out"),
    [
        (date(2026, 10, 19), 0.68, 2.09),
        (date(2026, 10, 20), 1.36, 4.18),
        (date(2026, 10, 28), 1.36, 4.18),
        (date(2026, 10, 29), 0.7, 2.1),
    ],
)
def test_a_promotion_is_a_dated_price(catalog: Catalog, day: date, price_in: float, price_out: float) -> None:
    """Mistral Large 4 had three prices; each holds on its own days."""
    price = catalog.by_id["mistral-large-4@mistral"].price(day)

    assert price is not None
    assert (price.rates.input, price.rates.output) == (price_in, price_out)


@pytest.mark.parametrize(
    ("day", "price_in", "audio_in"), [(date(2026, 11, 30), 2.0, 2.0), (date(2026, 12, 1), 4.0, 4.0)]
)
def test_introductory_rates_end(catalog: Catalog, day: date, price_in: float, audio_in: float) -> None:
    """Gemini 4 Argon costs twice as much from December on, sound included."""
    price = catalog.by_id["gemini-4-argon@google"].price(day)

    assert price is not None
    assert (price.rates.input, price.rates.audio_input) == (price_in, audio_in)


def test_sound_is_priced_where_a_rate_is_stated(catalog: Catalog) -> None:
    """1,000 audio tokens beside 100 text tokens cost Gemini 2.5 Flash-Lite 300 + 10 micro-dollars."""
    price = catalog.by_id["gemini-2.5-flash-lite@google"].price(TODAY)
    heard = Usage(prompt_tokens=1100, completion_tokens=0, audio_prompt_tokens=1000)

    assert cost_usd(heard, price) == pytest.approx(310e-6)


@pytest.mark.parametrize(("tokens", "rate"), [(199_999, 2.0), (200_000, 4.0), (200_001, 4.0)])
def test_xai_charges_the_tier_from_the_boundary_on(catalog: Catalog, tokens: int, rate: float) -> None:
    """Grok 4.7 at xAI pays the upper rate for a prompt of exactly 200,000 tokens."""
    price = catalog.by_id["grok-4.7@xai"].price(TODAY)

    assert price is not None
    assert price.rates_for(tokens).input == rate


@pytest.mark.parametrize(("tokens", "rate"), [(100_000, 0.1), (100_001, 0.5)])
def test_haiku_is_five_times_dearer_above_its_step(catalog: Catalog, tokens: int, rate: float) -> None:
    """Claude Haiku 5.5 pays 5x for the whole request above 100,000 prompt tokens, not at them."""
    price = catalog.by_id["claude-haiku-5-5@anthropic"].price(TODAY)

    assert price is not None
    assert price.rates_for(tokens).input == rate


def test_ranges_become_tiers(catalog: Catalog) -> None:
    """Qwen3.7 Plus has price ranges only: the first is the base, the next a tier above 256,000 tokens."""
    price = catalog.by_id["qwen3.7-plus@alibaba"].price(TODAY)

    assert price is not None
    assert (price.rates_for(256_000).input, price.rates_for(256_001).input) == (0.4, 1.2)


def test_a_zero_price_is_unknown(catalog: Catalog) -> None:
    """The map's zero for GLM-4.7-Flash is no price; Command A+ takes the one other list's price."""
    other = catalog.by_id["command-a-plus@cohere"].price(TODAY)

    assert catalog.by_id["glm-4.7-flash@zai"].price(TODAY) is None
    assert other is not None
    assert (other.rates.input, other.source) == (2.5, "models-dev")


def test_fable_keeps_data_everywhere(catalog: Catalog) -> None:
    """The retention exception stands at the model, at each host and in the policies of its hosts."""
    rows = [row for row in catalog.offers if row.model.id == "claude-fable-5-1"]

    assert len(rows) >= 3
    for row in rows:
        assert (row.zero_retention, row.retention_days) == (False, 30)
        assert row.offer.note is not None
        assert row.provider.policy is not None
        assert any("Fable" in exception for exception in row.provider.policy.exceptions)


def test_a_search_fee_names_its_free_allowance(catalog: Catalog) -> None:
    """Gemini 3.8 Flash: 14 USD per 1,000 searches after 5,000 free ones a month."""
    price = catalog.by_id["gemini-3.8-flash@google"].price(TODAY)

    assert price is not None
    assert price.search is not None
    assert (price.search.usd_per_1000, price.search.free_per_month) == (14.0, 5000)


def test_a_latent_attention_model_has_its_small_cache(catalog: Catalog) -> None:
    """GLM-5.2 keeps 78 layers x 576 values x 2 bytes per token, not what its head count says."""
    assert catalog.model_by_id["glm-5.2"].weights.kv_bytes_per_token_16bit == 78 * 576 * 2


def test_no_quantisation_is_invented(catalog: Catalog) -> None:
    """A host's precision is unknown unless its own id states it."""
    stated = {row.offer.litellm_id for row in catalog.offers if row.offer.quantisation}

    assert all("FP8" in litellm_id for litellm_id in stated)


def test_most_models_have_evidence_and_the_rest_say_none(catalog: Catalog) -> None:
    """At least 80 models have an accuracy estimate; a model without results has none instead of a guess."""
    with_evidence = [model.id for model in catalog.models if estimate(catalog, model.id, Attribute.ACCURACY)]

    assert len(with_evidence) >= 80
    assert estimate(catalog, "qwen3.8-flash", Attribute.ACCURACY) is None
