"""One data check in a thread of its own: it can be watched and cancelled, and it never draws anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from advisor.dataset.check import Source, check_dataset
from advisor.dataset.cleaning import cleaned
from advisor.dataset.expectation import Expectation
from advisor.dataset.findings import DatasetReport, Progress
from advisor.dataset.variety import MODEL, PEOPLE
from advisor.errors import AdvisorError
from advisor.ui import state

JOB_KEY = "dataset:job"
_PIECE_BYTES = 1 << 20
_ONE_AT_A_TIME = threading.Semaphore(1)
"""A check keeps a core busy: several visitors' checks follow one another."""


@dataclass
class DatasetJob:
    """A file under check, and what came of it."""

    name: str
    body: bytes
    expectation: Expectation
    evaluation_name: str = ""
    evaluation_body: bytes = b""
    progress: Progress | None = None
    report: DatasetReport | None = None
    failure: str = ""
    """Why there is no report: in words, with what to do."""
    _cancel: threading.Event = field(default_factory=threading.Event, repr=False)
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin; the session may end or draw other pages meanwhile."""
        self._thread = threading.Thread(target=self._run, name="dataset-check", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Stop soon; what was read so far is reported."""
        self._cancel.set()

    @property
    def running(self) -> bool:
        """Whether it is still at work or waits for its turn."""
        return self._thread is not None and self.report is None and not self.failure

    @property
    def cancelling(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._cancel.is_set()

    @property
    def share(self) -> float:
        """Share of the file that was read, 0 to 1."""
        if self.progress is None or not self.body or "evaluation" in self.progress.stage:
            return 0.0
        return min(1.0, self.progress.bytes_read / len(self.body))

    def cleaned(self) -> bytes:
        """The cleaned set as JSONL."""
        assert self.report is not None
        return b"".join(cleaned(_pieces(self.body), self.report))

    def wait(self, limit_s: float) -> None:
        """Wait for the end, for callers without a page to draw."""
        if self._thread is not None:
            self._thread.join(limit_s)

    def _run(self) -> None:
        with _ONE_AT_A_TIME:
            try:
                self.report = self._checked()
            except AdvisorError as error:
                self.failure = str(error)
            except MemoryError:
                self.failure = (
                    f"{self.name} takes more memory to check than this server has. Check it on a machine "
                    "of your own with `advisor dataset check`, or check a part of it."
                )

    def _checked(self) -> DatasetReport:
        held_back = None
        if self.evaluation_body:
            held_back = Source(self.evaluation_name, _pieces(self.evaluation_body))
        return check_dataset(
            Source(self.name, _pieces(self.body)),
            held_back,
            self.expectation,
            progress=self._tell,
            cancelled=self._cancel.is_set,
        )

    def _tell(self, now: Progress) -> None:
        self.progress = now


def last_job() -> DatasetJob | None:
    """The check of this session, if there was one."""
    return state.remembered(JOB_KEY, None)


def checked_variety() -> tuple[float | None, float | None]:
    """Variety of the answers people wrote and a model wrote in the set last checked; None where not known."""
    job = last_job()
    groups = {group.group: group.distinct for group in job.report.variety} if job and job.report else {}
    return groups.get(PEOPLE), groups.get(MODEL)


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _PIECE_BYTES] for start in range(0, len(body), _PIECE_BYTES))
