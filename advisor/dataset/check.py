"""Checks a data set from its bytes: reads, gathers, judges. Can be watched and cancelled."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from advisor.dataset.contamination import EvaluationIndex
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import BadRow, DatasetReport, Finding, Progress, Quality, Severity, TokenStats
from advisor.dataset.gather import Gathered
from advisor.dataset.judge import coverage_findings, judge, quantity_findings, topics_judged
from advisor.dataset.reading import file_kind, read_examples
from advisor.dataset.tally import TokenCounter, estimated_tokens

MAX_BAD_ROWS = 1_000
"""Bad rows kept with their reason; the others are counted."""
MAX_BYTES = 600_000_000
"""Bytes of one file that are read. The check keeps about 5 bytes of memory for each: 2.7 GB for 500 MB."""
REPORT_EVERY = 500
"""Rows between two calls of the progress callback."""

Watch = Callable[[Progress], None]
Stop = Callable[[], bool]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read."""

    name: str
    chunks: Iterable[bytes]
    """The file in pieces, in order; read once."""


def check_dataset(
    training: Source,
    evaluation: Source | None = None,
    expectation: Expectation | None = None,
    *,
    count_tokens: TokenCounter | None = None,
    progress: Watch | None = None,
    cancelled: Stop | None = None,
) -> DatasetReport:
    """Everything there is to say about a training set.

    Args:
        training: The set.
        evaluation: The set the result will be judged on; looked for inside the training set.
        expectation: Whom it is for and what it should look like.
        count_tokens: A tokenizer; without one tokens are estimated and labelled so.
        progress: Called every 500 rows.
        cancelled: Asked every 500 rows; when it says yes, the report is about the rows read so far.

    Raises:
        BadInput: A file cannot be used as a whole.
        NotFound: The expectation names an unknown provider.
    """
    wish = expectation or Expectation()
    wish.token_limit  # noqa: B018 - an unknown provider is refused before the file is read
    run = _Run(progress or (lambda _: None), cancelled or (lambda: False))
    index = _evaluation_index(evaluation, run)
    gathered = Gathered(wish, count_tokens or estimated_tokens, index)
    seen = _Opened(training)
    bad_rows, bad_count = list[BadRow](), 0
    for item in run.watched(read_examples(seen, training.name), seen, "reading"):
        if isinstance(item, BadRow):
            bad_count += 1
            if len(bad_rows) < MAX_BAD_ROWS:
                bad_rows.append(item)
        else:
            gathered.add(item)
    run.tell("judging", gathered.rows, seen.bytes_read)
    report = _report(
        gathered, training, seen, bad_rows, bad_count, complete=not run.stopped, exact=count_tokens
    )
    return replace(report, findings=(_too_large(report.rows), *report.findings)) if run.cut_off else report


def _too_large(rows: int) -> Finding:
    return Finding(
        "too_large",
        Quality.QUANTITY,
        Severity.WARNING,
        f"The file is larger than {MAX_BYTES / 1e6:,.0f} MB: only its first {rows:,} rows were checked.",
        "Split it and check the parts, or check a random sample of its lines.",
    )


class _Opened:
    """The chunks of a file, counting bytes and remembering the start."""

    def __init__(self, source: Source) -> None:
        self._chunks = iter(source.chunks)
        self.bytes_read = 0
        self.start = b""

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes_read += len(chunk)
            self.start = self.start or chunk[:64]
            yield chunk


@dataclass
class _Run:
    """Progress and cancellation of one check."""

    progress: Watch
    cancelled: Stop
    stopped: bool = False
    cut_off: bool = False
    """Whether it stopped because a file is too large."""

    def watched(self, items: Iterable[Item], opened: _Opened, stage: str) -> Iterator[Item]:
        """The items, until somebody cancels."""
        for count, item in enumerate(items):
            if opened.bytes_read > MAX_BYTES:
                self.stopped = self.cut_off = True
                return
            if count % REPORT_EVERY == 0:
                self.tell(stage, count, opened.bytes_read)
                if self.cancelled():
                    self.stopped = True
                    return
            yield item

    def tell(self, stage: str, rows: int, bytes_read: int) -> None:
        """Reports progress."""
        self.progress(Progress(stage, rows, bytes_read))


def _evaluation_index(evaluation: Source | None, run: _Run) -> EvaluationIndex | None:
    if evaluation is None:
        return None
    index, opened = EvaluationIndex(), _Opened(evaluation)
    for item in run.watched(read_examples(opened, evaluation.name), opened, "reading the evaluation set"):
        if not isinstance(item, BadRow):
            index.add(item)
    index.close()
    return index


def _report(
    gathered: Gathered,
    training: Source,
    seen: _Opened,
    bad_rows: list[BadRow],
    bad_count: int,
    *,
    complete: bool,
    exact: TokenCounter | None,
) -> DatasetReport:
    findings = judge(gathered, bad_rows, bad_count)
    evaluation_rows = None if gathered.evaluation is None else gathered.evaluation.rows
    usable = gathered.rows - len(_unusable(findings))
    findings += (*quantity_findings(gathered, usable, evaluation_rows), *coverage_findings(gathered))
    reason = topics_judged(gathered)
    return DatasetReport(
        name=training.name,
        layout=next(iter(gathered.layouts)) if len(gathered.layouts) == 1 else "mixed",
        file_kind=file_kind(training.name, seen.start),
        rows=gathered.rows,
        bad_rows=tuple(bad_rows),
        bad_count=bad_count,
        findings=findings,
        coverage=gathered.spread.tables(gathered.topics),
        tokens=_token_stats(gathered.tokens, estimated=exact is None),
        evaluation_rows=evaluation_rows,
        needed_rows=gathered.expectation.needed_rows,
        complete=complete,
        unchecked={} if reason is None else {Quality.RELEVANCE: reason},
        variety=gathered.variety.seen(),
    )


def _unusable(findings: Iterable[Finding]) -> set[int]:
    """Rows that add nothing or would be refused."""
    checks = ("exact_duplicate", "near_duplicate", "contamination")
    return {
        row
        for finding in findings
        if finding.check in checks
        or (finding.quality is Quality.FORMATTING and finding.severity is Severity.ERROR)
        for row in finding.rows
        if finding.check not in ("wrong_layout", "unreadable_row")
    }


def _token_stats(tokens: array[int], *, estimated: bool) -> TokenStats | None:
    if not tokens:
        return None
    ordered = sorted(tokens)
    return TokenStats(sum(ordered), ordered[len(ordered) // 2], ordered[-1], estimated)
