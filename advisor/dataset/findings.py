"""What a check of a data set found: the shapes of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from advisor.interval import Interval


class Quality(StrEnum):
    """The six qualities of a data set, with how varied and how large it is."""

    RELEVANCE = "relevance"
    ALIGNMENT = "alignment"
    CONSISTENCY = "consistency"
    FORMATTING = "formatting"
    UNIQUENESS = "uniqueness"
    COMPLIANCE = "compliance"
    COVERAGE = "coverage"
    QUANTITY = "quantity"


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    """Worth knowing; nothing needs to be done."""
    WARNING = "warning"
    """Likely to lower what the tuned model can do."""
    ERROR = "error"
    """A tuning job would be refused, or the result could not be trusted or used."""


@dataclass(frozen=True, slots=True)
class Quote:
    """One row shown as an example, secrets and personal data masked."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing, with the rows it is about."""

    check: str
    """Key of the check, such as `near_duplicate`."""
    quality: Quality
    severity: Severity
    what: str
    """What was found, in one sentence."""
    hint: str
    """What to do about it, in one sentence."""
    rows: tuple[int, ...] = ()
    """Row numbers, counted from 1 (CSV: the header is not a row); empty when it is about the whole set."""
    examples: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that could not be read. The others were analysed."""

    row: int
    line: int
    """Line in the file, counted from 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the rows spread over one property."""

    key: str
    label: str
    counts: tuple[tuple[str, int], ...]
    """Value and rows, most frequent first."""
    evenness: float | None
    """Entropy over its maximum: 1 is even, 0 is all alike; None with fewer than two values."""
    note: str = ""

    @property
    def rows(self) -> int:
        """Rows counted."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Variety:
    """How varied the answers of one group are; see `advisor.dataset.variety`."""

    group: str
    """`all answers`, `answers people wrote` or `answers a model wrote`."""
    rows: int
    """Answers in sentences; labels, code and tables are left out."""
    distinct: float | None
    """Distinct three-word runs over all, averaged over segments of 1,000; None with less text than one."""
    segments: int
    opening_share: float | None
    """Share of answers that begin with the most frequent three words."""
    opening: str
    """Those words."""


@dataclass(frozen=True, slots=True)
class TokenStats:
    """Tokens per row."""

    total: int
    median: int
    largest: int
    estimated: bool
    """True when tokens were estimated from bytes and not counted by a tokenizer."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come."""

    stage: str
    rows: int
    bytes_read: int


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """The whole answer."""

    name: str
    layout: str
    """`chat`, `conversations`, `contents`, `pairs` or `mixed`."""
    file_kind: str
    """`jsonl` or `csv`."""
    rows: int
    """Rows that could be read."""
    bad_rows: tuple[BadRow, ...]
    """Rows that could not, the first 1,000 of them."""
    bad_count: int
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]
    tokens: TokenStats | None
    evaluation_rows: int | None
    """Rows of the evaluation set; None when there was none."""
    needed_rows: Interval | None
    """Rows the chosen technique needs; None when none was chosen."""
    complete: bool = True
    """False when the check was cancelled: the figures are about the rows read so far."""
    unchecked: dict[Quality, str] = field(default_factory=dict[Quality, str])
    """Qualities that need more than the file, and what."""
    variety: tuple[Variety, ...] = ()

    def by_quality(self, quality: Quality) -> tuple[Finding, ...]:
        """Findings about one quality, worst first."""
        return tuple(finding for finding in self.findings if finding.quality is quality)

    def verdict(self, quality: Quality) -> str:
        """`ready`, `look at it`, `not ready`, or `not checked`."""
        worst = {finding.severity for finding in self.by_quality(quality)}
        if Severity.ERROR in worst:
            return "not ready"
        if Severity.WARNING in worst:
            return "look at it"
        return "not checked" if quality in self.unchecked else "ready"

    @property
    def ready(self) -> bool:
        """Whether nothing found forbids tuning on this set."""
        return self.rows > 0 and all(finding.severity is not Severity.ERROR for finding in self.findings)


MAX_EXAMPLES = 3
MAX_QUOTE = 160


def quote(row: int, text: str) -> Quote:
    """One line of a row, cut to a readable length."""
    line = " ".join(text.split())
    return Quote(row, line if len(line) <= MAX_QUOTE else line[: MAX_QUOTE - 1] + "…")
