"""Error texts carry neither keys nor prompts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.redaction import MAX_DETAIL, redact


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdef123456.",
        "Incorrect API key provided: sk-abc***********wxyz.",
        "headers: Authorization: Bearer abc.def.ghi",
        "key AIzaSyA1234567890abcdef is not valid",
        "x-api-key: verysecretvalue",
    ],
)
def test_what_looks_like_a_key_is_removed(text: str) -> None:
    """Keys in the shapes providers echo them are replaced."""
    clean = redact(text)

    assert "[key]" in clean
    assert not any(part in clean for part in ("abcdef", "wxyz", "def.ghi", "SyA123", "verysecret"))


@given(st.text(min_size=4, alphabet=st.characters(categories=["L", "N"])))
def test_known_keys_and_prompts_are_removed(secret: str) -> None:
    """The very key and the very prompt never appear, whatever they look like."""
    clean = redact(f"<<{secret}>> was refused", secrets=[secret])

    assert f"<<{secret}>>" not in clean
    assert "[prompt]" in redact(f"cannot answer <<{secret}>>", prompts=[secret])


def test_details_are_short() -> None:
    """A page of HTML becomes a line of bounded length."""
    assert len(redact("x y\n" * 1000)) == MAX_DETAIL
