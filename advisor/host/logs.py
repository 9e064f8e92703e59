"""Structured logs: with `ADVISOR_LOG=json` every line a process writes to its log is one JSON object.

    {"at": "2026-11-24T07:00:00.123Z", "level": "error", "logger": "…", "process": "web", "message": "…",
     "error": "traceback"}

Keys, passwords and the ids of drafts and links are taken out of every line, whoever wrote it: values of
this process's secret variables literally, others by their look. What a library prints past the logging
module becomes a line of its own, so a collector never meets anything but JSON.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TextIO, cast

from advisor.probe.redaction import without_keys

_SECRET_NAME = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS|_URL)$")
_SHORTEST = 8
"""Shorter values of secret variables (such as `true`) would blot out ordinary words."""
_IDS = re.compile(r"(?<=[?&\s])((?:d|s|decision|run)=)[A-Za-z0-9_-]{16,}")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^\s:/@]*):[^\s@/]+(?=@)")
_OURS = '{"at": '


def secrets_of(environment: Mapping[str, str]) -> frozenset[str]:
    """Values that must not appear in a log: those of variables that look secret."""
    values = {value for name, value in environment.items() if _SECRET_NAME.search(name)}
    passwords = {found[1] for value in values for found in re.finditer(r"://[^\s:/@]*:([^\s@/]+)@", value)}
    return frozenset(value for value in values | passwords if len(value) >= _SHORTEST)


def scrubbed(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without keys, passwords in addresses, and ids of drafts and links."""
    clean = without_keys(text, secrets)
    return _IDS.sub(r"\1[id]", _PASSWORD_IN_URL.sub(r"\1:[password]", clean))


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON.

    Args:
        process: What kind of process this is, such as `web`.
        secrets: Values that must not appear.
    """

    def __init__(self, process: str, secrets: Iterable[str]) -> None:
        super().__init__()
        self._process = process
        self._secrets = frozenset(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        error = self.formatException(record.exc_info) if record.exc_info else None
        return self.line(record.levelname.lower(), record.name, record.getMessage(), error)

    def line(self, level: str, logger: str, message: str, error: str | None = None) -> str:
        """One JSON object; keys always stand in this order."""
        fields = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "logger": logger,
            "process": self._process,
            "message": scrubbed(message, self._secrets),
        }
        if error:
            fields["error"] = scrubbed(error, self._secrets)
        return json.dumps(fields, ensure_ascii=True)


class JsonLines:
    """Stands in for a process's standard error: lines that are no JSON of ours become it.

    Args:
        stream: Where lines go.
        formatter: Makes them.
    """

    def __init__(self, stream: TextIO, formatter: JsonFormatter) -> None:
        self._stream = stream
        self._formatter = formatter
        self._rest = ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Take text; whole lines are passed on."""
        with self._lock:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in lines:
                if line.strip():
                    ours = line.startswith(_OURS)
                    self._stream.write(
                        (line if ours else self._formatter.line("info", "stderr", line)) + "\n"
                    )
            self._stream.flush()
        return len(text)

    def flush(self) -> None:
        """Pass everything on that is a whole line; the rest waits for its end."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Never: no colours."""
        return False

    def fileno(self) -> int:
        """The file below, for who needs one."""
        return self._stream.fileno()


def start_logging(process: str, environment: Mapping[str, str]) -> None:
    """Write JSON from now on, if `ADVISOR_LOG` says so; call it before anything logs."""
    if environment.get("ADVISOR_LOG") != "json" or isinstance(sys.stderr, JsonLines):
        return
    formatter = JsonFormatter(process, secrets_of(environment))
    # It has what writers of text use.
    sys.stderr = cast(TextIO, JsonLines(sys.stderr, formatter))
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.handlers = [logging.StreamHandler(sys.stderr)]
    root.setLevel(logging.WARNING)
    for handler in _handlers():
        handler.setStream(sys.stderr)
        handler.setFormatter(formatter)


def _handlers() -> list[logging.StreamHandler[TextIO]]:
    """Handlers made so far that write to a terminal's stream, of every logger."""
    known = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    return [
        handler
        for logger in known
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)
    ]
