"""From a parsed row to an example: chat messages, conversations, contents, and pairs of columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

from advisor.dataset.rows import Example, Turn

PROMPT_KEYS = ("prompt", "instruction", "input", "question", "query", "user", "text", "source")
ANSWER_KEYS = ("completion", "output", "answer", "response", "assistant", "label", "target", "chosen")
LABEL_KEYS = (
    "task",
    "task_type",
    "topic",
    "category",
    "language",
    "split",
    "license",
    "licence",
    "source_id",
    "synthetic",
    "is_synthetic",
    "generated_by",
    "written_by",
)

_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "bot": "assistant",
}
_MESSAGE_KEYS = frozenset(
    ["role", "content", "name", "weight", "tool_calls", "tool_call_id", "function_call", "refusal"]
)
_ROW_KEYS = frozenset(["messages", "tools", "functions", "parallel_tool_calls"])
_KNOWN_ROLES = frozenset(["system", "user", "assistant", "tool", "function", "developer"])


class UnknownLayout(ValueError):
    """The row is valid, but its keys say neither what goes in nor what comes out."""


def example_of(row: int, value: object) -> Example:
    """One example of a parsed JSON value or CSV record.

    Raises:
        UnknownLayout: No known layout; the text says what would be understood.
    """
    if not isinstance(value, dict):
        raise UnknownLayout(f"is a {_kind(value)}, not an object with messages or columns")
    record = cast(dict[str, Any], value)
    if "messages" in record:
        return _chat(row, record)
    if "conversations" in record:
        return _conversations(row, record)
    if "contents" in record:
        return _contents(row, record)
    return _pair(row, record)


def _chat(row: int, record: Mapping[str, Any]) -> Example:
    problems: list[str] = []
    labels = _labels(record)
    if any(key not in _ROW_KEYS and key not in labels for key in record):
        problems.append("unknown_row_key")
    messages = record["messages"]
    if not isinstance(messages, list) or not messages:
        return Example(row, (), "chat", ("no_messages",), labels)
    turns: list[Turn] = []
    for message in cast(list[object], messages):
        if not isinstance(message, dict):
            problems.append("message_not_object")
            continue
        turns.append(_message(cast(dict[str, Any], message), problems))
    problems += _order_problems(turns)
    return Example(row, tuple(turns), "chat", tuple(dict.fromkeys(problems)), labels)


def _message(message: Mapping[str, Any], problems: list[str]) -> Turn:
    role, content = message.get("role"), message.get("content")
    if any(key not in _MESSAGE_KEYS for key in message):
        problems.append("unknown_message_key")
    if not isinstance(role, str) or role not in _KNOWN_ROLES:
        problems.append("unknown_role")
    if message.get("weight", 0) not in (0, 1):
        problems.append("bad_weight")
    calls_tool = "tool_calls" in message or "function_call" in message
    text = _content_text(content)
    if text is None:
        problems += [] if calls_tool and content is None else ["content_not_text"]
    elif not text.strip() and not calls_tool:
        problems.append("empty_message")
    role_word = "system" if role == "developer" else str(role)
    return Turn("tool" if role_word == "function" else role_word, text or "")


def _content_text(content: object) -> str | None:
    """The text of a message: a string, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [cast(dict[str, Any], part) for part in cast(list[object], content) if isinstance(part, dict)]
    texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return "\n".join(texts) if parts else None


def _order_problems(turns: Sequence[Turn]) -> list[str]:
    """What every provider agrees on: who speaks when."""
    problems: list[str] = []
    if not any(turn.role == "user" for turn in turns):
        problems.append("no_user")
    if not turns or turns[-1].role != "assistant":
        problems.append("last_not_assistant")
    if any(turn.role == "system" for turn in turns[1:]):
        problems.append("system_not_first")
    speakers = [turn.role for turn in turns if turn.role in ("user", "assistant")]
    if any(first == second for first, second in pairwise(speakers)):
        problems.append("not_alternating")
    return problems


def _conversations(row: int, record: Mapping[str, Any]) -> Example:
    """Turns with `from` and `value`, as ShareGPT exports have them."""
    raw = record["conversations"]
    if not isinstance(raw, list) or not raw:
        return Example(row, (), "conversations", ("no_messages",), _labels(record))
    turns: list[Turn] = []
    problems: list[str] = []
    for item in cast(list[object], raw):
        message = cast(dict[str, Any], item) if isinstance(item, dict) else {}
        role = str(message.get("from", message.get("role", "")))
        text = message.get("value", message.get("content"))
        turns.append(Turn(_ROLES.get(role, role), text if isinstance(text, str) else ""))
        if turns[-1].role not in _KNOWN_ROLES:
            problems.append("unknown_role")
        if not isinstance(text, str):
            problems.append("content_not_text")
        elif not text.strip():
            problems.append("empty_message")
    problems += _order_problems(turns)
    unique = tuple(dict.fromkeys(problems))
    return Example(row, tuple(turns), "conversations", unique, _labels(record))


def _contents(row: int, record: Mapping[str, Any]) -> Example:
    """Google's layout: `contents` of roles `user` and `model`, each with parts."""
    problems: list[str] = []
    turns: list[Turn] = []
    raw = record["contents"]
    system = record.get("systemInstruction") or record.get("system_instruction")
    if isinstance(system, dict):
        turns.append(Turn("system", _content_text(cast(dict[str, Any], system).get("parts")) or ""))
    for item in cast(list[object], raw) if isinstance(raw, list) else []:
        message = cast(dict[str, Any], item) if isinstance(item, dict) else {}
        text, role = _content_text(message.get("parts")), str(message.get("role", ""))
        if role not in ("user", "model"):
            problems.append("unknown_role")
        if text is None:
            problems.append("content_not_text")
        elif not text.strip():
            problems.append("empty_message")
        turns.append(Turn(_ROLES.get(role, role), text or ""))
    problems += _order_problems(turns) if turns else ["no_messages"]
    return Example(row, tuple(turns), "contents", tuple(dict.fromkeys(problems)), _labels(record))


def _pair(row: int, record: Mapping[str, Any]) -> Example:
    lowered = {str(key).strip().lower(): value for key, value in record.items()}
    ask = next((key for key in PROMPT_KEYS if key in lowered), None)
    reply = next((key for key in ANSWER_KEYS if key in lowered), None)
    if ask is None or reply is None:
        found = ", ".join(list(lowered)[:6]) or "nothing"
        raise UnknownLayout(
            f"has the keys {found}; expected messages, conversations, contents, or a pair such as "
            f"{PROMPT_KEYS[0]} and {ANSWER_KEYS[0]}"
        )
    prompt = _as_text(lowered[ask])
    if ask == "instruction" and _as_text(lowered.get("input")):
        prompt = f"{prompt}\n{_as_text(lowered['input'])}"
    turns = [Turn("user", prompt), Turn("assistant", _as_text(lowered[reply]))]
    if isinstance(lowered.get("system"), str) and lowered["system"]:
        turns.insert(0, Turn("system", lowered["system"]))
    problems = ["empty_message"] if any(not turn.text.strip() for turn in turns) else []
    return Example(row, tuple(turns), "pairs", tuple(problems), _labels(lowered))


def _labels(record: Mapping[str, Any]) -> dict[str, str]:
    """Short describing columns; a `source` column is text only in pairs."""
    return {key: str(record[key]) for key in LABEL_KEYS if isinstance(record.get(key), str | int)}


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def _kind(value: object) -> str:
    names = {"list": "list", "str": "text", "int": "number", "float": "number", "bool": "yes/no value"}
    return "null" if value is None else names.get(type(value).__name__, type(value).__name__)
