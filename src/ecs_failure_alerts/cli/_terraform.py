"""An event pattern in Terraform's language, as ``terraform fmt`` would lay it out."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..patterns import EventPattern

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def event_rule(pattern: EventPattern) -> str:
    """Give a rule resource with *pattern*."""
    value = _expression(json.loads(pattern.to_json()), 1)
    return "\n".join(
        [
            'resource "aws_cloudwatch_event_rule" "ecs_task_failures" {',
            '  name        = "ecs-task-failures"',
            '  description = "ECS tasks that have stopped, less what is certainly no failure"',
            "",
            f"  event_pattern = jsonencode({value})",
            "}",
        ]
    )


def _expression(value: Any, level: int) -> str:
    indent = "  " * level
    if isinstance(value, dict) and value:
        keys = [key if _IDENTIFIER.fullmatch(key) else _string(key) for key in value]
        texts = [_expression(item, level + 1) for item in value.values()]
        width = _widths(keys, texts)
        lines = [
            f"{indent}  {key:<{width[index]}} = {text}"
            for index, (key, text) in enumerate(zip(keys, texts, strict=True))
        ]
        return "\n".join(["{", *lines, f"{indent}}}"])
    if isinstance(value, list):
        texts = [_expression(item, level + 1) for item in value]
        if any("\n" in text for text in texts):
            inner = "".join(f"{indent}  {text},\n" for text in texts)
            return f"[\n{inner}{indent}]"
        return f"[{', '.join(texts)}]"
    return _string(value) if isinstance(value, str) else json.dumps(value)


def _widths(keys: list[str], texts: list[str]) -> list[int]:
    """Align neighbours; a value of several lines stands for itself."""
    widths = [len(key) for key in keys]
    run: list[int] = []
    for index in range(len(keys) + 1):
        if index < len(keys) and "\n" not in texts[index]:
            run.append(index)
            continue
        for member in run:
            widths[member] = max(len(keys[other]) for other in run)
        run = []
    return widths


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
