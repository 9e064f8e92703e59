"""Keep keys and prompts out of error texts."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_DETAIL = 400
_KEY_LIKE = re.compile(
    r"""(?ix)
    \b(?:sk|pk|rk|gsk|xai|key|ghp|hf|csk|fw|nvapi|practice-key)[-_][A-Za-z0-9_\-*.]{6,}   # vendors' prefixes
    | \bAIza[A-Za-z0-9_\-]{10,}                                                           # Google
    | (?<=bearer\s)[^\s"',]+
    | (?<=api[-_ ]key[:=]\s)[^\s"',]+
    """
)


def without_keys(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without these values, and without what looks like a key."""
    # The longest first: a key that holds another would leave its rest behind.
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[key]") if len(secret) > 3 else text
    return _KEY_LIKE.sub("[key]", text)


def redact(text: str, secrets: Iterable[str] = (), prompts: Iterable[str] = ()) -> str:
    """An error text without keys and prompts, at most `MAX_DETAIL` characters long."""
    for prompt in prompts:
        text = text.replace(prompt, "[prompt]") if len(prompt) > 3 else text
    text = " ".join(without_keys(text, secrets).split())
    return text if len(text) <= MAX_DETAIL else text[: MAX_DETAIL - 1] + "…"
