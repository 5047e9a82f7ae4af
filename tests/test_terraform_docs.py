"""The Terraform example's files that repeat what is said elsewhere: pattern, sample, tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from documents import README, blocks, links
from ecs_failure_alerts import Cause, diagnose, parse_event
from ecs_failure_alerts._options import LOOKUPS
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.testing import task_state_change
from generated_files import GENERATED, ROOT, TERRAFORM
from rows import each

SAMPLE = json.loads((TERRAFORM / "sample_event.json").read_text())


@pytest.fixture(scope="module")
def pattern() -> EventPattern:
    """Return the pattern that the example's rule has."""
    return EventPattern.from_json((TERRAFORM / "event_pattern.json").read_text())


@pytest.mark.parametrize(
    ("event", "passes"),
    [
        pytest.param(task_state_change(), True, id="a program that exits 1"),
        pytest.param(
            task_state_change(stopCode="TaskFailedToStart", containers=[]), True, id="no start"
        ),
        pytest.param(
            task_state_change(containers=[{"reason": "OutOfMemoryError: killed", "exitCode": 0}]),
            True,
            id="out of memory",
        ),
        pytest.param(task_state_change(containers=[{"exitCode": 0}]), False, id="a good run"),
        pytest.param(task_state_change(stopCode="UserInitiated"), False, id="stopped by a person"),
        pytest.param(task_state_change(lastStatus="RUNNING"), False, id="running"),
        pytest.param(SAMPLE, True, id="the sample event"),
    ],
)
def test_the_rule_passes_failures_and_leaves_out_certain_successes(
    pattern: EventPattern, event: dict[str, Any], passes: bool
) -> None:
    assert pattern.matches(event) is passes


@each("path", GENERATED, ids=lambda path: path.name)
def test_a_file_that_repeats_the_code_is_up_to_date(path: Path) -> None:
    is_current = path.read_text("utf-8") == GENERATED[path]()
    assert is_current, "run .venv/bin/python tests/generated_files.py"


def test_every_rule_for_notices_has_a_switch() -> None:
    """In the example, and in what forwards events to a central bus."""
    forwarder = TERRAFORM / "examples" / "central-bus" / "forwarder"
    for path in (TERRAFORM / "notices.tf", forwarder / "main.tf"):
        switches = re.findall(r"(?m)^ +(\w+) += (?:\{ wanted = )?var\.\w+", path.read_text())
        assert notice_patterns().keys() - switches == set(), f"add it to {path.name}"


@each("word", LOOKUPS)
def test_every_look_up_has_a_switch(word: str) -> None:
    """In Terraform, and in SAM."""
    terraform = (TERRAFORM / "lookups.tf").read_text("utf-8")
    assert re.search(rf"(?m)^    {word} += .*var\.lookups", terraform), "add it to lookups.tf"
    sam = (ROOT / "examples" / "sam" / "template.yaml").read_text("utf-8")
    (choices,) = re.findall(r"\n  Lookups:\n(?:    .*\n)*?    AllowedValues: (.*)", sam)
    assert re.search(rf"\b{word}\b", choices), "add it to template.yaml"


def test_a_copy_refers_to_nothing_outside() -> None:
    """No link and no path of the example leads out of its folder."""
    for path in TERRAFORM.rglob("README.md"):
        for target in links(path):
            assert "://" in target or (path.parent / target).resolve().is_relative_to(TERRAFORM)
    for path in TERRAFORM.rglob("*.tf"):
        for target in re.findall(r'"(?:\$\{path\.module\}/)?([^"]*\.\./[^"]*)"', path.read_text()):
            assert (path.parent / target).resolve().is_relative_to(TERRAFORM), path


def test_the_sample_event_of_the_readme_alerts() -> None:
    diagnosis = diagnose(parse_event(SAMPLE))
    assert (diagnosis.cause, diagnosis.alert) == (Cause.OUT_OF_MEMORY, True)


def hcl(path: Path, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the blocks of one kind in a Terraform file, each with its name."""
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is in the extra 'integration'")
    for block in hcl2.loads(path.read_text())[kind]:
        for name, attributes in block.items():
            yield json.loads(name), attributes


def text(value: object) -> str:
    """Return a table's cell for a value as python-hcl2 reads it."""
    if isinstance(value, str):
        return value.removeprefix("${").removesuffix("}") if value.startswith("${") else value
    return json.dumps(value)


def inputs(folder: Path) -> str:
    """Return the table of a folder's variables."""
    lines = ["| Name | Description | Type | Default |", "| --- | --- | --- | --- |"]
    for name, variable in hcl(folder / "variables.tf", "variable"):
        type_ = re.sub(r"\(\{.*", "", text(variable["type"]))
        default = f"`{text(variable['default'])}`" if "default" in variable else "required"
        description = json.loads(variable["description"])
        lines.append(f"| `{name}` | {description} | `{type_}` | {default} |")
    return "\n".join(lines)


def outputs(folder: Path) -> str:
    """Return the table of a folder's outputs."""
    lines = ["| Name | Description |", "| --- | --- |"]
    for name, output in hcl(folder / "outputs.tf", "output"):
        lines.append(f"| `{name}` | {json.loads(output['description'])} |")
    return "\n".join(lines)


@pytest.mark.integration
@pytest.mark.parametrize("table", [inputs, outputs])
def test_the_readmes_tables_say_what_variables_and_outputs_say(table: Any) -> None:
    """If not, paste what is expected."""
    expected = table(TERRAFORM)
    assert expected in (TERRAFORM / "README.md").read_text(), f"expected:\n{expected}"


@pytest.mark.integration
def test_every_output_of_a_readme_is_one() -> None:
    """In the examples that use it, too."""
    examples = {
        path.parent
        for path in TERRAFORM.glob("examples/**/main.tf")
        if 'source = "../../"' in path.read_text()
    }
    assert {path.name for path in examples} == {"direct", "queue", "central-bus", "teams"}
    named = 0
    for readme in TERRAFORM.rglob("README.md"):
        names = set(re.findall(r"terraform output\s+(?:-raw\s+)?(\w+)", readme.read_text()))
        names -= {"config"} if readme.parent == TERRAFORM else set()  # not every example has one
        for folder in {readme.parent} | (examples if readme.parent == TERRAFORM else set()):
            assert names <= {name for name, _ in hcl(folder / "outputs.tf", "output")}, folder
            named += len(names)
    assert named >= 9


@pytest.mark.integration
@pytest.mark.parametrize("folder", [".", "examples/central-bus/forwarder"])
def test_null_is_no_way_around_a_validation(folder: str) -> None:
    for name, variable in hcl(TERRAFORM / folder / "variables.tf", "variable"):
        means_nothing = "default" in variable and variable["default"] in (None, "null", "${null}")
        assert variable.get("nullable", True) is means_nothing, name


@pytest.mark.integration
def test_every_variable_and_output_has_a_description() -> None:
    """In the examples too; a variable has a type besides."""
    assert len(list(TERRAFORM.rglob("variables.tf"))) == 6
    for path in TERRAFORM.rglob("variables.tf"):
        for name, variable in hcl(path, "variable"):
            assert {"description", "type"} <= set(variable), f"{path}: {name}"
    for path in TERRAFORM.rglob("outputs.tf"):
        for name, output in hcl(path, "output"):
            assert "description" in output, f"{path}: {name}"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("resource", "first"),
    [
        pytest.param("aws_lambda_function", "aws_cloudwatch_log_group", id="log before function"),
        pytest.param("aws_lambda_function", "aws_iam_role_policy", id="role before function"),
        pytest.param("aws_cloudwatch_event_target", "aws_sqs_queue_policy", id="queue before rule"),
        pytest.param(
            "aws_cloudwatch_event_target", "aws_lambda_permission", id="permission before rule"
        ),
        pytest.param(
            *("aws_cloudwatch_event_target", "aws_lambda_event_source_mapping"),
            id="function behind the queue before rule",
        ),
        pytest.param(
            *("aws_cloudwatch_event_target", "aws_lambda_function_event_invoke_config"),
            id="queue of failures before rule",
        ),
    ],
)
def test_what_must_be_there_first_is_made_first(resource: str, first: str) -> None:
    (block,) = (
        kinds['"this"']
        for kind, kinds in hcl(TERRAFORM / "main.tf", "resource")
        if kind == resource
    )
    assert f"${{{first}.this}}" in block["depends_on"]


def test_the_readme_names_the_zip_by_a_path_that_is_there() -> None:
    assert "python adapters/lambda/build.py" in (TERRAFORM / "README.md").read_text()
    assert (ROOT / "adapters" / "lambda" / "build.py").is_file()


def test_moved_queues_are_dead_letters_of_queues() -> None:
    """SQS moves messages only out of a queue that is the dead-letter queue of another queue."""
    main = (TERRAFORM / "main.tf").read_text()
    names = dict(re.findall(r'resource "aws_sqs_queue" "(\w+)" {\n  name += "\${var.(.+)"', main))
    redriven = set(re.findall(r"deadLetterTargetArn = aws_sqs_queue\.(\w+)\.arn", main))
    sources = {
        source
        for readme in TERRAFORM.rglob("README.md")
        for source in re.findall(r"start-message-move-task --source-arn (\S+)", readme.read_text())
    }
    assert sources
    assert sources <= {f"ARN_OF_{names[queue].replace('name}', 'NAME')}" for queue in redriven}


def test_provider_knows_the_runtime() -> None:
    """Every folder asks for a provider that takes the function's runtime."""
    runtime = re.findall(r'runtime += "(.+)"', (TERRAFORM / "main.tf").read_text())
    # https://github.com/hashicorp/terraform-provider-aws/issues/40107: 5.75.1 does not.
    assert runtime == ["python3.13"]
    files = [*TERRAFORM.rglob("versions.tf")]
    assert len(files) == 6
    for path in files:
        ((major, minor),) = re.findall(r'  version = ">= (\d+)\.(\d+)"', path.read_text())
        assert (int(major), int(minor)) >= (5, 76), path


def test_the_dsn_is_in_no_command_line() -> None:
    """The shell pipes it: arguments show in ps, and an old aws fetches URLs."""
    used = [
        line
        for path in (*TERRAFORM.rglob("README.md"), TERRAFORM.parent / "sam" / "template.yaml")
        for line in path.read_text().splitlines()
        if "$SENTRY_DSN" in line
    ]
    assert len(used) == 2
    assert [line for line in used if 'printf %s "$SENTRY_DSN" | aws ssm' not in line] == []


def test_the_region_is_said_once() -> None:
    """Commands and Terraform follow one variable."""
    (first, *_) = blocks("sh", of=(TERRAFORM / "README.md",))
    assert first.text.startswith("export AWS_REGION=")
    for path in TERRAFORM.rglob("variables.tf"):
        assert 'default     = "eu-west-1"' not in path.read_text(), path
    for name in ("direct", "queue", "central-bus", "teams"):
        text = (TERRAFORM / "examples" / name / "README.md").read_text()
        assert 'terraform apply -var region="$AWS_REGION"' in text


def test_every_example_is_found_from_the_readme() -> None:
    assert {"examples/terraform/README.md", "examples/sam/template.yaml"} <= set(links(README))
    below = {f"examples/{path.parent.name}/README.md" for path in TERRAFORM.glob("*/*/README.md")}
    assert below <= set(links(TERRAFORM / "README.md"))


def test_the_costs_add_up() -> None:
    text = (TERRAFORM / "README.md").read_text()
    section = text.partition("## What it costs")[2].partition("\n## ")[0]
    costs = [float(cost) for cost in re.findall(r"\| ([0-9.]+) \|$", section, re.MULTILINE)]
    assert len(costs) == 8
    assert f"about {sum(costs):.2f} dollars" in section
    polls = 5 * 3 * 60 * 24 * 30  # five every 20 seconds, for a month
    assert costs[1:3] == [round(0.40 * millions, 2) for millions in (3, polls / 1e6)]


@pytest.mark.parametrize(
    ("file", "metric"),
    [
        ("docs/causes.md", "(AWS/Scheduler, by group of schedules)"),
        ("examples/terraform/README.md", "`TargetErrorCount` in AWS/Scheduler"),
    ],
)
def test_each_kind_of_schedule_has_its_own_metric_of_refused_runs(file: str, metric: str) -> None:
    text = " ".join((ROOT / file).read_text().split())
    assert metric in text
    assert "schedule's `FailedInvocations`" not in text
    assert "heartbeat monitor" in text
