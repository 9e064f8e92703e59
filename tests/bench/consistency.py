"""How long 10,000 replies take to score, and whether the intervals cover the truth of simulated models."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator

from advisor.case import ProbePrompt
from advisor.probe.agreement_document import consistency_document, consistency_of
from advisor.probe.consistency import agree_at, majority
from advisor.probe.equality import judge_texts
from advisor.probe.practice import PRACTICE_MODELS, PracticeModel, possible_answers
from advisor.probe.reply_file import read_replies
from advisor.probe.statistics import Bounds, prompts_interval
from tests.bench.rows import Row

REPLIES, PROBES = 10_000, 1_000
_VOCABULARY = [f"word{chr(97 + a)}{chr(97 + b)}" for a in range(26) for b in range(16)]


def run() -> list[Row]:
    """Score 10,000 replies of mixed kinds, then probe the practice models 1,000 times each."""
    return [_speed("mixed kinds", _mixed), _speed("all free text", _free), *_coverage()]


def _speed(kind: str, lines: Callable[[], list[bytes]]) -> Row:
    body = lines()
    begin, busy = time.perf_counter(), time.process_time()
    document = json.dumps(consistency_document(consistency_of(read_replies(body, "bench"), "bench")))
    spent_s = time.perf_counter() - begin
    processor_s = time.process_time() - busy
    note = f"read, judged, compared ({len(document) / 1e6:.0f} MB); {processor_s:.2f} s of processor"
    return Row(f"scoring {REPLIES:,} replies, {kind}", spent_s, "s", note=note)


def _mixed() -> list[bytes]:
    """Five models, 400 prompts of six kinds, five replies each; 20 questions in four wordings."""
    dice = random.Random(5)
    kinds = ("choice", "number", "json", "short", "code", "free")
    return [
        _line(f"m{model}", prompt, kinds[prompt % len(kinds)], dice)
        for model in range(5)
        for prompt in range(400)
    ]


def _line(model: str, prompt: int, kind: str, dice: random.Random) -> bytes:
    line = {
        "prompt": f"p{prompt}",
        "model": model,
        "answer_type": kind,
        "options": ["red", "green"] if kind == "choice" else [],
        "replies": [_reply(kind, dice) for _ in range(5)],
        "expected": _reply(kind, random.Random(prompt)),
    }
    # Every sixth prompt is of one kind: four of them make a question in four wordings.
    if prompt % 6 == 0 and prompt < 480 and prompt % 24:
        line["rewords"] = f"p{prompt - prompt % 24}"
    return json.dumps(line).encode()


def _reply(kind: str, dice: random.Random) -> str:
    word, lead = dice.choice(("red", "green")), " ".join(dice.choices(_VOCABULARY, k=30))
    shapes = {
        "number": f"{lead}. The answer is {dice.choice((7, 7, 7, 8))},000.5 euros",
        "json": json.dumps({"colour": word, "note": [1, 2.0, word]}),
        "code": f"```python\ndef colour():\n    return {word!r}  # {lead}\n```",
        "short": f"{word}.",
        "free": " ".join(dice.choices(_VOCABULARY, k=40)),
    }
    return shapes.get(kind, f"{lead}\nIt is {word}.")


def _free() -> list[bytes]:
    """One model, 100 prompts, 100 different replies of 40 words each: the slowest kind."""
    dice = random.Random(6)
    replies = ([_reply("free", dice) for _ in range(100)] for _ in range(100))
    return [
        json.dumps({"prompt": f"p{n}", "model": "m", "replies": each}).encode()
        for n, each in enumerate(replies)
    ]


def _coverage() -> Iterator[Row]:
    for prompts, samples in ((10, 3), (30, 5)):
        for model in PRACTICE_MODELS.values():
            covered = sum(covers(model, prompts, samples, seed) for seed in range(PROBES))
            what = f"agree@2 interval covers the truth, {model.label}, {prompts} prompts x {samples}"
            yield Row(
                what, 100 * covered / PROBES, "%", note=f"{PROBES:,} simulated probes; at least 93 wanted"
            )
    for model in PRACTICE_MODELS.values():
        both = [covers_share(model, 30, seed) for seed in range(PROBES)]
        for at, (name, note) in enumerate(
            (("exact", "reported; at least 93 wanted"), ("Wilson", "for comparison"))
        ):
            what = f"{name} interval covers the share of the most common answer, {model.label}, 1 prompt x 30"
            covered = sum(each[at] for each in both)
            yield Row(what, 100 * covered / PROBES, "%", note=f"{PROBES:,} simulated probes; {note}")


def covers(model: PracticeModel, prompts: int, samples: int, seed: int) -> bool:
    """Whether the interval of one simulated probe holds the model's true agreement."""
    values = [agree_at(_keys(model, samples, seed * 1_000 + number)) for number in range(prompts)]
    bounds = prompts_interval([value for value in values if value is not None])
    return _holds(bounds, model.agreement)


def covers_share(model: PracticeModel, samples: int, seed: int) -> tuple[bool, bool]:
    """Whether the exact and Wilson's interval of the seen majority answer hold that answer's own true share.

    Where several tie, they must hold for each of them.
    """
    drawn = _drawn(model, samples, seed)
    leaders = majority(drawn)
    assert leaders is not None
    truths = [model.shares[int(str(key))] for key in leaders.keys]
    exact, plain = (all(_holds(each, one) for one in truths) for each in (leaders.exact, leaders.bounds))
    return exact, plain


def _drawn(model: PracticeModel, samples: int, seed: int) -> list[str]:
    """Which of its answers a model draws, by their places."""
    places = [str(place) for place in range(len(model.shares))]
    return random.Random(seed).choices(places, weights=model.shares, k=samples)


def _holds(bounds: Bounds | None, truth: float) -> bool:
    return bounds is not None and bounds.low - 1e-9 <= truth <= bounds.high + 1e-9


def _keys(model: PracticeModel, samples: int, seed: int) -> list[object]:
    """Answers as the practice endpoint draws and words them, judged as a probe judges them."""
    prompt = ProbePrompt(id="p", text="Where?", expected="Paris", answer_type="short")
    answers = possible_answers(prompt, len(model.shares))
    drawn = random.Random(seed).choices(answers, weights=model.shares, k=samples)
    return [one.key for one in judge_texts([f"{model.lead} {answer}" for answer in drawn], prompt)]
