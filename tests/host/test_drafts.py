"""Drafts in the store."""

from __future__ import annotations

from pathlib import Path

from advisor.host.drafts import Drafts
from advisor.host.store import open_store


def test_a_draft_is_found_again_by_its_id_alone(tmp_path: Path) -> None:
    """Another process that opens the same store finds the newest body."""
    drafts = Drafts(open_store(tmp_path))
    draft = drafts.create("one")
    drafts.save(draft, "two")
    found = Drafts(open_store(tmp_path)).load(draft.id)

    assert found is not None
    assert (found.body, found.revision) == ("two", 2)


def test_ids_cannot_be_guessed(tmp_path: Path) -> None:
    """Ids are 22 characters of 128 random bits; anything else is no id."""
    drafts = Drafts(open_store(tmp_path))
    ids = {drafts.create("x").id for _ in range(50)}

    assert len(ids) == 50
    assert {len(one) for one in ids} == {22}
    assert drafts.load("' OR 1=1 --") is None


def test_a_stale_revision_keeps_nothing(tmp_path: Path) -> None:
    """Saving on top of a revision someone else replaced changes nothing and says so."""
    drafts = Drafts(open_store(tmp_path))
    seen = drafts.create("one")
    drafts.save(seen, "theirs")

    assert drafts.save(seen, "mine") is None
    found = drafts.load(seen.id)
    assert found is not None
    assert found.body == "theirs"


def test_a_draft_opens_to_its_owner_and_to_the_team_it_was_opened_to(tmp_path: Path) -> None:
    """The id alone opens nothing of somebody who signs in; the owner can let the team in and out again."""
    drafts = Drafts(open_store(tmp_path))
    hers = drafts.create("one", "ada@example.org")

    assert [hers.opens_to(name) for name in ("ada@example.org", "bob@example.org", None)] == [
        True,
        False,
        True,
    ]
    assert drafts.save(hers, "his", "bob@example.org") is None
    shared = drafts.open_to_team(hers, True)
    changed = drafts.save(shared, "theirs", "bob@example.org")
    assert changed is not None
    assert (changed.owner, changed.team, changed.revision) == ("ada@example.org", True, 2)
    drafts.open_to_team(changed, False)
    assert drafts.save(changed, "late", "bob@example.org") is None
    assert drafts.create("anybody's").opens_to("bob@example.org")
