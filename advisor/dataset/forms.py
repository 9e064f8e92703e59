"""What kind of thing a prompt asks and an answer is, by simple rules. For shares over many rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import StrEnum


class Form(StrEnum):
    """The form of an answer."""

    JSON = "JSON"
    CODE = "code"
    TABLE = "table"
    LIST = "list"
    LABEL = "label"
    SENTENCES = "sentences"
    LONG_TEXT = "long text"
    EMPTY = "empty"


_LIST = re.compile(r"(?m)^\s*(?:[-*•]|\d{1,2}[.)])\s+\S")
_CODE = re.compile(r"```|(?m:^\s*(?:def |class |import |function |#include|SELECT ))")


def answer_form(answer: str) -> Form:
    """The form of one answer."""
    text = answer.strip()
    if not text:
        return Form.EMPTY
    for form, fits in _SHAPED:
        if fits(text):
            return form
    word_count = len(text.split())
    if word_count <= 4 and len(text) <= 60 and text[-1] not in ".!?":
        return Form.LABEL
    return Form.SENTENCES if word_count <= 120 else Form.LONG_TEXT


def _is_json(text: str) -> bool:
    if text[0] not in "{[" or text[-1] not in "}]":
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_SHAPED: tuple[tuple[Form, Callable[[str], bool]], ...] = (
    (Form.JSON, _is_json),
    (Form.CODE, lambda text: _CODE.search(text) is not None),
    (Form.TABLE, lambda text: text.startswith("|") and text.count("\n|") >= 2),
    (Form.LIST, lambda text: len(_LIST.findall(text)) >= 2),
)

_TASKS = (
    ("summarise", r"summar(?:y|ise|ize|ies)|tl;?dr|key points|in short"),
    ("translate", r"translat(?:e|ion)|into (?:english|german|french|spanish|italian|dutch|polish)"),
    ("classify", r"classif(?:y|ication)|categor(?:y|ise|ize)|sentiment|label|which of the following|spam"),
    ("extract", r"extract|find all|pull out|identify (?:all|the)|list (?:all|the) (?:names|dates|entities)"),
    ("code", r"```|\b(?:python|javascript|sql|function|regex|bug|stack ?trace|unit test)\b"),
    ("rewrite", r"rewrite|rephrase|paraphrase|proofread|correct the|improve the|shorten"),
    ("calculate", r"calculat|how many|how much|\d+\s*[+*/x]\s*\d+|percent(?:age)? of|solve"),
    ("write", r"\b(?:write|draft|compose|generate|create)\b"),
    ("advise", r"should i|recommend|suggest|advice|best way"),
    ("explain", r"\b(?:explain|why|describe|what does|difference between|compare)\b"),
)
_TASK_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _TASKS)
_ASKING = "what how why when where who which can could do does is are should will would"
_QUESTION_WORDS = frozenset(_ASKING.split())


def task_type(prompt: str) -> str:
    """What the prompt asks for, by its words; `answer a question` or `other` when no word tells."""
    head = prompt[:400].lower()
    for name, pattern in _TASK_PATTERNS:
        if pattern.search(head):
            return name
    return "answer a question" if "?" in head else "other"


def instruction_form(question: str, turns: int) -> str:
    """How the user puts it."""
    if turns > 3:
        return "conversation"
    text = question.strip()
    first = text.split(maxsplit=1)[0].lower() if text else ""
    if text.endswith("?") or first in _QUESTION_WORDS:
        return "question"
    return "long brief" if len(text) > 800 else "instruction"


_MISTYPED = """teh recieve definately seperate occured untill wich thier adress becuase beleive goverment
    acheive accross arguement calender cemetary concious embarass enviroment existance foward freind
    happend immediatly independant knowlege liason neccessary noticable occassion occurence payed
    persistant posession prefered publically realy refered remeber resistence rythm sence succesful
    suprise tommorow tommorrow truely unfortunatly usefull wierd writting pls plz thx u ur im dont cant
    doesnt wont didnt isnt whats hte adn taht nto wiht"""
_TYPOS = frozenset(_MISTYPED.split())


def input_style(question: str, question_words: list[str]) -> str:
    """How carefully the user types."""
    if sum(map(_TYPOS.__contains__, question_words)) >= max(1, len(question_words) // 40):
        return "with typos or shorthand"
    if len(question) >= 15 and question.isupper():
        return "all capitals"
    if len(question) >= 15 and question.islower():
        return "all lower case"
    if len(question_words) >= 6 and not re.search(r"[.,;:!?]", question):
        return "no punctuation"
    return "clean"


_REFUSAL = re.compile(
    r"(?i)^\W*(?:"
    r"(?:i['’]?m (?:sorry|afraid)|i am (?:sorry|afraid)|sorry|as an? (?:ai|(?:large )?language model))"
    r"[^.!?]{0,120}"
    r"\b(?:can ?not|can['’]?t|unable|not able|not allowed|won['’]?t|don['’]t)\b"
    r"|i (?:can ?not|can['’]t|won['’]t|am unable to|['’]m unable to) "
    r"(?:assist|help|comply|provide|answer|discuss|fulfil|support|do that))"
)


def is_refusal(answer: str) -> bool:
    """Whether an answer declines to answer."""
    return bool(_REFUSAL.match(answer[:300]))


_BOILERPLATE = ("as an ai model", "as an ai language model", "knowledge cutoff", "knowledge cut-off")


def is_boilerplate(answer: str) -> bool:
    """Whether an answer carries phrases that another model left behind."""
    lowered = answer.lower()
    return any(phrase in lowered for phrase in _BOILERPLATE)
