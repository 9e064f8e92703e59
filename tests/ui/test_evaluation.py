"""Evaluation cases on the probe page: uploads are inert, what is not used is listed, the table comes back."""

from __future__ import annotations

import pytest

from advisor.case import Grader, ProbePlan, ProbePrompt
from advisor.host.shelf import presets
from advisor.probe.attachments import attachment
from advisor.ui.evaluation import graders_in
from advisor.ui.folder import Folder
from advisor.ui.probe_setup import LISTED
from tests.ui.test_pages import opened


def test_a_wrong_grader_is_said_in_words() -> None:
    """A line that is no grader, or one that cannot work, is refused before anything is asked."""
    assert graders_in("contains: Lima\n\nnot-regex: sorry") == (
        Grader(kind="contains", value="Lima"),
        Grader(kind="regex", value="sorry", negate=True),
    )
    with pytest.raises(ValueError, match="is no grader"):
        graders_in("poem: nice")
    with pytest.raises(ValueError, match="is no pattern"):
        graders_in("regex: (")


def test_an_image_becomes_part_of_a_prompt() -> None:
    """The kind of an upload follows its name; its bytes go as base64."""
    made = attachment("Photo.JPG", b"hi")

    assert (made.media_type, made.data) == ("image/jpeg", "aGk=")


@pytest.mark.parametrize("many", [1, 40])
def test_prompts_show_how_they_are_judged(many: int) -> None:
    """Hostile text in values and graders stands in the page as text; long lists end in the table."""
    hostile = "<script>alert(1)</script> $x$ ![i](http://127.0.0.1/x)"
    prompts = tuple(
        ProbePrompt(
            id=f"p{n}", text="{{v}}", vars={"v": hostile}, graders=(Grader(kind="contains", value=hostile),)
        )
        for n in range(many)
    )
    case = presets()[0].model_copy(update={"probe": ProbePlan(prompts=prompts)})
    app = opened(Folder(case=case), "probe")

    assert not app.exception
    assert sum(code.value == f"contains: {hostile}" for code in app.code) == min(many, LISTED)
    assert any("28 more prompts" in caption.value for caption in app.caption) == (many == 40)
