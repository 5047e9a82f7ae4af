"""The command lint: what a rule misses, what it wakes somebody for, and why."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import task_state_change
from rows import each

DEFAULT = FailurePolicy().event_pattern().to_json()
STARTS = json.dumps(
    {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"lastStatus": ["STOPPED"], "stopCode": ["TaskFailedToStart"]},
    }
)
REFUSED = '{"source": "aws.ecs"}'
DEEP = "[" * 100_000


@each(
    ("arguments", "status"),
    [
        pytest.param([DEFAULT], 0, id="nothing-missed"),
        pytest.param([STARTS], 1, id="failures-missed"),
        pytest.param(["--allow-missing", STARTS], 0, id="failures-missed-on-purpose"),
        pytest.param(["--allow-missing", REFUSED], 1, id="refused"),
        pytest.param([DEFAULT, STARTS], 1, id="one-of-two"),
        pytest.param(['{"source": ["aws.batch"]}'], 0, id="about-other-events"),
        pytest.param([""], 2, id="empty"),
        pytest.param(["no-such-file.json"], 2, id="no-file"),
    ],
)
def test_the_exit_status_tells_whether_failures_are_missed(
    arguments: list[str], status: int
) -> None:
    """Errors stay errors whatever may be missed."""
    assert main(["lint", *arguments]) == status


def test_the_table_stands_before_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    """First what happens, then why."""
    main(["lint", STARTS])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "the pattern:"
    assert lines[1].startswith("  catches    9 of ")
    assert lines[2].startswith("  misses     crashes with an exit code")
    assert lines[-1].startswith("  info: ")


@each(
    "pattern",
    [
        {"source": ["x" * 100_000]},
        {"detail": {"stopCode": [{"x" * 100_000: "Task"}]}},
        {"detail": {"stopCode": [{"prefix": "x" * 100_000}]}},
        {"x" * 100_000: "x" * 100_000},
        {"detail": {"x\n\x1b[2J\u202e\ud800": "y\n"}},
    ],
    ids=lambda pattern: str(pattern)[:40],
)
def test_what_a_finding_quotes_is_short_and_printable(
    pattern: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["lint", json.dumps({"detail-type": ["ECS Task State Change"], **pattern})])
    output = capsys.readouterr().out
    assert all(len(line) <= 2_002 and line.isprintable() for line in output.splitlines())


def test_a_pattern_that_misses_failures_is_not_called_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not even where each of its conditions makes sense."""
    types = ["ECS Deployment State Change"]
    pattern = {"source": ["aws.ecs"], "detail-type": types, "detail": {"eventType": ["INFO"]}}
    assert main(["lint", json.dumps(pattern)]) == 1
    said = capsys.readouterr().out
    assert "misses" in said
    assert "nothing is wrong" not in said


def test_a_pattern_without_faults_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The table stands there all the same."""
    main(["lint", DEFAULT])
    assert capsys.readouterr().out.endswith("\n  nothing is wrong with it\n")


def test_a_pattern_that_eventbridge_refuses_has_no_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """There is no rule that could miss anything; its faults are told."""
    main(["lint", REFUSED])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  EventBridge refuses this pattern, so there is no rule"
    assert lines[2].endswith("[malformed]")


def test_json_has_an_object_a_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """Tools get the coverage and the findings."""
    main(["lint", "--format", "json", STARTS, REFUSED])
    starts, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert starts["coverage"]["caught"] == 9
    assert starts["findings"][0]["code"] == "misses-crashes"
    assert refused["coverage"] is None
    assert refused["findings"][0]["path"] == "source"


def test_a_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Hooks give many files at once."""
    (file := tmp_path / "rule.json").write_text(DEFAULT, "utf-8")
    assert main(["lint", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{file}:\n")


TERRAFORM = """\
resource "aws_cloudwatch_event_rule" "starts" {
  event_pattern = jsonencode({
    source        = ["aws.ecs"]
    "detail-type" = ["ECS Task State Change"]
    detail = {
      lastStatus = ["STOPPED"]
      stopCode   = ["TaskFailedToStart"]
      clusterArn = [aws_ecs_cluster.main.arn]
      group      = ["service:${var.service}"]
      version    = [{ numeric = [">", 1] }]
      startedBy  = [var.starter]
    }
  })
}

resource "aws_cloudwatch_event_rule" "stops" {
  event_pattern = <<-EOF
    {"source": ["aws.ecs"], "detail": {"lastStatus": ["stopped"], "clusterArn": ["${a.arn}"]}}
  EOF
}

resource "aws_cloudwatch_event_rule" "quoted" {
  event_pattern = "{\\"source\\": [\\"aws.batch\\"]}"
}

resource "aws_cloudwatch_event_rule" "hourly" {
  schedule_expression = "rate(1 hour)"
}

resource "aws_sns_topic" "alerts" {}
"""


def test_the_rules_of_a_terraform_file_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Terraform alone knows, such as the ARN of a cluster, is taken for right."""
    (file := tmp_path / "main.tf").write_text(TERRAFORM, "utf-8")
    assert main(["lint", "--format", "json", str(file)]) == 1
    starts, stops, quoted = map(json.loads, capsys.readouterr().out.splitlines())
    assert starts["pattern"] == f"{file}: aws_cloudwatch_event_rule.starts"
    assert starts["coverage"]["caught"] > 0
    assert "no-arn" not in {finding["code"] for finding in starts["findings"]}
    assert "wrong-case" in {finding["code"] for finding in stops["findings"]}
    assert not quoted["coverage"]["about_tasks"]


def test_rules_in_every_place_of_terraform_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that can be read are checked before one that cannot is told of."""
    (tmp_path / "starts.json").write_text(STARTS, "utf-8")
    heredoc = STARTS.replace('["STOPPED"]', "${var.statuses}")
    text = f"""
resource "aws_cloudwatch_event_rule" "elsewhere" {{
  event_pattern = var.pattern
}}
resource "aws_cloudwatch_event_rule" "beside" {{
  event_pattern = file("${{path.module}}/starts.json")
}}
resource "aws_cloudwatch_event_rule" "missing" {{
  event_pattern = file("none.json")
}}
resource "aws_cloudwatch_event_rule" "bare" {{
  event_pattern = <<EOF
{heredoc}
EOF
}}
module "bus" {{
  rules = {{ stops = {{ event_pattern = jsonencode({{ source = ["aws.ecs"] }}) }} }}
}}
"""
    (file := tmp_path / "main.tf").write_text(text, "utf-8")
    assert main(["lint", "--format", "json", str(file)]) == 2

    said = capsys.readouterr()
    places = [json.loads(line)["pattern"] for line in said.out.splitlines()]
    rule = f"{file}: aws_cloudwatch_event_rule"
    assert places == [f"{rule}.beside", f"{rule}.bare", f"{file}: module.bus.rules.stops"]
    assert "aws_cloudwatch_event_rule.elsewhere, aws_cloudwatch_event_rule.missing" in said.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("resource {", "expected Terraform's language", id="no-hcl"),
        pytest.param(
            'resource "aws_cloudwatch_event_rule" "a" {\n  event_pattern = local.pattern\n}\n',
            "expected JSON or jsonencode",
            id="elsewhere",
        ),
        pytest.param(
            'resource "aws_cloudwatch_event_rule" "a" {\n  event_pattern = jsonencode([1])\n}\n',
            "expected JSON or jsonencode",
            id="list",
        ),
        pytest.param(
            f'resource "aws_cloudwatch_event_rule" "a" {{\n  event_pattern = "{DEEP}"\n}}\n',
            "expected JSON or jsonencode",
            id="deep",
        ),
    ],
)
def test_a_terraform_file_that_cannot_be_read_is_an_error(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is passed over in silence."""
    (file := tmp_path / "main.tf").write_text(text, "utf-8")
    assert main(["lint", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_without_python_hcl2_terraform_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What to install is told."""
    monkeypatch.setitem(sys.modules, "hcl2", None)
    (file := tmp_path / "main.tf").write_text(TERRAFORM, "utf-8")
    assert main(["lint", str(file)]) == 2
    assert "python-hcl2" in capsys.readouterr().err


def test_a_terraform_file_without_rules_is_in_order(tmp_path: Path) -> None:
    """Hooks are given files of every kind."""
    (file := tmp_path / "main.tf").write_text('variable "a" {}\n', "utf-8")
    assert main(["lint", str(file)]) == 0


def test_a_pattern_about_other_events_is_not_called_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing of it was checked, so nothing is promised."""
    main(["lint", '{"source": ["aws.s3"], "detail-type": ["Object Created"]}'])
    expected = "  not checked: this pattern names no known type of event\n"
    assert capsys.readouterr().out == f"the pattern:\n{expected}"


def test_a_pattern_about_notices_gets_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """The column of the kinds is as wide as the longest."""
    named = {"eventName": ["SERVICE_TASK_START_IMPAIRED", "SERVICE_STEADY_STATE"]}
    pattern = {"source": ["aws.ecs"], "detail-type": ["ECS Service Action"], "detail": named}
    assert main(["lint", json.dumps(pattern)]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  catches    1 of 8 typical failures"
    assert len({len(line) for line in lines[2:8]}) == 1
    assert " ".join(lines[8].split()) == "wakes for routine: ECS Service Action 1 of 9"


def test_an_event_in_place_of_a_pattern_gets_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """The commands for events are named."""
    assert main(["lint", json.dumps(task_state_change())]) == 1
    expected = "the pattern: this is an event, not a pattern: use explain or match\n"
    assert capsys.readouterr().out == expected


def test_a_whole_rule_is_checked_by_its_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """It gets the table too, under the rule's name."""
    assert main(["lint", json.dumps({"Name": "stops", "EventPattern": DEFAULT})]) == 0
    rule = capsys.readouterr().out
    main(["lint", DEFAULT])
    assert rule.replace("the pattern: stops:", "the pattern:") == capsys.readouterr().out


CRASHES = json.loads(STARTS) | {"detail": {"lastStatus": ["STOPPED"], "stopCode": ["stopped"]}}
RULE = {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": CRASHES}}
EVENTS = {"E": {"Type": "EventBridgeRule", "Properties": {"Pattern": CRASHES}}}


@each(
    ("document", "place"),
    [
        pytest.param(RULE, "the pattern", id="rule-of-cloudformation"),
        pytest.param(
            {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Stops": RULE}},
            "the pattern: Resources.Stops",
            id="template-of-cloudformation",
        ),
        pytest.param(
            {"Resources": {"F": {"Properties": {"Events": EVENTS}}}},
            "the pattern: Resources.F.Properties.Events.E",
            id="template-of-sam",
        ),
        pytest.param(
            {
                "Rules": [
                    {"Name": "nightly"},
                    {"Name": "stops", "EventPattern": json.dumps(CRASHES)},
                ]
            },
            "the pattern: stops",
            id="list-rules",
        ),
        pytest.param([CRASHES], "the pattern: [0]", id="list-of-patterns"),
        pytest.param(
            {"resource": {"aws_cloudwatch_event_rule": {"a": {"event_pattern": CRASHES}}}},
            "the pattern: resource.aws_cloudwatch_event_rule.a",
            id="terraform-json",
        ),
        pytest.param(
            {"resources": [{"attributes": {"event_pattern": json.dumps(CRASHES)}}]},
            "the pattern: resources[0].attributes",
            id="terraform-state",
        ),
    ],
)
def test_each_pattern_in_a_document_of_rules_is_checked(
    document: object, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place of the rule stands before what is told of it."""
    assert main(["lint", json.dumps(document)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{place}:"
    assert any("unknown-value" in line for line in lines)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}, id="template"),
        pytest.param({"Rules": [{"Name": "a", "EventPattern": "{"}]}, id="broken-pattern"),
        pytest.param({"Rules": [{"Name": "a", "EventPattern": DEEP}]}, id="deep-pattern"),
        pytest.param({"Rules": [5, {"EventPattern": {"source": [{"Ref": "S"}]}}]}, id="unknown"),
    ],
)
def test_a_document_without_a_readable_rule_has_nothing_wrong(
    document: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hook is handed every template."""
    assert main(["lint", json.dumps(document)]) == 0
    assert not capsys.readouterr().out


@each(
    "cluster",
    [
        pytest.param({"Fn::GetAtt": ["Cluster", "Arn"]}, id="attribute"),
        pytest.param({"Ref": "Cluster"}, id="reference"),
        pytest.param({"Fn::Sub": "arn:aws:ecs:${AWS::Region}:1:cluster/a"}, id="text"),
        pytest.param("${aws_ecs_cluster.a.arn}", id="terraform"),
    ],
)
def test_what_a_template_refers_to_can_be_anything(
    cluster: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its value is known after the deployment only."""
    group = {"Fn::Join": ["", ["service:", {"Ref": "S"}]]}
    detail = {"lastStatus": ["STOPPED"], "clusterArn": [cluster], "group": [group], "version": [7]}
    pattern = json.loads(STARTS) | {"detail": detail}
    rules = {"Resources": {"R": {"Properties": {"EventPattern": pattern}}}}
    assert main(["lint", "--format", "json", json.dumps(rules)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert {finding["code"] for finding in json.loads(line)["findings"]} <= {"every-stop"}


def test_a_pattern_is_read_from_standard_input_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe is empty the second time."""
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(DEFAULT.encode())))
    assert main(["lint", "-"]) == 0
    assert capsys.readouterr().out.startswith("-:\n  catches ")


def test_json_that_is_nested_too_deep_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback."""
    assert main(["lint", DEEP]) == 1
    assert "malformed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"),
    [("no.tf", 'variable "x" {}\n'), ("no.json", '{"Resources": {"Queue": {"Type": "x"}}}')],
)
def test_a_file_without_a_rule_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    (file := tmp_path / name).write_text(text, "utf-8")
    assert main(["lint", str(file)]) == 0
    assert capsys.readouterr() == ("", f"{file}: no rule with an event pattern in it\n")


def test_a_plan_of_terraform_has_the_patterns_that_a_file_has_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error about such a file says to pass it."""
    (file := tmp_path / "plan.json").write_text(
        json.dumps({"resource_changes": [{"change": {"after": {"event_pattern": DEFAULT}}}]}),
        "utf-8",
    )
    assert main(["lint", str(file)]) == 0
    assert f"{file}: resource_changes[0].change.after:" in capsys.readouterr().out


def test_a_plan_of_terraform_has_each_rule_once_as_it_will_be(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It repeats each rule, and has what the rule was before."""
    new, old = {"event_pattern": DEFAULT}, {"event_pattern": STARTS}
    changes = [{"change": {"before": old, "after": new}}]
    plan = {
        "planned_values": {"root_module": {"resources": [{"values": new}]}},
        "resource_changes": changes,
        "prior_state": {"values": {"root_module": {"resources": [{"values": old}]}}},
    }
    found = "planned_values.root_module.resources[0].values", "resource_changes[0].change.after"
    for document, place in zip((plan, {"resource_changes": changes}), found, strict=True):
        assert main(["lint", "--format", "json", json.dumps(document)]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        assert json.loads(line)["pattern"] == f"the pattern: {place}"
