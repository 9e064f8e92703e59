"""What each provider demands of a chat-format training file. Checked against the row's problems and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from advisor.dataset.findings import Severity

PROBLEM_WORDS: dict[str, str] = {
    "no_messages": "has no messages",
    "message_not_object": "has a message that is not an object",
    "unknown_role": "has a role nobody knows",
    "content_not_text": "has a message whose content is not text",
    "empty_message": "has an empty message",
    "unknown_message_key": "has a message with an unknown key",
    "unknown_row_key": "has an unknown key beside the messages",
    "bad_weight": "has a weight that is neither 0 nor 1",
    "no_user": "has no user message",
    "last_not_assistant": "does not end with the assistant",
    "system_not_first": "has a system message that is not the first",
    "not_alternating": "has two messages of the same speaker in a row",
    "wrong_layout": "is in a layout this provider does not take",
}
"""Problem key -> what it says about a row."""

_ALWAYS = frozenset(
    [
        "no_messages",
        "message_not_object",
        "unknown_role",
        "content_not_text",
        "empty_message",
        "no_user",
        "last_not_assistant",
    ]
)


@dataclass(frozen=True, slots=True)
class ChatRules:
    """One provider's rules for a tuning file."""

    key: str
    name: str
    layouts: frozenset[str]
    refused: frozenset[str]
    """Problems this provider refuses a file for; the others are warnings."""
    min_rows: int
    max_rows: int | None
    max_tokens_per_row: int | None
    max_evaluation_rows: int | None
    source: str
    as_of: date
    note: str = ""

    def severity(self, problem: str) -> Severity:
        """How much a problem matters here."""
        return Severity.ERROR if problem in self.refused else Severity.WARNING


_CHAT, _PAIRS, _CONTENTS = frozenset(["chat"]), frozenset(["chat", "pairs"]), frozenset(["contents"])
_READ = date(2026, 11, 22)

RULES: dict[str, ChatRules] = {
    rules.key: rules
    for rules in (
        ChatRules(
            key="own",
            name="Own training",
            layouts=frozenset(["chat", "conversations", "contents", "pairs"]),
            refused=_ALWAYS,
            min_rows=1,
            max_rows=None,
            max_tokens_per_row=None,
            max_evaluation_rows=None,
            source="what every trainer needs",
            as_of=_READ,
        ),
        ChatRules(
            key="openai",
            name="OpenAI",
            layouts=_CHAT,
            refused=_ALWAYS | {"unknown_message_key", "unknown_row_key", "bad_weight"},
            min_rows=10,
            max_rows=None,
            max_tokens_per_row=None,
            max_evaluation_rows=None,
            source="developers.openai.com, supervised fine-tuning guide; OpenAI cookbook, chat format checks",
            as_of=_READ,
            note="closed to newcomers since 2026-05-07",
        ),
        ChatRules(
            key="together",
            name="Together",
            layouts=_PAIRS,
            refused=_ALWAYS | {"system_not_first", "not_alternating", "unknown_row_key"},
            min_rows=1,
            max_rows=None,
            max_tokens_per_row=None,
            max_evaluation_rows=None,
            source="docs.together.ai, data preparation",
            as_of=_READ,
        ),
        ChatRules(
            key="fireworks",
            name="Fireworks",
            layouts=_CHAT,
            refused=_ALWAYS | {"system_not_first", "bad_weight"},
            min_rows=3,
            max_rows=3_000_000,
            max_tokens_per_row=None,
            max_evaluation_rows=None,
            source="docs.fireworks.ai, supervised fine-tuning",
            as_of=_READ,
        ),
        ChatRules(
            key="vertex",
            name="Google Vertex AI",
            layouts=_CONTENTS,
            refused=_ALWAYS,
            min_rows=1,
            max_rows=1_000_000,
            max_tokens_per_row=131_072,
            max_evaluation_rows=5_000,
            source="docs.cloud.google.com, Gemini supervised tuning",
            as_of=_READ,
            note="100 rows are advised as a start",
        ),
    )
}
"""Provider key -> its rules."""
