"""A rough guess of the language, by script and by small words. For shares over many rows, not for one row."""

from __future__ import annotations

import re

MIN_CHARACTERS = 40
"""Shorter texts are not guessed: language detectors misread them."""

_SCRIPTS = (
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Korean", re.compile(r"[\uac00-\ud7af]")),
    ("Chinese", re.compile(r"[\u4e00-\u9fff]")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]")),
    ("Hindi", re.compile(r"[\u0900-\u097f]")),
    ("Russian", re.compile(r"[\u0400-\u04ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]")),
)
_SMALL_WORDS = {
    "English": "the and of to is in that it for you was with this what how are can be from on your",
    "German": "der die das und ist nicht ich sie mit ein eine zu den auf wie für von kann wir bitte",
    "French": "le la les et est des une un pas que vous pour dans qui sur je avec ce votre nous",
    "Spanish": "el la los y es que de una un por para con como no se su del las usted está",
    "Italian": "il la che di e non un una per sono con come del della questo le si mi è gli",
    "Portuguese": "o a os que de um uma não para com como por se do da em você está mais são",
    "Dutch": "de het een en van is niet ik dat op te voor met zijn wat hoe aan je kan er",
    "Polish": "nie w jest się że jak co czy dla po ale o od jestem tak",
}
_WORD_SETS = {name: frozenset(text.split()) for name, text in _SMALL_WORDS.items()}
UNKNOWN = "not told"


def guess(text: str, text_words: list[str]) -> str:
    """Name of the language, or `UNKNOWN` for short or unclear text.

    Args:
        text: The text.
        text_words: Its words in lower case.
    """
    if len(text) < MIN_CHARACTERS:
        return UNKNOWN
    if not text.isascii():
        sample = text[:400]
        for name, script in _SCRIPTS:
            if len(script.findall(sample)) >= 0.2 * len(sample):
                return name
    sample_words = text_words[:120]
    hits = {name: sum(map(small.__contains__, sample_words)) for name, small in _WORD_SETS.items()}
    best, second = sorted(hits.values(), reverse=True)[:2]
    if best < 2 or best < 0.08 * len(sample_words) or best == second:
        return UNKNOWN
    return max(hits, key=lambda name: hits[name])
