"""Where a container's log is: every driver that keeps it in CloudWatch Logs, and why not."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import TaskStateChange, parse_event
from ecs_failure_alerts.enrichers import LogTemplates
from ecs_failure_alerts.enrichers.log_locations import LogLocation, locate_log
from ecs_failure_alerts.tasks.definitions import (
    ContainerDefinition,
    LogConfiguration,
    TaskDefinition,
)
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each
from strategies import CHARACTERS

ID: Final = "0123456789abcdef0123456789abcdef"
ARN: Final = f"arn:aws:ecs:eu-central-1:123456789012:task/jobs/{ID}"
RUNTIME_ID: Final = "f" * 64
PREFIXED: Final = {"awslogs-group": "/ecs/app", "awslogs-stream-prefix": "ecs"}
ROUTED: Final = {"Name": "cloudwatch", "log_group_name": "/ecs/app"}


def task(**changes: Any) -> TaskStateChange:
    """Return a task of one container."""
    container = {"name": "app", "exitCode": 1, "runtimeId": RUNTIME_ID}
    return parse_event(task_state_change(**{"taskArn": ARN, "containers": [container], **changes}))


def located(driver: str | None, options: dict[str, str], **changes: Any) -> LogLocation | str:
    """Return where the container's log is by this configuration."""
    log = LogConfiguration(driver, options) if driver else None
    definition = TaskDefinition("arn", (ContainerDefinition("app", log=log),))
    return locate_log(task(**changes), "app", definition)


@each(
    ("driver", "options", "group", "stream"),
    [
        pytest.param("awslogs", PREFIXED, "/ecs/app", f"ecs/app/{ID}", id="prefix"),
        pytest.param("awslogs", {"awslogs-group": "g"}, "g", RUNTIME_ID, id="no prefix"),
        pytest.param(
            "awslogs", {**PREFIXED, "awslogs-stream": "mine"}, "/ecs/app", "mine", id="literal"
        ),
        pytest.param(
            "awsfirelens",
            {**ROUTED, "log_stream_prefix": "web/"},
            "/ecs/app",
            f"web/app-firelens-{ID}",
            id="router's prefix",
        ),
        pytest.param(
            "awsfirelens",
            {**ROUTED, "Name": "cloudwatch_logs", "log_stream_prefix": ""},
            "/ecs/app",
            f"app-firelens-{ID}",
            id="router's empty prefix",
        ),
        pytest.param(
            "awsfirelens",
            {**ROUTED, "log_group_name": "/c/$(ecs_cluster)", "log_stream_name": "$(ecs_task_id)"},
            "/c/jobs",
            ID,
            id="router's parts",
        ),
    ],
)
def test_a_log_in_cloudwatch_is_found(
    driver: str, options: dict[str, str], group: str, stream: str
) -> None:
    assert located(driver, options) == LogLocation(
        group, stream, "eu-central-1", "123456789012", "aws", wrapped=driver == "awsfirelens"
    )


@each(
    ("driver", "options", "said"),
    [
        ("splunk", {}, "goes to splunk, not to CloudWatch Logs"),
        ("json-file", {}, "stays on its host (json-file)"),
        (None, {}, "has no log configuration"),
        ("awslogs", {}, "names no log group"),
        (
            "awslogs",
            {"awslogs-group": "a b"},
            'container app has an invalid name: "a b"',
        ),
        ("awslogs", {**PREFIXED, "awslogs-stream-prefix": "a*b"}, "The log stream of"),
        ("awslogs", {**PREFIXED, "awslogs-region": "eu/x"}, "The Region of the log of"),
        ("awsfirelens", {"Name": "datadog"}, "to datadog"),
        ("awsfirelens", {}, "to the place in its own file"),
        ("awsfirelens", {**ROUTED, "log_stream_prefix": "${ENV}/"}, "does not name the stream"),
        ("awsfirelens", {**ROUTED, "log_stream_name": "shared"}, "does not name the stream"),
        ("awsfirelens", {**ROUTED, "log_stream_name": "$(uuid)"}, "does not name the stream"),
        ("awsfirelens", ROUTED, "does not name the stream"),
        (
            "awsfirelens",
            {**ROUTED, "log_stream_prefix": "a", "log_group_template": "$x"},
            "does not name the stream",
        ),
    ],
)
def test_a_log_elsewhere_is_said(driver: str | None, options: dict[str, str], said: str) -> None:
    assert said in str(located(driver, options))


@pytest.mark.parametrize(
    ("driver", "options"),
    [
        ("awslogs", {**PREFIXED, "awslogs-region": "us-east-1"}),
        ("awsfirelens", {**ROUTED, "log_stream_prefix": "a", "region": "us-east-1"}),
    ],
)
def test_the_log_may_be_in_another_region_than_the_task(
    driver: str, options: dict[str, str]
) -> None:
    place = located(driver, options)
    assert isinstance(place, LogLocation)
    assert place.region == "us-east-1"


@pytest.mark.parametrize("options", [None, {}])
def test_a_batch_job_has_a_log_without_saying_so(options: dict[str, str] | None) -> None:
    driver = None if options is None else "awslogs"
    variables = [{"name": "AWS_BATCH_JOB_ID", "value": "x"}]
    overrides = {"containerOverrides": [{"name": "app", "environment": variables}]}
    place = located(
        driver,
        options or {},
        overrides=overrides,
        taskDefinitionArn="arn:aws:ecs:eu-central-1:123456789012:task-definition/render:3",
    )
    assert isinstance(place, LogLocation)
    assert (place.group, place.stream) == ("/aws/batch/job", f"render/app/{ID}")


def test_a_container_that_the_definition_lacks_has_no_known_log() -> None:
    said = locate_log(task(), "app", TaskDefinition("arn"))
    assert said == "Container app is not in the task definition, so its log cannot be found."


def test_a_stream_by_a_missing_id_is_said() -> None:
    containers = [{"name": "app", "exitCode": 1}]
    said = located("awslogs", {"awslogs-group": "g"}, containers=containers)
    assert said == "The log stream of container app is unknown: the event lacks its id."


def test_the_link_leads_to_the_stream() -> None:
    place = located("awslogs", PREFIXED)
    assert isinstance(place, LogLocation)
    assert place.url == (
        "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1"
        f"#logsV2:log-groups/log-group/$252Fecs$252Fapp/log-events/ecs$252Fapp$252F{ID}"
    )


def test_templates_are_filled_in() -> None:
    templates = LogTemplates("/ecs/{cluster}/{family}", "x/{container}/{task_id}")
    place = templates.locate(task(), "app")
    assert isinstance(place, LogLocation)
    assert (place.group, place.stream) == ("/ecs/jobs/nightly-report", f"x/app/{ID}")


def test_a_template_with_an_unknown_part_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown part of a template 'tasks'") as caught:
        LogTemplates("/ecs/{family}", "{tasks}")
    assert "family, service, container, task_id, cluster" in str(caught.value)


def test_a_template_that_an_event_cannot_fill_is_said() -> None:
    said = LogTemplates("/ecs/{service}").locate(task(group=ABSENT), "app")
    assert said == "The log of container app is unknown: the event names no service."


@given(
    st.sampled_from(["awslogs", "awsfirelens", "splunk"]),
    st.dictionaries(
        st.sampled_from(sorted({*PREFIXED, *ROUTED, "log_stream_prefix", "log_stream_name"})),
        st.text(CHARACTERS, max_size=8)
        | st.sampled_from(["cloudwatch", "$(ecs_task_id)", "$(tag)"]),
    ),
)
def test_any_configuration_has_a_valid_place_or_a_sentence(
    driver: str, options: dict[str, str]
) -> None:
    place = located(driver, options)
    if isinstance(place, str):
        assert place.endswith(".")
    else:
        assert place.url is not None
        assert " " not in place.url
