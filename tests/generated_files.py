"""
Files that repeat what the code says; run this module to write them anew.

``.venv/bin/python tests/generated_files.py`` after a change to causes, settings, rules or the
configuration.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ecs_failure_alerts import Cause, FailurePolicy, Rule
from ecs_failure_alerts.causes import TASK_CAUSES, TASK_WORKLOADS
from ecs_failure_alerts.configuration import (
    LOOKUPS,
    NOTIFIERS,
    ROUTE,
    RULE,
    SECTIONS,
    TOP,
    Key,
    schema,
)
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.settings import SETTINGS, VARIABLES

ROOT: Final = Path(__file__).parents[1]
TERRAFORM: Final = ROOT / "examples" / "terraform"

#: Arguments that Terraform sets by variables of its own; what names a file is no such variable.
_OWN: Final = frozenset({"config", "dsn", "partial_batch", "wanted", "keys", "clients"})
_FILE: Final = "ECS_ALERTS_CONFIG_FILE"


def _event_pattern() -> str:
    return FailurePolicy().event_pattern().to_json(2) + "\n"


def _notice_patterns() -> str:
    return _json({kind: json.loads(p.to_json()) for kind, p in notice_patterns().items()})


def _known_settings() -> str:
    """Return what Terraform takes: settings but those that it sets itself, causes, and keys."""
    own = {setting.name for setting in SETTINGS if setting.argument in _OWN}
    causes = {*Cause, *(cause.partition(".")[0] for cause in Cause)}

    return _json(
        {
            "variables": sorted({*VARIABLES.keys() - own, _FILE}),
            "causes": sorted(causes),
            "config": {
                "top": _names(TOP, *SECTIONS),
                "rules": _names(RULE),
                "routes": _names(ROUTE),
                "lookups": _names(LOOKUPS),
                "notifiers": {name: _names(keys, "type") for name, keys in NOTIFIERS.items()},
            },
            "left_out": dict(_left_out()),
        }
    )


def _names(keys: Iterable[Key], *others: str) -> list[str]:
    return sorted({*others, *(key.name for key in keys)})


def _left_out() -> Iterator[tuple[str, list[str]]]:
    """Yield each cause that needs a wider pattern where a rule raises it, with the workloads."""
    pattern = FailurePolicy().event_pattern()

    for cause in (cause for cause in TASK_CAUSES if cause != Cause.NOT_STOPPED):
        policies = {
            type_: FailurePolicy(rules=[Rule("error", cause=cause, workload=type_)])
            for type_ in TASK_WORKLOADS
        }
        types = [t for t, policy in policies.items() if policy.event_pattern() != pattern]
        if types:
            yield str(cause), [*map(str, types)]


def _pattern_of_teams() -> str:
    """Return the pattern of the example's rules, of which one raises something."""
    rule = Rule("error", cause="spot_interruption", service="checkout")
    return FailurePolicy(rules=[rule]).event_pattern().to_json(2) + "\n"


def _schema() -> str:
    return _json(schema())


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


#: What each file has to hold.
GENERATED: Final[Mapping[Path, Callable[[], str]]] = {
    TERRAFORM / "event_pattern.json": _event_pattern,
    TERRAFORM / "notice_patterns.json": _notice_patterns,
    TERRAFORM / "known_settings.json": _known_settings,
    ROOT / "src" / "ecs_failure_alerts" / "configuration" / "schema.json": _schema,
    ROOT / "docs" / "configuration.schema.json": _schema,
    TERRAFORM / "examples" / "teams" / "alerts_pattern.json": _pattern_of_teams,
}

if __name__ == "__main__":
    for path, text in GENERATED.items():
        path.write_text(text(), "utf-8")
