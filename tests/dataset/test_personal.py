"""Secrets and personal data: what is found, what is not mistaken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.dataset.personal import entropy_bits, find, iban_valid, luhn, masked, without

# Put together from pieces, so that no file of ours carries the shape of a credential.
SECRETS = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitLab token": "glpat-" + "x1Y2z3W4v5U6t7S8r9Q0",
    "Slack token": "xoxb-" + "123456789012-abcdefGHIJ",
    "Google API key": "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
    "Anthropic API key": "sk-ant-" + "api03-A1b2C3d4E5f6G7h8",
    "OpenAI-style API key": "sk-proj-" + "A1b2C3d4E5f6G7h8I9j0",
    "Stripe key": "sk_live_" + "A1b2C3d4E5f6G7h8",
    "Hugging Face token": "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz1234",
    "npm token": "npm_" + "a1B2" * 9,
    "SendGrid key": "SG." + "a1B2c3D4e5F6g7H8" + "." + "a1B2c3D4e5F6g7H8i9",
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEow\n",
    "JSON web token": "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl",
    "Azure storage key": "AccountKey=" + "Ab1/" * 12,
    "password in an address": "postgres://" + "admin:s3cr3t" + "@db.internal",
    "assigned secret": "client_secret: " + "'q8Zr4Lm2Xw9T'",
}
PERSONAL = {
    "e-mail address": "karla.unbekannt@mail.de",
    "payment card": "4111 1111 1111 1111",
    "IBAN": "GB82 WEST 1234 5698 7654 32",
    "US social security number": "219-09-9999",
    "IP address": "91.198.174.192",
    "phone number": "+49 30 1234567",
}
HARMLESS = (
    "Write to support@example.com or you@localhost.",
    "The order 4111 1111 1111 1112 was shipped on 2026-11-24 at 12:30.",
    "Version 1.2.3.4 runs on 192.168.0.10 and 127.0.0.1.",
    "Set password=<your password here> and api_key = YOUR_API_KEY_HERE.",
    "The total is 1,234,567.89 and the ISBN is 978-3-16-148410-0.",
    "The token limit is 128000; the secret of good soup is time.",
    "sk-learn is a nickname; task-force-management-committee met.",
    "DE00 3704 0044 0532 0130 00 is no account.",
    "000-12-3456 and 666-12-3456 were never given out.",
    "Room 12-34, page 100-200, phone: ask at the desk.",
)


@pytest.mark.parametrize(("kind", "value"), [*SECRETS.items(), *PERSONAL.items()])
def test_every_kind_is_found_and_masked(kind: str, value: str) -> None:
    """Each kind of secret and personal data is found in a sentence and replaced by its name."""
    sentence = f"Please take {value} for this."
    hits = find(sentence)

    assert [hit.kind for hit in hits] == [kind]
    assert hits[0].secret == (kind in SECRETS)
    assert f"[{kind}]" in without(sentence, hits)
    assert value[-6:] not in masked(sentence, hits[0])


@pytest.mark.parametrize("sentence", HARMLESS)
def test_harmless_text_is_left_alone(sentence: str) -> None:
    """Placeholders, wrong check digits, versions, private addresses and dates are no finding."""
    assert find(sentence) == []


def test_check_digits() -> None:
    """Luhn and modulo 97 accept the published examples and refuse one wrong digit."""
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert not luhn("0000000000000000")
    assert iban_valid("DE89 3704 0044 0532 0130 00")
    assert not iban_valid("DE88 3704 0044 0532 0130 00")
    assert not iban_valid("DE89 3704 0044")


@given(st.integers(10**14, 10**15 - 1), st.integers(0, 9))
def test_exactly_one_last_digit_is_right(front: int, last: int) -> None:
    """Of the ten possible check digits of a card number one is right."""
    right = [digit for digit in range(10) if luhn(f"{front}{digit}")]

    assert len(right) == 1
    assert luhn(f"{front}{last}") == (last == right[0])


def test_entropy_per_character() -> None:
    """One letter repeated carries nothing, four different letters two bits each."""
    assert entropy_bits("aaaa") == 0
    assert entropy_bits("abcd") == 2
    assert entropy_bits("") == 0


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    """Any text can be searched and masked; what is masked once has fewer hits."""
    hits = find(text)

    assert len(find(without(text, hits))) <= len(hits)
