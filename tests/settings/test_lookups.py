"""The look-ups that settings ask for, from the variables to what arrives."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest

from aws_stub import AwsStub, aws_stub
from ecs_failure_alerts import SettingsError, alerter_from_env
from ecs_failure_alerts._options import LOOKUPS
from ecs_failure_alerts.aws.clients import AwsClients
from ecs_failure_alerts.settings.lookups import build_enrichers
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each

DSN: Final = "https://public@sentry.example/1"
TEMPLATES: Final = {
    "ECS_ALERTS_LOG_GROUP": "/ecs/{family}",
    "ECS_ALERTS_LOG_STREAM": "ecs/{container}/{task_id}",
}
DEFINITION: Final[dict[str, Any]] = {
    "taskDefinition": {
        "containerDefinitions": [
            {
                "name": "app",
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/jobs",
                        "awslogs-region": "eu-central-1",
                        "awslogs-stream-prefix": "ecs",
                    },
                },
            }
        ]
    },
    "tags": [{"key": "team", "value": "data"}],
}
PAGE: Final[dict[str, Any]] = {
    "events": [{"timestamp": 1772417640000, "message": "no route to host id=4711"}],
    "nextBackwardToken": "b",
}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Yield a loopback server that the AWS SDK takes for AWS, with a definition and a log."""
    with aws_stub(monkeypatch) as server:
        server.answers["DescribeTaskDefinition"] = 200, DEFINITION
        server.answers["GetLogEvents"] = 200, PAGE
        yield server


@each("wanted", LOOKUPS)
def test_who_wants_a_look_up_gets_an_enricher(wanted: str, aws: AwsStub) -> None:
    assert build_enrichers(wanted={wanted}, keys=["team"]) != (), "add it to build_enrichers()"


def sent(**environ: str) -> Any:
    """Send an alert by the settings, and return the event that arrived."""
    with SentryInbox() as inbox:
        alerter = alerter_from_env({"SENTRY_DSN": inbox.dsn, **environ})
        alerter.process(task_state_change()).raise_for_failures()
        return inbox.events[-1]


def actions(aws: AwsStub) -> list[str]:
    """Return what AWS was asked for."""
    return [target.rpartition(".")[2] for target, _ in aws.asked]


def test_by_default_nothing_is_looked_up(aws: AwsStub) -> None:
    sent()
    assert aws.asked == []


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        pytest.param({"ECS_ALERTS_LOOKUPS": "definition"}, ["DescribeTaskDefinition"], id="it"),
        pytest.param(
            {"ECS_ALERTS_LOOKUPS": "tags", "ECS_ALERTS_TAG_KEYS": "team"},
            ["DescribeTaskDefinition"],
            id="tags",
        ),
        pytest.param(
            {"ECS_ALERTS_LOOKUPS": "logs"}, ["DescribeTaskDefinition", "GetLogEvents"], id="logs"
        ),
        pytest.param({"ECS_ALERTS_LOOKUPS": "logs", **TEMPLATES}, ["GetLogEvents"], id="templates"),
        pytest.param(
            {
                "ECS_ALERTS_LOOKUPS": " logs,tags ,definition,",
                "ECS_ALERTS_TAG_KEYS": "team",
                **TEMPLATES,
            },
            ["DescribeTaskDefinition", "GetLogEvents"],
            id="everything",
        ),
        pytest.param(TEMPLATES, [], id="links-alone"),
    ],
)
def test_each_look_up_asks_aws_for_what_it_takes_once(
    aws: AwsStub, environ: dict[str, str], asked: list[str]
) -> None:
    sent(**environ)
    assert actions(aws) == asked


def test_what_was_looked_up_arrives(aws: AwsStub) -> None:
    """Lines, tags, and with them environment and release."""
    event = sent(
        ECS_ALERTS_LOOKUPS="definition,logs,tags",
        ECS_ALERTS_TAG_KEYS="team",
        ECS_ALERTS_LOG_LINES="7",
        ECS_ALERTS_LOG_REDACT="id=[0-9]+",
        ECS_ALERTS_ENVIRONMENT_FROM="aws.tag.team",
        ECS_ALERTS_RELEASE_FROM="ecs.image_tag",
    )
    lines = [c["message"] for c in event["breadcrumbs"]["values"] if c["category"] == "log.app"]

    assert lines == ["no route to host [redacted: own pattern]"]
    assert event["tags"]["aws.tag.team"] == event["environment"] == "data"
    assert event["release"] == event["tags"]["ecs.image_tag"] == "1.4.2"
    assert aws.asked[-1][1]["limit"] == 7


@pytest.mark.parametrize(
    "environ",
    [
        {"ECS_ALERTS_LOOKUPS": "definition"},
        {"ECS_ALERTS_LOOKUPS": "tags", "ECS_ALERTS_TAG_KEYS": "team"},
    ],
    ids=["definition", "tags"],
)
def test_a_variable_of_the_container_names_the_release(
    aws: AwsStub, environ: dict[str, str]
) -> None:
    """It comes before what the release is else, and nothing else of the environment arrives."""
    (container,) = DEFINITION["taskDefinition"]["containerDefinitions"]
    variables = [{"name": "VERSION", "value": "7.1"}, {"name": "OTHER", "value": "unwanted"}]
    changed = {**container, "environment": variables}
    definition = {"taskDefinition": {"containerDefinitions": [changed]}}
    aws.answers["DescribeTaskDefinition"] = 200, definition

    event = sent(**environ, ECS_ALERTS_RELEASE_FROM="env:VERSION")
    assert event["release"] == "7.1"
    assert "unwanted" not in json.dumps(event)


TWO_PROJECTS = """
[notifiers.data]
type = "sentry"
dsn = "{data}"
release_from = "env:VERSION"
[notifiers.web]
type = "sentry"
dsn = "{web}"
release_from = "ecs.image_tag"
[notifiers.third]
type = "sentry"
dsn = "{third}"
release = "given"
[lookups]
wanted = "definition"
"""


@pytest.mark.parametrize(
    ("environ", "releases"),
    [
        ({}, ["7.1", "1.4.2", "given"]),
        ({"ECS_ALERTS_RELEASE_FROM": "ecs.image_tag"}, ["1.4.2"] * 3),
    ],
    ids=["each its own", "the environment wins"],
)
def test_each_notifier_names_its_own_release(
    aws: AwsStub, environ: dict[str, str], releases: list[str]
) -> None:
    (container,) = DEFINITION["taskDefinition"]["containerDefinitions"]
    changed = {**container, "environment": [{"name": "VERSION", "value": "7.1"}]}
    definition = {"taskDefinition": {"containerDefinitions": [changed]}}
    aws.answers["DescribeTaskDefinition"] = 200, definition

    with SentryInbox() as data, SentryInbox() as web, SentryInbox() as third:
        document = TWO_PROJECTS.format(data=data.dsn, web=web.dsn, third=third.dsn)
        alerter_from_env({"ECS_ALERTS_CONFIG": document, **environ}).process(task_state_change())
        found = [inbox.events[0]["release"] for inbox in (data, web, third)]
    assert found == releases


def test_look_ups_take_no_longer_than_the_setting_says(aws: AwsStub) -> None:
    """By default there would be time for the client to say why AWS did not answer."""
    aws.answers["DescribeTaskDefinition"] = "hang"
    event = sent(ECS_ALERTS_LOOKUPS="definition", ECS_ALERTS_LOOKUP_SECONDS="0.15")
    (error,) = event["exception"]["values"]

    assert "The look-up of the task definition did not finish in time." in error["value"]


def test_templates_alone_link_to_the_log(aws: AwsStub) -> None:
    """Nothing is asked of AWS, and no client made."""
    (error,) = sent(**TEMPLATES)["exception"]["values"]
    assert "\nlog 1: https://eu-central-1.console.aws.amazon.com/cloudwatch/" in error["value"]


def test_the_clients_are_made_while_the_process_starts(aws: AwsStub) -> None:
    clients = AwsClients()
    made: list[str] = []
    clients.prepare = lambda service, region=None: made.append(service)  # type: ignore[method-assign]
    build_enrichers(wanted={"logs"}, clients=clients)
    assert made == ["ecs", "logs"]


def test_a_client_that_cannot_be_made_costs_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Region there is none; the alert says so."""
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    clients = AwsClients()
    assert len(build_enrichers(wanted={"definition"}, clients=clients)) == 1


@each(
    ("variable", "value", "choices"),
    [
        pytest.param("ECS_ALERTS_LOOKUPS", "log", ", ".join(LOOKUPS), id="look-up"),
        pytest.param("ECS_ALERTS_LOOKUPS", "tags", "ECS_ALERTS_TAG_KEYS", id="tags-without-keys"),
        pytest.param("ECS_ALERTS_LOOKUP_SECONDS", "0", "at most 10 seconds", id="no-time"),
        pytest.param("ECS_ALERTS_LOOKUP_SECONDS", "10.1", "at most 10 seconds", id="long"),
        pytest.param("ECS_ALERTS_LOOKUP_SECONDS", "nan", "at most 10 seconds", id="nan"),
        pytest.param("ECS_ALERTS_LOOKUP_ROLES", "alerts", "role", id="role-by-name"),
        pytest.param(
            "ECS_ALERTS_LOOKUP_ROLES",
            "arn:aws:iam::111111111111:role/a,arn:aws:iam::111111111111:role/b",
            "111111111111",
            id="two-roles-of-one-account",
        ),
        pytest.param("ECS_ALERTS_LOG_LINES", "0", "from 1 to 100", id="no-lines"),
        pytest.param("ECS_ALERTS_LOG_LINES", "101", "from 1 to 100", id="many-lines"),
        pytest.param("ECS_ALERTS_LOG_LINES", "ten", "from 1 to 100", id="word"),
        pytest.param("ECS_ALERTS_LOG_REDACT", "(", "regular expression", id="pattern"),
        pytest.param("ECS_ALERTS_LOG_GROUP", "/ecs/{x}", "family, service", id="template"),
        pytest.param("ECS_ALERTS_LOG_GROUP", "/ecs", "ECS_ALERTS_LOG_STREAM", id="no-stream"),
        pytest.param("ECS_ALERTS_LOG_STREAM", "a", "ECS_ALERTS_LOG_GROUP", id="no-group"),
        pytest.param("ECS_ALERTS_TAG_KEYS", "k" * 129, "at most 128", id="long-key"),
        pytest.param("ECS_ALERTS_RELEASE_FROM", "a b", "ecs.image_tag", id="no-tag"),
        pytest.param("ECS_ALERTS_RELEASE_FROM", "env:", "env:APP_VERSION", id="no-variable"),
        pytest.param("ECS_ALERTS_RELEASE_FROM", "env:A-B", "env:APP_VERSION", id="odd-variable"),
        pytest.param("ECS_ALERTS_RELEASE_FROM", "env:DB_PASSWORD", "holds a version", id="secret"),
    ],
)
def test_a_wrong_value_stops_the_start_with_the_variable_and_the_choices(
    variable: str, value: str, choices: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        alerter_from_env({"SENTRY_DSN": DSN, variable: value})
    assert str(caught.value).startswith(f"{variable}: ")
    assert choices in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "value", "form"),
    [
        ("release_from", "APP_VERSION", "such as env:APP_VERSION"),
        ("environment_from", "stage", "a tag of the alerts, such as aws.tag.stage"),
    ],
)
def test_a_source_that_no_alert_has_is_warned_of(
    caplog: pytest.LogCaptureFixture, argument: str, value: str, form: str
) -> None:
    variable = f"ECS_ALERTS_{argument.upper()}"
    document = (
        f"[notifiers.data]\ntype = 'sentry'\ndsn_ssm_parameter = '/dsn'\n{argument} = '{value}'"
    )
    for path, environ in (
        (variable, {"SENTRY_DSN": DSN, variable: value}),
        (f"notifiers.data.{argument}", {"ECS_ALERTS_CONFIG": document}),
    ):
        caplog.clear()
        alerter_from_env(environ)
        (record,) = caplog.records
        assert record.getMessage().startswith(f"{path} has no effect: expected ")
        assert record.getMessage().endswith(form)


@pytest.mark.parametrize(
    ("variable", "value", "lookup"),
    [
        ("ECS_ALERTS_TAG_KEYS", "team", "tags"),
        ("ECS_ALERTS_LOG_LINES", "10", "logs"),
        ("ECS_ALERTS_LOG_REDACT", "x", "logs"),
        ("ECS_ALERTS_LOOKUP_SECONDS", "2", "definition"),
        ("ECS_ALERTS_LOOKUP_ROLES", "arn:aws:iam::111111111111:role/a", "definition"),
        ("ECS_ALERTS_RELEASE_FROM", "env:APP_VERSION", "definition"),
    ],
)
def test_what_serves_no_look_up_is_warned_of(
    caplog: pytest.LogCaptureFixture, variable: str, value: str, lookup: str
) -> None:
    """It stops no start: alerts without look-ups are better than none."""
    alerter_from_env({"SENTRY_DSN": DSN, variable: value})
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    said = f"{variable} has no effect: add {lookup} to ECS_ALERTS_LOOKUPS, or remove it"
    assert record.getMessage() == said


def test_without_look_ups_nothing_of_them_is_loaded() -> None:
    """A cold start would feel it; nor are their settings' names enough."""
    program = f"""if True:
        import json, sys
        from ecs_failure_alerts import alerter_from_env
        alerter_from_env({{"SENTRY_DSN": {DSN!r}, "ECS_ALERTS_LOOKUP_SECONDS": "2"}})
        print(json.dumps(sorted(sys.modules)))
    """
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = json.loads(answer.stdout)
    names = (
        "boto3",
        "botocore",
        "ecs_failure_alerts.enrichers",
        "ecs_failure_alerts.settings.lookups",
    )
    assert [module for module in loaded if module.startswith(names)] == []
