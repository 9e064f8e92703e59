"""A record whose every free text is hostile."""

from __future__ import annotations

from datetime import date

from advisor.case import Case
from advisor.catalog.files import load_catalog
from advisor.decide.decide import decide
from advisor.record.record import Record, make_record

DAY = date(2026, 11, 22)
HOSTILE = (
    "<img src=x onerror='window.harmed=1'><script>window.harmed=1</script>'; DROP TABLE share;-- {{7*7}} "
    "=cmd|'/c' ![x](http://evil.example/x.png) [l](javascript:window.harmed=1) #read(\"/etc/passwd\") "
    "$\\sum$ :red[x] | `a` \u202e"
)


def hostile_record() -> Record:
    """The record, over the shipped catalog."""
    case = Case(name=HOSTILE[:100], purpose=HOSTILE, deciders=(HOSTILE[:100],))
    catalog = load_catalog(today=DAY)
    decision = decide(case, catalog, DAY, draws=50)
    return make_record(case, decision, catalog, app_version="test", created=DAY)
