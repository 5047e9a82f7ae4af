"""
Files that repeat what the code says; run this module to write them anew.

``.venv/bin/python tests/generated_files.py`` after a change to causes, settings, rules or the
configuration.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ecs_failure_alerts import Cause, FailurePolicy
from ecs_failure_alerts.configuration import schema
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.settings import SETTINGS, VARIABLES

ROOT: Final = Path(__file__).parents[1]
TERRAFORM: Final = ROOT / "examples" / "terraform"

#: Arguments that Terraform sets by variables of its own.
_OWN: Final = frozenset({"dsn", "partial_batch", "wanted", "keys", "clients"})


def _event_pattern() -> str:
    return FailurePolicy().event_pattern().to_json(2) + "\n"


def _notice_patterns() -> str:
    return _json({kind: json.loads(p.to_json()) for kind, p in notice_patterns().items()})


def _known_settings() -> str:
    """Return what Terraform takes: settings and causes, but those settings that it sets itself."""
    own = {setting.name for setting in SETTINGS if setting.argument in _OWN}
    causes = {*Cause, *(cause.partition(".")[0] for cause in Cause)}

    return _json({"variables": sorted(VARIABLES.keys() - own), "causes": sorted(causes)})


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
}

if __name__ == "__main__":
    for path, text in GENERATED.items():
        path.write_text(text(), "utf-8")
