"""Every error the product raises on purpose, in one tree.

    AdvisorError               what failed, and what to do about it
    ├── BadInput               a file, upload or link that breaks a rule: names source, field and rule
    │   ├── BadCatalog         … in the catalog
    │   ├── BadCase            … in a case
    │   └── BadRecord          … in a record
    ├── NotFound               something named does not exist
    ├── StoreError             the store cannot be read or written
    └── ProbeError             one model call failed; carries the `FailureKind`

Callers catch at the height they need. Texts never contain keys or prompts.
"""

from __future__ import annotations

from enum import StrEnum


class AdvisorError(Exception):
    """Base of all our errors.

    Args:
        what: What failed, in one sentence.
        hint: What the reader can do about it, in one sentence; may be empty.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        what = self.what if self.what.endswith((".", "!", "?", ":")) or not self.hint else f"{self.what}."
        return f"{what} {self.hint}".strip()


class BadInput(AdvisorError):
    """A file, upload or link breaks a rule.

    Args:
        source: File name or kind of link, as the user knows it.
        field: Dotted path of the offending field; empty when the whole document is unreadable.
        rule: What is wrong with it.
        hint: What to do.
    """

    def __init__(self, source: str, field: str, rule: str, hint: str = "") -> None:
        place = f"{source}: {field}" if field else source
        super().__init__(f"{place}: {rule}", hint)
        self.source = source
        self.field = field
        self.rule = rule


class BadCatalog(BadInput):
    """The catalog breaks a rule."""


class BadCase(BadInput):
    """A case breaks a rule."""


class BadRecord(BadInput):
    """A record breaks a rule."""


class NotFound(AdvisorError):
    """Something named does not exist."""


class StoreError(AdvisorError):
    """The store cannot be read or written."""


class FailureKind(StrEnum):
    """Why one model call brought no usable answer."""

    AUTHENTICATION = "authentication"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    RATE_LIMIT = "rate_limit"
    CONTEXT_LENGTH = "context_length"
    CONTENT_FILTER = "content_filter"
    BAD_REQUEST = "bad_request"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    PROVIDER_DOWN = "provider_down"
    MALFORMED_STREAM = "malformed_stream"
    TRUNCATED_STREAM = "truncated_stream"
    EMPTY_REPLY = "empty_reply"
    BUDGET = "budget"
    MISSING_KEY = "missing_key"
    INTERRUPTED = "interrupted"
    INTERNAL = "internal"

    @property
    def hint(self) -> str:
        """What to do about it, in one sentence."""
        return _HINTS[self]


_HINTS: dict[FailureKind, str] = {
    FailureKind.AUTHENTICATION: "Check the API key; the provider refused it.",
    FailureKind.PERMISSION: "The key is valid but may not use this model; ask for access.",
    FailureKind.NOT_FOUND: "Check the model name and base URL; the provider does not know them.",
    FailureKind.RATE_LIMIT: "Lower the requests per minute or wait; the provider limits this key.",
    FailureKind.CONTEXT_LENGTH: "Shorten the prompt; it does not fit the model's context window.",
    FailureKind.CONTENT_FILTER: "The provider refused the content; reword the prompt.",
    FailureKind.BAD_REQUEST: "The provider refused a parameter; see the detail.",
    FailureKind.TIMEOUT: "No answer in time; raise the time limit or choose a faster model.",
    FailureKind.CONNECTION: "The endpoint could not be reached or broke off; check network and base URL.",
    FailureKind.PROVIDER_DOWN: "The provider reports a fault of its own; try again later.",
    FailureKind.MALFORMED_STREAM: "The reply was not a valid stream; report it to the provider.",
    FailureKind.TRUNCATED_STREAM: "The reply ended without a finish reason; treat it as lost.",
    FailureKind.EMPTY_REPLY: "The reply had no content; check the token limit, then the prompt.",
    FailureKind.BUDGET: "The spending cap was reached; raise it to go on.",
    FailureKind.MISSING_KEY: "Set the environment variable named in the detail.",
    FailureKind.INTERRUPTED: "The run was interrupted while this call was in flight; it may be billed.",
    FailureKind.INTERNAL: "A fault of this product; please report it.",
}


class ProbeError(AdvisorError):
    """One model call failed.

    Args:
        kind: The kind of failure; its hint becomes ours.
        detail: What the provider said, with keys and prompts removed.
        retry_after_s: Seconds the provider asked us to wait, if it did.
    """

    def __init__(self, kind: FailureKind, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail, kind.hint)
        self.kind = kind
        self.retry_after_s = retry_after_s
