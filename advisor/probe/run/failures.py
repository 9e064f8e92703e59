"""Every exception LiteLLM raises, as one of our failure kinds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

from advisor.errors import FailureKind

KINDS: dict[str, FailureKind] = {
    "AuthenticationError": FailureKind.AUTHENTICATION,
    "PermissionDeniedError": FailureKind.PERMISSION,
    "NotFoundError": FailureKind.NOT_FOUND,
    "RateLimitError": FailureKind.RATE_LIMIT,
    "ContextWindowExceededError": FailureKind.CONTEXT_LENGTH,
    "ContentPolicyViolationError": FailureKind.CONTENT_FILTER,
    "RejectedRequestError": FailureKind.CONTENT_FILTER,
    "GuardrailRaisedException": FailureKind.CONTENT_FILTER,
    "ModifyResponseException": FailureKind.CONTENT_FILTER,
    "SensitiveDataRouteException": FailureKind.CONTENT_FILTER,
    "BlockedPiiEntityError": FailureKind.CONTENT_FILTER,
    "BadRequestError": FailureKind.BAD_REQUEST,
    "UnprocessableEntityError": FailureKind.BAD_REQUEST,
    "UnsupportedParamsError": FailureKind.BAD_REQUEST,
    "InvalidRequestError": FailureKind.BAD_REQUEST,
    "VectorStoreSearchError": FailureKind.BAD_REQUEST,
    "ImageFetchError": FailureKind.BAD_REQUEST,
    "Timeout": FailureKind.TIMEOUT,
    "APIConnectionError": FailureKind.CONNECTION,
    "InternalServerError": FailureKind.PROVIDER_DOWN,
    "ServiceUnavailableError": FailureKind.PROVIDER_DOWN,
    "BadGatewayError": FailureKind.PROVIDER_DOWN,
    "APIError": FailureKind.PROVIDER_DOWN,
    "OpenAIError": FailureKind.PROVIDER_DOWN,
    "MidStreamFallbackError": FailureKind.MALFORMED_STREAM,
    "APIResponseValidationError": FailureKind.MALFORMED_STREAM,
    "JSONSchemaValidationError": FailureKind.MALFORMED_STREAM,
    "BudgetExceededError": FailureKind.BUDGET,
    "PaymentRequiredError": FailureKind.BUDGET,
    "ModelNotMappedError": FailureKind.NOT_FOUND,
    "LiteLLMUnknownProvider": FailureKind.NOT_FOUND,
    "MockException": FailureKind.INTERNAL,
}
"""Class name -> kind; the nearest listed base class counts."""

_STATUSES: dict[int, FailureKind] = {
    400: FailureKind.BAD_REQUEST,
    401: FailureKind.AUTHENTICATION,
    402: FailureKind.BUDGET,
    403: FailureKind.PERMISSION,
    404: FailureKind.NOT_FOUND,
    408: FailureKind.TIMEOUT,
    413: FailureKind.CONTEXT_LENGTH,
    422: FailureKind.BAD_REQUEST,
    429: FailureKind.RATE_LIMIT,
    504: FailureKind.TIMEOUT,
}

_CONTEXT_WORDS = (
    "context length",
    "context window",
    "context_length",
    "too many tokens",
    "prompt is too long",
)


def kind_of(error: BaseException) -> FailureKind:
    """Kind of an exception; `internal` when neither it nor a base class is known."""
    for cls in type(error).__mro__:
        if cls.__name__ in KINDS:
            return KINDS[cls.__name__]
    return FailureKind.INTERNAL


def kind_of_status(status: int, message: str) -> FailureKind:
    """Kind of an HTTP status that is not a success."""
    if status in (400, 413, 422) and any(words in message.lower() for words in _CONTEXT_WORDS):
        return FailureKind.CONTEXT_LENGTH
    default = FailureKind.PROVIDER_DOWN if status >= 500 else FailureKind.BAD_REQUEST
    return _STATUSES.get(status, default)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds the provider asks to wait; None when it names none that can be read.

    Args:
        headers: Of the answer, names in lower case.
        now: Our clock, which counts when a date is named and the answer has no date of its own.
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) * unit_s
        except (KeyError, ValueError):
            continue
        return max(0.0, seconds) if isfinite(seconds) else None
    due = _http_date(headers.get("retry-after"))
    # Against the provider's own clock: ours may be off by minutes.
    return None if due is None else max(0.0, (due - (_http_date(headers.get("date")) or now)).total_seconds())


def _http_date(text: str | None) -> datetime | None:
    """A date as HTTP writes it (RFC 9110, 5.6.7); None when it is none."""
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
