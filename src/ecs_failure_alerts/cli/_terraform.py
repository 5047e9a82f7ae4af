"""A rule as a Terraform resource, with its event pattern as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Final

from ..patterns import EventPattern

_RULE: Final = """\
resource "aws_cloudwatch_event_rule" "{resource}" {{
  name        = "{name}"
  description = "{description}"

  event_pattern = <<-JSON
{pattern}
  JSON
}}"""

#: The name and description of the rule for each kind of event.
RULES: Final[Mapping[str, tuple[str, str]]] = {
    "tasks": (
        "ecs-task-failures",
        "Stopped ECS tasks, without those that certainly did not fail",
    ),
    "services": (
        "ecs-service-failures",
        "ECS services, deployments, hooks, instances and daemons in trouble",
    ),
    "runs": ("ecs-refused-runs", "Runs of tasks that ECS refused"),
    "batch": ("batch-failures", "Batch jobs that failed for good, and job queues that are blocked"),
    "workflows": ("workflow-failures", "Step Functions executions that failed or timed out"),
    "retirement": ("ecs-task-retirement", "Standalone ECS tasks that AWS will stop"),
}


def event_rule(pattern: EventPattern, kind: str = "tasks") -> str:
    """Return a rule resource with *pattern*, as ``terraform fmt`` lays it out."""
    name, description = RULES[kind]
    json = pattern.to_json(2).replace("${", "$${").replace("%{", "%%{")

    return _RULE.format(
        resource=name.replace("-", "_"),
        name=name,
        description=description,
        pattern=textwrap.indent(json, "    "),
    )
