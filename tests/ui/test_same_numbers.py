"""The app and the command line say the same."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from advisor.cli.commands import cli
from advisor.decide.intake import dump_case
from advisor.host.shelf import preset
from advisor.ui.loaded import decision_of, today


def test_the_result_page_and_the_command_line_decide_alike(tmp_path: Path) -> None:
    """The example case of the README has the same headline, scores and costs in the app and in `decide`."""
    path = tmp_path / "case.yaml"
    path.write_text(dump_case(preset("support_chatbot"), "yaml"), encoding="utf-8")
    printed = CliRunner().invoke(cli, ["decide", str(path), "--json", "--date", today().isoformat()])
    told = json.loads(printed.stdout)

    shown = decision_of(preset("support_chatbot"))

    assert told["headline"] == shown.headline
    assert [(row["offer"]["id"], row["score"]["mid"]) for row in told["ranking"]] == [
        (row.id, row.score.mid) for row in shown.ranking
    ]
    assert told["ranking"][0]["usd_per_month"]["mid"] == shown.ranking[0].usd_per_month.mid  # type: ignore[union-attr]  # the leader has a price
