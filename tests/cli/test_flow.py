"""`loanloom flow` at the prompt: a flow goes out as BPMN and comes back, a drawing of another tool comes in."""
# ruff: noqa: E501 - texts of files read better in one line

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result
from tests.engines.flows.bpmn.files import file, flow

from loanloom.cli.flow import flow as command

ROOT = Path(__file__).parents[2]


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_a_flow_goes_out_and_comes_back_letter_by_letter(tmp_path: Path) -> None:
    out = called("export", "business-approval", "--project", ROOT, "--language", "zh")
    assert out.exit_code == 0, out.output
    assert '<userTask id="risk_review" name="风险审查">' in out.stdout
    kept = tmp_path / "flow.bpmn"
    kept.write_text(out.stdout, "utf-8")
    back = called("import", kept, "--project", ROOT)
    assert (back.exit_code, back.stderr) == (0, "")
    assert back.stdout == (ROOT / "metadata/flows/business-approval.yaml").read_text("utf-8")


def test_a_flow_that_is_not_there_is_said_with_those_that_are() -> None:
    out = called("export", "nothing", "--project", ROOT, "--language", "en")
    assert out.exit_code == 1
    assert "There is no flow nothing. There are: business-approval, " in out.output


def test_what_was_not_understood_is_said_with_file_and_line(tmp_path: Path) -> None:
    kept = tmp_path / "theirs.bpmn"
    kept.write_text(
        file(
            '<bpmn:laneSet id="l"><bpmn:lane id="a" name="风险审查岗"><bpmn:flowNodeRef>look</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>\n'
            '<bpmn:startEvent id="begin"/><bpmn:userTask id="look"/>\n<bpmn:userTask id="other"/><bpmn:endEvent id="done" name="通过"/>'
            + flow("x", "begin", "look") + flow("y", "look", "other") + flow("z", "other", "done")
        ), "utf-8",
    )  # fmt: skip
    back = called("import", kept, "--key", "their-flow", "--project", ROOT, "--language", "zh")
    assert back.exit_code == 0, back.output
    assert "key: their-flow\n" in back.stdout
    assert "outcome: approved" in back.stdout
    assert f"{kept}:6: bpmn.nobody: <userTask>“other”未说明由谁办理。请指定承办人。" in back.stderr.replace("。 ", "。")
    assert "有 2 处需要确认。" in back.stderr


def test_a_file_of_which_nothing_can_be_made_fails(tmp_path: Path) -> None:
    kept = tmp_path / "broken.bpmn"
    kept.write_text("<definitions>")
    back = called("import", kept, "--language", "en")
    assert (back.exit_code, back.stdout) == (1, "")
    assert "not well-formed" in back.stderr
