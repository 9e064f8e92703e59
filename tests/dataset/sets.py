"""Data sets made for the tests: a clean one, and the same with every kind of fault planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

Row = dict[str, Any]

_THINGS = """account address adapter alarm archive assistant attachment backup balance battery billing booking
browser button cable calendar camera cancellation carrier charge charger checkout claim cloud code colour
company confirmation contact contract copy counter coupon courier credit currency customer dashboard database
deadline delivery department deposit device discount display document download driver email employee engine
entry error exchange export extension failure feature fee field file filter folder form format gateway group
guarantee handset hardware headset history hotline identity import invoice item keyboard label language laptop
ledger licence limit link list location lock login machine mailbox manager manual meeting member memory menu
message meter modem module monitor monthly network notice number offer office operator option order outage
package page panel parcel partner password payment permission phone plan platform policy portal postage power
premium price printer priority process product profile project provider purchase quality quantity query queue
quota quote rate receipt record refund region reminder renewal rental repair report request reservation reset
return review router rule sale schedule screen search seat section seller sensor server service session
setting shelf shipment shop signal signature site socket software speaker staff stock storage store street
student subject subscription supplier support switch system tablet tariff task tax team template terminal
ticket token tool tracking trade transfer trial update upgrade usage user vendor version visit voucher wallet
warehouse warranty website window workflow"""
_DEEDS = """change check close collect connect correct create delete deliver disable enable extend find fix
keep load move open order pay print receive register renew replace report restore return send set share show
sort start stop store submit test track transfer unlock update upload verify withdraw"""
_WORDS, _VERBS = _THINGS.split(), _DEEDS.split()


def text(random: Random, length: int) -> str:
    """A sentence of shop words with some verbs between, never twice the same."""
    parts = [random.choice(_VERBS) if place % 4 == 2 else random.choice(_WORDS) for place in range(length)]
    return " ".join(parts)


def chat(question: str, answer: str, system: str | None = "You help customers of a web shop.") -> Row:
    """One chat row."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    if system is not None:
        messages.insert(0, {"role": "system", "content": system})
    return {"messages": messages}


def clean_rows(count: int, seed: int = 7) -> list[Row]:
    """Varied rows without any fault, some typed carelessly as people do."""
    random = Random(seed)
    rows: list[Row] = []
    for index in range(count):
        question = f"How do I {text(random, random.randint(9, 26))}"
        question = question.lower() if index % 9 == 0 else question + "?"
        if index % 11 == 0:
            question = f"pls help, the {text(random, 12)} dont work"
        answer = f"To {text(random, random.randint(12, 40))}. Then {text(random, random.randint(8, 20))}."
        rows.append(chat(question, answer))
    return rows


def as_jsonl(rows: list[Row | str]) -> bytes:
    """Rows as JSONL; a string is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def pieces(body: bytes, size: int = 4096) -> Iterator[bytes]:
    """A file as an upload brings it."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def nearly(sentence: str, random: Random) -> str:
    """The sentence with one word in thirty replaced."""
    words = sentence.split()
    for place in range(0, len(words), 30):
        words[min(place + 7, len(words) - 1)] = random.choice(_WORDS) + "x"
    return " ".join(words)
