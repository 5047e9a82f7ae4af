"""What Sentry's default scrubbing leaves of alerts whose names look like secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

import pytest

from aws_stub import aws_stub
from ecs_failure_alerts import EventError, Judgement, UnsupportedEvent, judge, read_payload
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.alerts import LogLine
from ecs_failure_alerts.enrichment import enrich
from ecs_failure_alerts.enrichment._evidence import Evidence, add_evidence
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.settings.lookups import build_enrichers
from ecs_failure_alerts.testing import task_state_change
from integration import relay
from integration.components import require
from integration.tasks import corpus, failing_tasks

pytestmark = pytest.mark.integration

Scrub = Callable[[dict[str, Any]], dict[str, Any]]

#: Names that people give to services, in which Sentry's defaults find a secret.
NAMES: Final = (
    "auth-api",
    "password-reset",
    "token-service",
    "credentials-sync",
    "secrets-rotator",
    "oauth2-proxy",
    "api_key-issuer",
    "author-pages",
    "bearer-check",
    "privatekey-vault",
)
FILTERED: Final = "[Filtered]"
ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"

#: Fields of contexts whose last parts stand in tags of their own.
COMPOUND: Final = frozenset(
    {"container_instance_arn", "group", "stream", "subject", "target_arn", "task_arn"}
)


@pytest.fixture
def scrub() -> Scrub:
    """Return Sentry's own scrubbing, with its defaults."""
    require("sentry_relay.processing")
    return relay.relay_scrub


def named(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Name the cluster, service, family, containers and images of a task's event so."""
    changed = deepcopy(dict(event))
    detail = changed["detail"]
    group = str(detail.get("group") or "family:").partition(":")[0]
    revision = str(detail.get("taskDefinitionArn", "1")).rpartition(":")[2]
    detail |= {
        "clusterArn": f"{ARN}:cluster/{name}",
        "taskArn": f"{ARN}:task/{name}/0a",
        "taskDefinitionArn": f"{ARN}:task-definition/{name}:{revision}",
        "containerInstanceArn": f"{ARN}:container-instance/{name}/0c",
        "capacityProviderName": name,
        "group": f"{group}:{name}",
        "startedBy": f"{name}/1",
    }
    for number, container in enumerate(detail.get("containers") or []):
        if isinstance(container, dict):
            container |= {"name": f"{name}-{number}", "image": f"registry.example/{name}:1.4.2"}
    return changed


def judged(payload: Any) -> Iterator[Judgement]:
    """Yield what can be judged of a payload."""
    for record in read_payload(payload):
        try:
            yield judge(record.event or {})
        except (EventError, UnsupportedEvent):
            continue


def tasks() -> Iterator[tuple[str, Judgement]]:
    """Yield every task's event at hand, the corpus' among them, under one name after the other."""
    number = 0
    for label, payload in failing_tasks():
        for record in read_payload(payload):
            event = record.event or {}
            if isinstance(event.get("detail"), dict) and event.get("source") == "aws.ecs":
                name = NAMES[number % len(NAMES)]
                number += 1
                for judgement in judged(named(event, name)):
                    yield f"{label} as {name}", judgement


def texts(value: Any) -> Iterator[str]:
    """Yield each text in *value*."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)


def losses(sent: dict[str, Any], kept: dict[str, Any]) -> list[str]:
    """Return what Sentry blanked in a context, and what of it stands nowhere else."""
    safe = " ".join(
        [
            *(f"{error['type']} {error['value']}" for error in kept["exception"]["values"]),
            *(value for _, value in kept["tags"]),
            *(f"{name} {image}" for name, image in kept.get("modules", {}).items()),
            *(text for context in kept["contexts"].values() for text in texts(context)),
        ]
    )
    known = " ".join(safe.split())

    found = []
    for name, context in sent["contexts"].items():
        if kept["contexts"].get(name) is None:
            found.append(name)
            continue
        for key, value in context.items():
            if kept["contexts"][name].get(key) != FILTERED:
                continue
            names = re.split("[:/]", value)[-1:] if key in COMPOUND else [" ".join(value.split())]
            if not all(name in known for name in names):
                found.append(f"{name}.{key}: {value}")
    return found


def assert_kept(judgement: Judgement, scrub: Scrub) -> list[str]:
    """Check what must arrive unchanged, and return what is lost."""
    sent = sentry_event(judgement.as_alert(), release_from="ecs.image_tag")
    kept = scrub(json.loads(json.dumps(sent)))

    (error,), (told,) = sent["exception"]["values"], kept["exception"]["values"]
    assert (told["type"], told["value"]) == (error["type"], error["value"])
    assert dict(kept["tags"]).items() >= sent["tags"].items()
    assert kept["fingerprint"] == sent["fingerprint"]
    assert kept["transaction"] == sent["transaction"]
    assert kept.get("release") == sent.get("release")
    assert kept.get("modules", {}) == sent["modules"]
    assert FILTERED not in kept["contexts"]["cloud_resource"].values()

    return losses(sent, kept)


def test_the_names_are_such_that_sentry_blanks_them(scrub: Scrub) -> None:
    """But two, which look like secrets to a person alone."""
    context = {f"name {number}": name for number, name in enumerate(NAMES)}
    kept = scrub({"event_id": "a" * 32, "contexts": {"names": context}})
    assert set(NAMES) & set(kept["contexts"]["names"].values()) == {"token-service", "bearer-check"}


def test_of_tasks_nothing_is_lost_that_names_the_failure(scrub: Scrub) -> None:
    """What Sentry blanks in a context stands in the title, the message, a tag or so."""
    lost = {label: found for label, j in tasks() if (found := assert_kept(j, scrub))}
    assert lost == {}


def test_of_notices_nothing_is_lost_that_names_the_failure(scrub: Scrub) -> None:
    lost = {}
    for row in corpus("ecs-notices.jsonl"):
        for name in NAMES[:3]:
            text = re.sub("(?<=[:/])(web|api|jobs|prod|etl)", name, json.dumps(row["event"]))
            for judgement in judged(json.loads(text)):
                if found := assert_kept(judgement, scrub):
                    lost[f"{row['name']} as {name}"] = found
    assert lost == {}


def test_of_what_look_ups_find_nothing_is_lost_that_names_the_failure(
    scrub: Scrub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Log group, stream and link are that; words of a log line are not."""
    options = {"awslogs-group": "/ecs/auth-api", "awslogs-stream-prefix": "auth"}
    log = {"logDriver": "awslogs", "options": {"awslogs-region": "eu-central-1", **options}}
    container = {"name": "auth-api-0", "essential": True, "logConfiguration": log}
    event = {"timestamp": 1772417640000, "message": "no route to host"}

    with aws_stub(monkeypatch) as aws:
        aws.held = (
            200,
            {
                "taskDefinition": {"containerDefinitions": [container]},
                "tags": [{"key": "team", "value": "auth"}],
                "events": [event],
            },
        )
        enrichers = build_enrichers(wanted={"definition", "logs", "tags"}, keys=["team"])
        base = judge(named(task_state_change(), "auth-api"))
        (found,) = enrich([base], enrichers, Deadline(), seconds=5)

    assert assert_kept(found, scrub) == []
    tags = found.as_alert().tags
    assert (tags["aws.log_group"], tags["aws.tag.team"]) == ("/ecs/auth-api", "auth")
    assert [line.message for line in found.as_alert().log] == ["no route to host"]


def test_of_a_log_line_its_container_is_kept(scrub: Scrub) -> None:
    """And of a line without such a word the text."""
    base = judge(task_state_change())
    at = base.as_alert().timeline[0].at
    line = LogLine(at, "Killed", "auth-api")

    alert = add_evidence(base, [Evidence(log=(line,))]).as_alert()
    crumbs = scrub(sentry_event(alert))["breadcrumbs"]["values"]

    assert [c["message"] for c in crumbs if c["category"] == "log.auth-api"] == ["Killed"]
