"""Secrets and personal data in text, found by shape and confirmed by check digits where there are any.

Patterns are our own. What is found is never repeated in full: `masked` keeps a few characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Hit:
    """One secret or piece of personal data."""

    kind: str
    start: int
    end: int
    secret: bool
    """True for credentials, false for personal data."""


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: str
    cue: tuple[str, ...]
    """Lower-case text of which one must occur before the pattern is tried: most rows are done fast."""
    pattern: re.Pattern[str]
    confirm: Callable[[str], bool] | None = None
    secret: bool = True
    also: tuple[str, ...] = ("",)
    """A second such text, of which one must occur as well."""


def entropy_bits(text: str) -> float:
    """Shannon entropy per character."""
    counts = Counter(text)
    return -sum(n / len(text) * log2(n / len(text)) for n in counts.values()) if text else 0.0


def luhn(number: str) -> bool:
    """Whether the last digit of a card number is right."""
    digits = [int(char) for char in number if char.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def iban_valid(text: str) -> bool:
    """Whether an IBAN has a known length and the right check digits (ISO 7064, modulo 97)."""
    iban = re.sub(r"\s", "", text).upper()
    if not 15 <= len(iban) <= 34 or _IBAN_LENGTH.get(iban[:2], len(iban)) != len(iban):
        return False
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


_IBAN_LENGTH = {"DE": 22, "FR": 27, "GB": 22, "ES": 24, "IT": 27, "NL": 18, "BE": 16, "AT": 20, "CH": 21} | {
    "PL": 28,
    "PT": 25,
    "SE": 24,
    "NO": 15,
    "DK": 18,
    "FI": 18,
    "IE": 22,
    "LU": 20,
    "CZ": 24,
}

_RESERVED_HOSTS = ("example.com", "example.org", "example.net", "example.edu", "localhost")
_RESERVED_ENDS = (".example", ".test", ".invalid", ".localhost", ".local")


def _real_mailbox(address: str) -> bool:
    host = address.rpartition("@")[2].lower()
    return host not in _RESERVED_HOSTS and not host.endswith((*_RESERVED_ENDS, ".png", ".jpg"))


def _public_address(text: str) -> bool:
    parts = [int(part) for part in text.split(".")]
    private = parts[0] in (0, 10, 127) or parts[:2] == [192, 168] or parts[:2] == [169, 254]
    shared = parts[0] == 172 and 16 <= parts[1] <= 31
    documented = parts[:3] in ([192, 0, 2], [198, 51, 100], [203, 0, 113])
    version = all(part < 10 for part in parts)
    return max(parts) <= 255 and not (private or shared or documented or version or parts[0] >= 224)


def _social_security(text: str) -> bool:
    area, group, serial = (int(part) for part in text.split("-"))
    return area not in (0, 666) and area < 900 and group > 0 and serial > 0


def _phone(text: str) -> bool:
    return 9 <= sum(char.isdigit() for char in text) <= 15


_PLACEHOLDER = re.compile(
    r"(?i)^(?:x+|\*+|your|my_|<|\$|\{|change|example|placeholder|test|dummy|secret$|pass)"
)


def _random_looking(value: str) -> bool:
    """Whether an assigned value looks generated: mixed characters, no placeholder, enough entropy."""
    found = _ASSIGNED.search(value)
    text = found["value"] if found else value
    kinds = [any(test(char) for char in text) for test in (str.isdigit, str.islower, str.isupper)]
    special = any(not char.isalnum() for char in text)
    return not _PLACEHOLDER.match(text) and sum(kinds) + special >= 2 and entropy_bits(text) >= 2.8


_ASSIGNED = re.compile(
    r"""(?ix) \b(?:
        password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|token|client[_-]?secret
    )
    ["']?\s*(?:=|:|=>)\s*["']?(?P<value>[^\s"'`,;]{8,})"""
)


def _shape(
    kind: str, cue: str, pattern: str, confirm: Callable[[str], bool] | None = None, *, secret: bool = True
) -> _Shape:
    return _Shape(kind, tuple(cue.split()), re.compile(pattern), confirm, secret)


_SHAPES = (
    _shape("AWS access key", "akia asia", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    _shape("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    _shape("GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{40,}\b"),
    _shape("GitLab token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    _shape("Slack token", "xoxb xoxp xoxa xoxr xoxs", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    _shape("Google API key", "aiza", r"\bAIza[0-9A-Za-z_-]{35}"),
    _shape("Anthropic API key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    _shape(
        "OpenAI-style API key", "sk-", r"\bsk-(?!ant-)(?:proj-|or-v1-)?[A-Za-z0-9_-]{20,}", _random_looking
    ),
    _shape("Stripe key", "sk_live_ rk_live_", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    _shape("Hugging Face token", "hf_", r"\bhf_[A-Za-z0-9]{30,}\b"),
    _shape("npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    _shape("SendGrid key", "sg.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _shape("private key", "private key-----", r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[^-]*"),
    _shape("JSON web token", "eyj", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    _shape("Azure storage key", "accountkey=", r"AccountKey=[A-Za-z0-9+/=]{40,}"),
    _shape("password in an address", "://", r"\b[a-z][a-z0-9+.-]{2,}://[^\s/:@]{1,64}:[^\s/@]{3,64}@[\w.-]+"),
    _Shape(
        "assigned secret",
        ("pass", "pwd", "secret", "key", "token"),
        _ASSIGNED,
        _random_looking,
        also=("=", ":"),
    ),
    _shape(
        "e-mail address",
        "@",
        r"\b[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}\b",
        _real_mailbox,
        secret=False,
    ),
)

_DIGITS = re.compile(r"\d[\d .()/-]{6,}\d")
_NUMBER_SHAPES = (
    _shape(
        "IBAN", "", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", iban_valid, secret=False
    ),
    _shape("payment card", "", r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d.-])", luhn, secret=False),
    _shape(
        "US social security number",
        "",
        r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])",
        _social_security,
        secret=False,
    ),
    _shape("IP address", "", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", _public_address, secret=False),
    _shape(
        "phone number",
        "",
        r"(?<![\w.+-])(?<!\d )(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}|0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5})(?![\w-])",
        _phone,
        secret=False,
    ),
)


def find(text: str) -> list[Hit]:
    """Every secret and every piece of personal data, in order; overlapping ones once, secrets first."""
    lowered = text.lower()
    shapes = [shape for shape in _SHAPES if _worth_trying(shape, lowered)]
    if _DIGITS.search(text):
        shapes += _NUMBER_SHAPES
    taken: list[Hit] = []
    for hit in (hit for shape in shapes for hit in _hits(shape, text)):
        if all(hit.end <= other.start or hit.start >= other.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda hit: hit.start)


def _worth_trying(shape: _Shape, lowered: str) -> bool:
    return any(cue in lowered for cue in shape.cue) and any(cue in lowered for cue in shape.also)


def _hits(shape: _Shape, text: str) -> Iterator[Hit]:
    for found in shape.pattern.finditer(text):
        if shape.confirm is None or shape.confirm(found.group()):
            yield Hit(shape.kind, found.start(), found.end(), shape.secret)


def without(text: str, hits: list[Hit]) -> str:
    """The text with every hit replaced by its kind in brackets."""
    for hit in reversed(hits):
        text = f"{text[: hit.start]}[{hit.kind}]{text[hit.end :]}"
    return text


def masked(text: str, hit: Hit) -> str:
    """A few characters of a hit, to find it again without giving it away."""
    found = text[hit.start : hit.end].split("\n", maxsplit=1)[0]
    keep = min(4, len(found) // 4)
    return f"{hit.kind}: {found[:keep]}… ({hit.end - hit.start} characters)"
