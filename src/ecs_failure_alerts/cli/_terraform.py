"""A rule in Terraform's language, with its event pattern as JSON."""

from __future__ import annotations

import textwrap
from typing import Final

from ..patterns import EventPattern

_RULE: Final = """\
resource "aws_cloudwatch_event_rule" "ecs_task_failures" {{
  name        = "ecs-task-failures"
  description = "ECS tasks that have stopped, less what is certainly no failure"

  event_pattern = <<-JSON
{pattern}
  JSON
}}"""


def event_rule(pattern: EventPattern) -> str:
    """Return a rule resource with *pattern*, as ``terraform fmt`` lays it out."""
    json = pattern.to_json(2).replace("${", "$${").replace("%{", "%%{")
    return _RULE.format(pattern=textwrap.indent(json, "    "))
