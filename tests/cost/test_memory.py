"""GPU memory: worked and published sizes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.entries import Weights
from advisor.cost.hardware import Gpu, ModelShape
from advisor.cost.memory import (
    GIB,
    PARALLEL,
    Precision,
    Refusal,
    Served,
    free_for_kv,
    from_shape,
    from_weights,
    gib_per_gpu,
    grouped_kv_bytes,
    latent_kv_bytes,
    smallest_group,
    users_served,
    weight_bytes,
)
from advisor.cost.parameters import LORA_TARGETS, count_parameters, lora_parameters
from advisor.host.hardware import load_hardware

HARDWARE = load_hardware()
PRECISIONS = (Precision.BF16, Precision.FP8, Precision.FP4)


def served(name: str) -> Served:
    """A model of the shipped shapes."""
    found = from_shape(HARDWARE.shape(name))
    assert isinstance(found, Served)
    return found


def gpu(key: str) -> Gpu:
    """A shipped accelerator."""
    return HARDWARE.gpu(key)


@pytest.mark.parametrize(
    ("name", "per_token", "tokens", "gib"),
    [
        ("Llama-3.1-8B", 131_072, 128_000, 15.625),
        ("Llama-3.1-8B", 131_072, 2_048, 0.25),
        ("Llama-3.1-70B", 327_680, 16_000, 4.883),
        ("Llama-3.1-70B", 327_680, 128_000, 39.06),
        ("Llama-3.1-70B", 327_680, 2_048, 0.625),
        ("Llama-3.1-405B", 516_096, 128_000, 61.52),
        ("DeepSeek-V3", 70_272, 131_072, 8.578),
    ],
)
def test_cache_sizes_match_the_published_ones(name: str, per_token: float, tokens: float, gib: float) -> None:
    """The KV cache of a model is the size that llama.cpp and the model's publisher print."""
    model = served(name)

    assert model.kv_bytes == per_token
    assert model.kv_for(tokens) / GIB == pytest.approx(gib, rel=2e-4)


@pytest.mark.parametrize(
    ("layers", "kv_heads", "head_dim", "mib"), [(40, 64, 128, 2560), (64, 8, 128, 512), (60, 8, 128, 480)]
)
def test_grouped_query_formula_matches_llama_cpp(
    layers: int, kv_heads: int, head_dim: int, mib: float
) -> None:
    """Command-R 35B, Qwen1.5-32B and Yi-34B keep at 2,048 tokens what llama.cpp logged."""
    assert grouped_kv_bytes(layers, kv_heads, head_dim) * 2048 / 2**20 == mib


def test_latent_attention_is_not_counted_by_heads() -> None:
    """DeepSeek-V3 keeps 70,272 bytes a token; the grouped-query formula would say 57 times as much."""
    assert latent_kv_bytes(61, 512, 64) == 70_272
    assert grouped_kv_bytes(61, 128, 128) == 3_997_696


def test_window_part_stops_growing() -> None:
    """gpt-oss-120b keeps 128 tokens in half its layers: 0.2856 GiB at 8,192 tokens."""
    model = served("gpt-oss-120b")

    assert model.kv_for(8192) == 36_864 * (8192 + 128)
    assert model.kv_for(8192) / GIB == pytest.approx(0.2856, abs=5e-5)


@pytest.mark.parametrize("shape", HARDWARE.shapes, ids=lambda shape: shape.id)
def test_shipped_cache_bytes_follow_their_formula(shape: ModelShape) -> None:
    """The bytes per token of a plain or latent model are what its configuration gives."""
    if shape.attention == "latent":
        assert shape.latent is not None
        expected = latent_kv_bytes(shape.layers, shape.latent.kv_rank, shape.latent.rope_dim)
        assert shape.kv_bytes == expected
    elif shape.attention == "full":
        assert shape.kv_bytes == grouped_kv_bytes(shape.layers, shape.kv_heads, shape.head_dim or 0)
    else:
        assert shape.attention_text


def test_no_formula_is_a_reason_not_a_number() -> None:
    """DeepSeek-V4 is refused with the reason, because neither formula holds for it."""
    refused = from_shape(HARDWARE.shape("DeepSeek-V4-Flash"))

    assert isinstance(refused, Refusal)
    assert "neither the grouped-query nor the latent formula" in refused.reason
    assert refused.hint


def test_unpublished_parameters_are_a_reason_not_a_number() -> None:
    """Kimi-K3 has a cache formula but no computed parameter total, so its memory is refused."""
    refused = from_shape(HARDWARE.shape("Kimi-K3"))

    assert isinstance(refused, Refusal)
    assert "number of parameters" in refused.reason


@pytest.mark.parametrize(
    ("name", "total_b", "active_b"),
    [
        ("Llama-3.1-8B", 8.03, 8.03),
        ("Llama-3.1-70B", 70.55, 70.55),
        ("Llama-3.1-405B", 405.85, 405.85),
        ("Qwen3-8B", 8.19, 8.19),
        ("Qwen3-32B", 32.76, 32.76),
        ("DeepSeek-V3", 671.03, 37.55),
        ("Kimi-K2", 1026.4, 32.9),
        ("Qwen3-235B-A22B", 235.1, 22.2),
        ("gpt-oss-120b", 116.8, 5.7),
        ("Mixtral-8x7B", 46.7, 12.88),
    ],
)
def test_parameters_counted_from_configurations(name: str, total_b: float, active_b: float) -> None:
    """Parameters counted from the configuration agree with the publishers within 0.5 %."""
    counted = count_parameters(HARDWARE.shape(name))

    assert counted is not None
    assert counted.total / 1e9 == pytest.approx(total_b, rel=0.005)
    assert counted.active / 1e9 == pytest.approx(active_b, rel=0.005)


def test_weights_by_precision() -> None:
    """70.55 billion parameters are 141.1 GB at 16 bit, 70.55 at 8 bit and 39.7 at FP4 with scales."""
    sizes = [weight_bytes(70.55e9, precision) / 1e9 for precision in PRECISIONS]

    assert sizes == pytest.approx([141.1, 70.55, 39.7], rel=1e-3)


def test_seventy_billion_on_one_and_two_cards() -> None:
    """One H100 has room for about 18,300 tokens beside Llama-3.1-70B at FP8, two for 233 users."""
    model, card = served("Llama-3.1-70B"), gpu("h100-sxm")
    one = free_for_kv(model, card, 1, Precision.FP8)
    two = free_for_kv(model, card, 2, Precision.FP8, link_reserve_gib=0)

    assert one / GIB == pytest.approx(2.8, abs=0.05)
    assert one / model.kv_for(1, 1.0) == pytest.approx(18_300, rel=0.01)
    assert users_served(two, model, 2_000, 1.0) == 233


def test_memory_agrees_with_a_measured_tool() -> None:
    """Llama-3.1-70B at FP8 on four cards with 32 x 2,048 tokens: 23.92 GB in aiconfigurator, within 5 %."""
    gib = gib_per_gpu(
        served("Llama-3.1-70B"), 4, Precision.FP8, users=32, tokens=2_048, kv_bytes_per_value=1.0
    )

    assert gib * GIB / 1e9 == pytest.approx(23.92, rel=0.05)


def test_few_cache_heads_are_replicated() -> None:
    """A model with four KV heads keeps its cache twice on eight GPUs."""
    model, card = served("Qwen3-30B-A3B"), gpu("h100-sxm")
    plain = Served("same, splits freely", model.total, model.active, model.kv_bytes)

    assert free_for_kv(model, card, 8, Precision.FP8) * 2 == free_for_kv(plain, card, 8, Precision.FP8)
    assert free_for_kv(model, card, 4, Precision.FP8) == free_for_kv(plain, card, 4, Precision.FP8)


def test_too_large_for_one_machine() -> None:
    """Kimi-K2 at 16 bit does not fit eight H100s."""
    assert (
        smallest_group(
            served("Kimi-K2"), gpu("h100-sxm"), Precision.BF16, users=1, tokens=1_000, kv_bytes_per_value=2.0
        )
        is None
    )


@given(st.sampled_from(["Llama-3.1-8B", "gpt-oss-120b", "DeepSeek-V3"]), st.integers(1, 200_000))
def test_more_tokens_never_need_less_memory(name: str, tokens: int) -> None:
    """The cache grows with the context, and an 8-bit cache is half of a 16-bit one."""
    model = served(name)

    assert model.kv_for(tokens + 1) > model.kv_for(tokens)
    assert model.kv_for(tokens, 1.0) * 2 == model.kv_for(tokens, 2.0)


@given(st.integers(1, 400), st.integers(100, 8_000))
def test_the_smallest_group_holds_what_it_promises(users: int, tokens: int) -> None:
    """The group found has room for all users, the next smaller one has not."""
    model, card = served("Llama-3.1-70B"), gpu("h100-sxm")
    size = smallest_group(model, card, Precision.FP8, users=users, tokens=tokens, kv_bytes_per_value=1.0)

    fits = {n: users_served(free_for_kv(model, card, n, Precision.FP8), model, tokens, 1.0) for n in PARALLEL}
    assert size == next((n for n in PARALLEL if fits[n] >= users), None)


def test_lora_adapter_sizes() -> None:
    """LoRA of rank 16 on all seven projections trains 41.9 M parameters of an 8B and 207 M of a 70B model."""
    small, large = HARDWARE.shape("Llama-3.1-8B"), HARDWARE.shape("Llama-3.1-70B")

    assert lora_parameters(small, 16, LORA_TARGETS) == 41_943_040
    assert lora_parameters(large, 16, LORA_TARGETS) == 207_093_760
    assert lora_parameters(small, 8, ("q", "v")) == 3_407_872
    assert lora_parameters(HARDWARE.shape("DeepSeek-V3"), 16, LORA_TARGETS) is None


def test_catalog_weights_without_a_formula_are_refused() -> None:
    """Closed weights, an unknown size and an unknown cache size are each said."""

    def of(**facts: object) -> Served | Refusal:
        return from_weights("M", Weights.model_validate({"source": "x", "as_of": date(2026, 1, 1), **facts}))

    assert "cannot be had" in str(of(open=False))
    assert "number of parameters" in str(of(open=True))
    assert "KV bytes per token" in str(of(open=True, total_b=8))
    full = of(open=True, total_b=30, active_b=3, kv_bytes_per_token_16bit=98_304)
    assert full == Served("M", 30e9, 3e9, 98_304)
