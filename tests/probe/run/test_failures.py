"""Every exception of LiteLLM has a failure kind."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime

import pytest

from advisor.errors import FailureKind
from advisor.probe.run.failures import KINDS, kind_of, kind_of_status, retry_after_s
from advisor.probe.run.lite import load_litellm


def test_every_exception_of_litellm_is_mapped() -> None:
    """An upgrade of LiteLLM that adds or drops an exception class fails here."""
    load_litellm()
    import litellm.exceptions

    theirs = {
        name
        for name, cls in vars(litellm.exceptions).items()
        if inspect.isclass(cls) and issubclass(cls, BaseException)
    }

    assert theirs == set(KINDS)


def test_a_strange_exception_is_our_fault() -> None:
    """What nobody listed is an internal failure, a listed base class counts."""
    child = type("Child", (type("RateLimitError", (Exception,), {}),), {})

    assert kind_of(KeyError()) is FailureKind.INTERNAL
    assert kind_of(child()) is FailureKind.RATE_LIMIT


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "", FailureKind.AUTHENTICATION),
        (400, "bad", FailureKind.BAD_REQUEST),
        (400, "Prompt is too long: 9 tokens", FailureKind.CONTEXT_LENGTH),
        (418, "", FailureKind.BAD_REQUEST),
        (529, "", FailureKind.PROVIDER_DOWN),
        (504, "", FailureKind.TIMEOUT),
    ],
)
def test_a_status_has_a_kind(status: int, message: str, kind: FailureKind) -> None:
    """HTTP statuses map to kinds, those nobody listed by their class."""
    assert kind_of_status(status, message) is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:26:00 GMT"}, 120.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:00:00 GMT"}, 0.0),
        ({"retry-after": "in a while"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds, milliseconds and dates are read, a date by the provider's clock if it tells it."""
    assert retry_after_s(headers, datetime(2026, 10, 21, 7, 27, 30, tzinfo=UTC)) == seconds
