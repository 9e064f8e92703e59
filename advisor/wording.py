"""Numbers in words: the one place that turns a figure into text for people.

Every function takes the figure in its base unit (US dollars, seconds, tokens, a share 0..1) and says
the unit. None becomes "unknown"; a figure is never rounded to a zero it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from math import ceil, floor, log10

from advisor.interval import Interval

UNKNOWN_WORD = "unknown"

NARROW = 1.02
"""Ratio of an interval's ends up to which its middle alone is said."""

Number = Callable[[float], str]
"""A function of this module that puts one known figure into words."""


def number(value: float, digits: int = 3) -> str:
    """A figure without unit, to `digits` significant digits, thousands grouped, no trailing zeros."""
    if value == 0:
        return "0"
    places = max(0, digits - 1 - floor(log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def in_short(value: float) -> str:
    """A round number for an axis, where its noughts would not fit: 500, 20k, 1M, 3B."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{number(value / size)}{letter}"
    return number(value)


def in_powers(value: float) -> str:
    """A number too large for its noughts to be counted: 5.88×10²¹."""
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_RAISED)}"


def usd(value: float | None) -> str:
    """US dollars: whole from 1,000, cents from one up, below one significant digits and at least cents."""
    if value is None:
        return UNKNOWN_WORD
    if value == 0:
        return "$0"
    sign, size = ("-" if value < 0 else ""), abs(float(value))
    if size >= 999.5:
        return f"{sign}${size:,.0f}"
    if size >= 0.995:
        return f"{sign}${size:.0f}" if size.is_integer() else f"{sign}${size:.2f}"
    whole, _, cents = number(size).partition(".")
    return f"{sign}${whole}.{cents:0<2}"


def usd_factor(each: float, times: float) -> str:
    """US dollars with as many digits as its product with `times` needs to come out as `usd` prints it."""
    said, product = usd(each), usd(each * times)
    for digits in range(3, 13):
        whole, _, cents = number(each, digits).partition(".")
        said = f"${whole}.{cents:0<2}"
        if usd(float(said[1:].replace(",", "")) * times) == product:
            break
    return said


def seconds(value: float | None) -> str:
    """Seconds; minutes from two minutes up, hours from two hours up."""
    if value is None:
        return UNKNOWN_WORD
    if value < 120:
        return f"{number(value, 2 if value < 10 else 3)} s"
    if value < 7200:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{number(value / 3600, 2)} h"


def tokens(value: float | None) -> str:
    """A number of tokens, such as "128,000 tokens"."""
    return UNKNOWN_WORD if value is None else f"{_whole(value)} {'token' if value == 1 else 'tokens'}"


def tokens_per_second(value: float | None) -> str:
    """Output speed."""
    return UNKNOWN_WORD if value is None else f"{number(value)} tokens/s"


def percent(share: float | None) -> str:
    """A share 0..1 as a percentage; one decimal below 10 %, never rounded to 0 or 100 %."""
    if share is None:
        return UNKNOWN_WORD
    value = 100 * share
    if 0 < value < 0.1:
        return "under 0.1 %"
    if 99.5 <= value < 100:
        return "over 99 %"
    return f"{value:.0f} %" if value >= 9.95 or value == round(value) else f"{value:.1f} %"


def percents_apart(a: float, b: float) -> tuple[str, str]:
    """Two different shares as percentages, with as many decimals as it takes to tell them apart."""
    words = percent(a), percent(b)
    decimals = 1
    while words[0] == words[1] and decimals <= 3:
        words = f"{100 * a:.{decimals}f} %", f"{100 * b:.{decimals}f} %"
        decimals += 1
    return words


def probability(share: float) -> str:
    """A probability from draws: whole percent, and honest at both ends."""
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def index(value: float | None) -> str:
    """An estimate on the 0-100 index."""
    return UNKNOWN_WORD if value is None else f"{value:.0f} of 100"


def gigabytes(value: float | None) -> str:
    """GPU memory."""
    return UNKNOWN_WORD if value is None else f"{number(value)} GB"


def days(value: float | None) -> str:
    """A number of days; negative is in the past."""
    if value is None:
        return UNKNOWN_WORD
    return f"{_whole(abs(value))} days ago" if value < 0 else count(value, "day")


def yes_no(value: float | bool | None) -> str:
    """A yes/no fact: 1.0 and True are yes."""
    return UNKNOWN_WORD if value is None else ("yes" if value else "no")


def usd_per_month(value: float | None) -> str:
    """US dollars per month."""
    return UNKNOWN_WORD if value is None else f"{usd(value)} a month"


def points(value: float | None) -> str:
    """A score or contribution 0..1 as points out of 100."""
    return UNKNOWN_WORD if value is None else f"{100 * value:.1f} points"


def count(value: float, singular: str, plural: str | None = None) -> str:
    """A number of things: "1 offer", "3 offers"."""
    return f"{_whole(value)} {singular if value == 1 else plural or singular + 's'}"


def day(value: date | None) -> str:
    """A date such as "24 November 2026"."""
    return UNKNOWN_WORD if value is None else f"{value.day} {value:%B %Y}"


def interval(value: Interval | None, words: Number) -> str:
    """Bounds in words, "1.3 to 10 s"; one figure when both ends read the same."""
    if value is None:
        return UNKNOWN_WORD
    low, high = words(value.low), words(value.high)
    if low == high:
        return low
    unit = high[high.find(" ") :] if " " in high else ""
    return f"{low.removesuffix(unit)} to {high}"


def about(value: Interval | None, words: Number) -> str:
    """The middle with its bounds, "about $0.02 ($0.01 to $0.03)"; the bare figure when it is known.

    Bounds closer than `NARROW` are not written out: "about $302" says as much as anybody decides by.
    """
    if value is None:
        return UNKNOWN_WORD
    span, middle = interval(value, words), words(value.mid)
    if span == middle:
        return middle
    return f"about {middle}" if 0 < value.high <= NARROW * value.low else f"about {middle} ({span})"


def about_usd(value: Interval | None) -> str:
    """Dollars to three digits with bounds that hold, "about $302, between $301 and $304".

    For a glance: the lower bound is rounded down, the upper one up.
    """
    if value is None:
        return UNKNOWN_WORD
    low, mid, high = (_rough(value.low, floor), _rough(value.mid, round), _rough(value.high, ceil))
    return f"about {mid}" if value.known or low == high else f"about {mid}, between {low} and {high}"


def _rough(value: float, rounded: Callable[[float], int]) -> str:
    """Dollars to three significant digits, rounded by `rounded`."""
    if value == 0:
        return usd(0)
    unit = 10.0 ** (floor(log10(abs(value))) - 2)
    return usd(float(f"{rounded(round(value / unit, 6)) * unit:.3g}"))


def usd_interval(value: Interval | None) -> str:
    """Bounds in US dollars."""
    return interval(value, usd)


def seconds_interval(value: Interval | None) -> str:
    """Bounds in seconds."""
    return interval(value, seconds)


def tokens_interval(value: Interval | None) -> str:
    """Bounds in tokens."""
    return interval(value, tokens)


def percent_interval(value: Interval | None) -> str:
    """Bounds of a share."""
    return interval(value, percent)


def joined(items: Sequence[str], last: str = "and") -> str:
    """A list in words: "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def sentence(text: str) -> str:
    """Text with a capital first letter and a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def _whole(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else number(value)


UNITS: dict[str, Number] = {
    "USD": usd,
    "USD/month": usd_per_month,
    "s": seconds,
    "tokens": tokens,
    "tokens/s": tokens_per_second,
    "share": percent,
    "index": index,
    "GB": gigabytes,
    "days": days,
    "yes/no": yes_no,
}
"""Unit of a criterion or measurement -> the function that says a figure in it."""


def in_unit(value: float, unit: str) -> str:
    """A figure in words of its unit; the bare unit follows the number when it is not one of ours."""
    words = UNITS.get(unit)
    return words(value) if words else f"{number(value)} {unit}".strip()


def interval_in_unit(value: Interval | None, unit: str) -> str:
    """Bounds in words of their unit."""
    return interval(value, lambda figure: in_unit(figure, unit))


def within(value: float, low: float, high: float, unit: str) -> tuple[str, str]:
    """A figure and its bounds in words of their unit, with as many digits as tell the bounds apart.

    The bounds are one figure when none do; the figure has their digits, so that it lies between them.
    """
    if low != high and in_unit(low, unit) == in_unit(high, unit) and unit in _SPELLED:
        for digits in (3, 4):
            first, last = number(low, digits), number(high, digits)
            if first != last:
                spelled = _SPELLED[unit]
                return spelled(number(value, digits)), spelled(first, last)
    return in_unit(value, unit), interval_in_unit(Interval(low, (low + high) / 2, high), unit)


_SPELLED: dict[str, Callable[..., str]] = {
    "s": lambda *figures: f"{' to '.join(figures)} s",
    "tokens/s": lambda *figures: f"{' to '.join(figures)} tokens/s",
    "USD": lambda *figures: " to ".join(f"${figure}" for figure in figures),
}
"""Units whose figures are written with more digits where their bounds would read the same."""


def spreadsheet_cell(text: str) -> str:
    """A text that a spreadsheet shows: what it would run as a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What formulas begin with (OWASP, CSV injection)."""
