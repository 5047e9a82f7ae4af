"""The Terraform example's files that repeat what is said elsewhere: pattern, sample, tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import Cause, FailurePolicy, diagnose, parse_event
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.testing import task_state_change

ROOT = Path(__file__).parents[1]
TERRAFORM = ROOT / "examples" / "terraform"
SAMPLE = json.loads((TERRAFORM / "sample_event.json").read_text())


@pytest.fixture(scope="module")
def pattern() -> EventPattern:
    """Give the pattern that the example's rule has."""
    return EventPattern.from_json((TERRAFORM / "event_pattern.json").read_text())


def test_pattern_is_the_policys() -> None:
    """The file is what the default policy's pattern is, to the letter."""
    text = (TERRAFORM / "event_pattern.json").read_text()
    assert text == FailurePolicy().event_pattern().to_json(2) + "\n"


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
def test_pattern_matches(pattern: EventPattern, event: dict[str, Any], passes: bool) -> None:
    """The rule passes failures and leaves out what is certainly none."""
    assert pattern.matches(event) is passes


def test_sample_event_alerts() -> None:
    """The sample event of the README's last command is a failure that alerts."""
    diagnosis = diagnose(parse_event(SAMPLE))
    assert (diagnosis.cause, diagnosis.alert) == (Cause.OUT_OF_MEMORY, True)


def hcl(path: Path, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the blocks of one kind in a Terraform file, each with its name."""
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is in the extra 'integration'")
    for block in hcl2.loads(path.read_text())[kind]:
        for name, attributes in block.items():
            yield json.loads(name), attributes


def text(value: object) -> str:
    """Give a table's cell for a value as python-hcl2 reads it."""
    if isinstance(value, str):
        return value.removeprefix("${").removesuffix("}") if value.startswith("${") else value
    return json.dumps(value)


def inputs(folder: Path) -> str:
    """Give the table of a folder's variables."""
    lines = ["| Name | Description | Type | Default |", "| --- | --- | --- | --- |"]
    for name, variable in hcl(folder / "variables.tf", "variable"):
        type_ = re.sub(r"\(\{.*", "", text(variable["type"]))
        default = f"`{text(variable['default'])}`" if "default" in variable else "required"
        description = json.loads(variable["description"])
        lines.append(f"| `{name}` | {description} | `{type_}` | {default} |")
    return "\n".join(lines)


def outputs(folder: Path) -> str:
    """Give the table of a folder's outputs."""
    lines = ["| Name | Description |", "| --- | --- |"]
    for name, output in hcl(folder / "outputs.tf", "output"):
        lines.append(f"| `{name}` | {json.loads(output['description'])} |")
    return "\n".join(lines)


@pytest.mark.integration
@pytest.mark.parametrize("table", [inputs, outputs])
def test_readme_tables(table: Any) -> None:
    """The README's tables say what the variables and outputs say: else paste what is expected."""
    expected = table(TERRAFORM)
    assert expected in (TERRAFORM / "README.md").read_text(), f"expected:\n{expected}"


@pytest.mark.integration
def test_every_variable_is_explained() -> None:
    """Each variable and output, of the examples too, has a description and each a type."""
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
    ],
)
def test_order(resource: str, first: str) -> None:
    """What must be there before something else is made before it."""
    (block,) = (
        kinds['"this"']
        for kind, kinds in hcl(TERRAFORM / "main.tf", "resource")
        if kind == resource
    )
    assert f"${{{first}.this}}" in block["depends_on"]


def test_readme_names_the_zip() -> None:
    """The README says where the zip comes from by a path that is there."""
    assert "python adapters/lambda/build.py" in (TERRAFORM / "README.md").read_text()
    assert (ROOT / "adapters" / "lambda" / "build.py").is_file()
