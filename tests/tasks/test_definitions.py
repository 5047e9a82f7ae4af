"""What is read of a task definition, and what is not."""

from __future__ import annotations

from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts.tasks.definitions import (
    LOG_OPTIONS,
    ContainerDefinition,
    Dependency,
    HealthCheck,
    LogConfiguration,
    RestartPolicy,
    TaskDefinition,
    read_definition,
)
from rows import each

ARN: Final = "arn:aws:ecs:eu-central-1:123456789012:task-definition/etl:7"
SECRET: Final = "s3cr3t-of-somebody"

#: A container as DescribeTaskDefinition answers it, with a secret at each place that may hold one.
CONTAINER: Final[dict[str, Any]] = {
    "name": "app",
    "image": "example/etl:1.4",
    "essential": False,
    "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
    "restartPolicy": {"enabled": True, "ignoredExitCodes": [0], "restartAttemptPeriod": 60},
    "startTimeout": 120,
    "stopTimeout": 30,
    "healthCheck": {
        "command": ["CMD-SHELL", SECRET],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 10,
    },
    "memory": 512,
    "memoryReservation": 256,
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/ecs/etl",
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "etl",
            "splunk-token": SECRET,
            "apikey": SECRET,
        },
        "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}],
    },
    "environment": [{"name": "PASSWORD", "value": SECRET}],
    "environmentFiles": [{"type": "s3", "value": SECRET}],
    "secrets": [{"name": "TOKEN", "valueFrom": SECRET}],
    "repositoryCredentials": {"credentialsParameter": SECRET},
    "command": [SECRET],
    "entryPoint": [SECRET],
    "dockerLabels": {"team": "data", "key": SECRET},
    "extraHosts": [{"hostname": SECRET, "ipAddress": "10.0.0.1"}],
}
ANSWER: Final[dict[str, Any]] = {
    "taskDefinition": {
        "taskDefinitionArn": ARN,
        "cpu": "256",
        "memory": "512",
        "taskRoleArn": SECRET,
        "containerDefinitions": [CONTAINER, {"name": "init"}],
    },
    "tags": [{"key": "team", "value": "data"}, {"key": "customer", "value": SECRET}],
}


def test_the_named_fields_are_read() -> None:
    definition = read_definition(ARN, ANSWER, ["team"])
    assert definition == TaskDefinition(
        ARN,
        (
            ContainerDefinition(
                "app",
                essential=False,
                image="example/etl:1.4",
                depends_on=(Dependency("init", "SUCCESS"),),
                restart_policy=RestartPolicy(True, frozenset({0}), 60),
                start_timeout=120,
                stop_timeout=30,
                health_check=HealthCheck(30, 5, 3, 10),
                memory=512,
                memory_reservation=256,
                log=LogConfiguration(
                    "awslogs",
                    {
                        "awslogs-group": "/ecs/etl",
                        "awslogs-region": "eu-west-1",
                        "awslogs-stream-prefix": "etl",
                    },
                ),
                labels={"team": "data"},
            ),
            ContainerDefinition("init"),
        ),
        cpu="256",
        memory="512",
        tags={"team": "data"},
    )


def test_no_secret_of_a_definition_is_kept() -> None:
    definition = read_definition(ARN, ANSWER, ["team"])
    assert SECRET not in repr(definition)
    assert SECRET not in repr(attrs.asdict(definition))


def test_no_tag_and_no_label_is_kept_unasked() -> None:
    definition = read_definition(ARN, ANSWER)
    assert (definition.tags, definition.containers[0].labels) == ({}, {})


def read_release(*values: object) -> str | None:
    """Return what is kept of a variable APP_VERSION with these values."""
    variables: list[Any] = [{"name": "PASSWORD", "value": "1.2.3"}, None]
    variables += [{"name": "APP_VERSION", "value": value} for value in values]
    container = {**CONTAINER, "environment": variables}
    answer = {"taskDefinition": {"containerDefinitions": [container]}}
    return read_definition(ARN, answer, (), "APP_VERSION").containers[0].release


def test_of_the_environment_the_one_variable_is_kept_that_was_asked_for() -> None:
    assert read_release("1.4.2") == "1.4.2"
    assert read_release() is None


@each("value", [SECRET, "hunter2", "", None, 17, ["1.2"]])
def test_a_variable_that_holds_no_version_is_dropped(value: object) -> None:
    assert read_release(value) is None


def test_no_option_of_a_log_driver_is_kept_that_may_hold_a_key() -> None:
    assert not {o for o in LOG_OPTIONS if "token" in o or "secret" in o or "api" in o.lower()}


@each("given_flag", [True, None, "false", 0])
def test_a_container_is_essential_unless_aws_says_that_it_is_not(given_flag: Any) -> None:
    answer = {"taskDefinition": {"containerDefinitions": [{"name": "a", "essential": given_flag}]}}
    assert read_definition(ARN, answer).containers == (ContainerDefinition("a"),)


def test_a_container_is_found_by_its_name() -> None:
    definition = read_definition(ARN, ANSWER)
    assert definition.find("init") is definition.containers[1]
    assert definition.find("none") is None


def test_what_has_no_name_is_left_out() -> None:
    orders = [{"containerName": "db"}, {"condition": "START"}]
    containers = [{"essential": True}, {"name": "app", "dependsOn": orders}]
    definition = read_definition(ARN, {"taskDefinition": {"containerDefinitions": containers}})
    assert definition.containers == (ContainerDefinition("app"),)


def mangled(value: Any) -> st.SearchStrategy[Any]:
    """Return *value* with anything in place of some of its parts."""
    parts: st.SearchStrategy[Any]
    if isinstance(value, dict):
        parts = st.fixed_dictionaries({key: mangled(inner) for key, inner in value.items()})
    elif isinstance(value, list):
        parts = st.tuples(*map(mangled, value)).map(lambda parts: [*parts])
    else:
        parts = st.just(value)
    return parts | strategies.json_values()


@given(mangled(ANSWER))
def test_whatever_aws_answers_nothing_is_raised(answer: Any) -> None:
    """What is of another type is taken for absent."""
    given = answer if isinstance(answer, dict) else {}
    definition = read_definition(ARN, given, ["team"], "PASSWORD")
    assert definition.arn == ARN
    assert SECRET not in repr(definition.tags)
