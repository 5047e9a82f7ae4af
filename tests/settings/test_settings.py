"""The environment variables: read and checked in one place."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import Cause, FailureAlerter, SettingsError, WorkloadType, alerter_from_env
from ecs_failure_alerts.policy import IGNORE_CONTAINERS, SIDE_CONTAINERS, FailurePolicy
from ecs_failure_alerts.settings import (
    VARIABLES,
    event_fields_from_env,
    policy_from_env,
)
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each
from strategies import CHARACTERS

DSN = "https://s3cr3t@sentry.example/1"
DSN_VARIABLE = "ECS_ALERTS_SENTRY_DSN"


def refused(environ: dict[str, Any]) -> SettingsError:
    """Return the error of an environment that is refused."""
    with pytest.raises(SettingsError) as caught:
        alerter_from_env(environ)
    return caught.value


def sent(inbox: SentryInbox, **environ: str) -> Any:
    """Send an alert by the settings, and return the event that arrived."""
    alerter_from_env(environ).process(task_state_change()).raise_for_failures()
    return inbox.events[-1]


def test_the_dsn_alone_makes_an_alerter() -> None:
    assert isinstance(alerter_from_env({"ECS_ALERTS_SENTRY_DSN": DSN}), FailureAlerter)


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, id="none"),
        pytest.param({"ECS_ALERTS_SENTRY_DSN": ""}, id="empty"),
        pytest.param({"ECS_ALERTS_SENTRY_DSN": " ", "SENTRY_DSN": "\n"}, id="blank"),
    ],
)
def test_without_a_dsn_the_start_stops_and_names_the_variable(environ: dict[str, str]) -> None:
    error = refused(environ)
    assert error.variable == "ECS_ALERTS_SENTRY_DSN"
    assert str(error).startswith("ECS_ALERTS_SENTRY_DSN: expected a DSN, got none: ")


@pytest.mark.parametrize("variable", ["ECS_ALERTS_SENTRY_DSN", "SENTRY_DSN"])
def test_the_dsn_may_stand_in_our_variable_or_in_sentrys(variable: str) -> None:
    with SentryInbox() as inbox:
        assert sent(inbox, **{variable: f" {inbox.dsn} "})


def test_our_dsn_variable_wins_unless_it_is_empty() -> None:
    with SentryInbox() as inbox, SentryInbox() as other:
        sent(inbox, ECS_ALERTS_SENTRY_DSN=inbox.dsn, SENTRY_DSN=other.dsn)
        assert other.events == ()
        sent(other, ECS_ALERTS_SENTRY_DSN="", SENTRY_DSN=other.dsn)
        assert len(inbox.events) == 1


@each("variable", ["ECS_ALERTS_SENTRY_DSN", "SENTRY_DSN"])
@each(
    "dsn",
    [
        "s3cr3t",
        "https://s3cr3t@",
        "https://s3cr3t@sentry.example/",
        "https://s3cr3t@sentry example/1",
        "s3cr3t@sentry.example/1",
        "https://s3cr3t@sentry.example:x/1",
    ],
)
def test_a_wrong_dsn_is_named_by_its_variable_and_not_echoed(variable: str, dsn: str) -> None:
    error = refused({variable: dsn})
    assert error.variable == variable
    assert "https://PUBLIC_KEY@HOST/PROJECT_ID" in str(error)
    assert "s3cr3t" not in str(error) + repr(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


@each(
    ("environ", "environment"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"ECS_ALERTS_ENVIRONMENT": "prod"}, "prod", id="ours"),
        pytest.param({"SENTRY_ENVIRONMENT": "stage"}, "stage", id="sentrys"),
        pytest.param(
            {"ECS_ALERTS_ENVIRONMENT": "prod", "SENTRY_ENVIRONMENT": "stage"}, "prod", id="both"
        ),
        pytest.param(
            {"ECS_ALERTS_ENVIRONMENT": " ", "SENTRY_ENVIRONMENT": "stage"}, "stage", id="blank"
        ),
    ],
)
def test_the_environment_is_ours_else_sentrys_else_none(
    environ: dict[str, str], environment: str | None
) -> None:
    with SentryInbox() as inbox:
        assert sent(inbox, SENTRY_DSN=inbox.dsn, **environ).get("environment") == environment


@each("variable", ["ECS_ALERTS_ENVIRONMENT", "SENTRY_ENVIRONMENT"])
@each("value", ["a/b", "x" * 65, "a\nb"], ids=["slash", "long", "lines"])
def test_an_environment_that_sentry_would_drop_stops_the_start(variable: str, value: str) -> None:
    assert refused({"SENTRY_DSN": DSN, variable: value}).variable == variable


def test_without_settings_the_policy_is_the_default_one() -> None:
    assert policy_from_env({}) == FailurePolicy()
    assert policy_from_env(dict.fromkeys(VARIABLES, "")) == FailurePolicy()


def test_side_containers_are_added_to_the_defaults() -> None:
    """Blanks and empty entries do not matter."""
    policy = policy_from_env(
        {"ECS_ALERTS_IGNORE_CONTAINERS": " a*, ,b ,", "ECS_ALERTS_SIDE_CONTAINERS": "c"}
    )
    assert policy.ignore_containers == (*IGNORE_CONTAINERS, "a*", "b")
    assert policy.side_containers == (*SIDE_CONTAINERS, "c")


def test_a_cause_is_silenced_by_name_or_group_for_every_workload() -> None:
    policy = policy_from_env({"ECS_ALERTS_IGNORE_CAUSES": "failed_to_start, spot_interruption"})
    for type_ in WorkloadType:
        assert policy.level(Cause.FAILED_TO_START_IMAGE_PULL, type_) is None
        assert policy.level(Cause.SPOT_INTERRUPTION, type_) is None
        assert policy.level(Cause.OUT_OF_MEMORY, type_) == "error"


def test_the_environment_can_name_clusters_services_and_families() -> None:
    environ = {
        "ECS_ALERTS_CLUSTERS": "prod-*,arn:aws:ecs:eu-west-1:123456789012:cluster/jobs",
        "ECS_ALERTS_SERVICES": "api",
        "ECS_ALERTS_FAMILIES": "etl, etl-*",
    }
    assert policy_from_env(environ) == FailurePolicy(
        clusters=["prod-*", "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"],
        services=["api"],
        families=["etl", "etl-*"],
    )


def test_exit_codes_are_read_as_integers() -> None:
    policy = policy_from_env({"ECS_ALERTS_IGNORE_EXIT_CODES": "1, 143,-1"})
    assert policy.ignore_exit_codes == frozenset({1, 143, -1})


def test_workload_types_to_ignore_are_separated_by_commas() -> None:
    policy = policy_from_env({"ECS_ALERTS_IGNORE_WORKLOADS": "batch, standalone"})
    assert policy.ignore_workloads == (WorkloadType.BATCH, WorkloadType.STANDALONE)


@each(
    ("variable", "value", "choices"),
    [
        pytest.param("ECS_ALERTS_IGNORE_CAUSES", "oom", "out_of_memory", id="cause"),
        pytest.param("ECS_ALERTS_IGNORE_CAUSES", "clean_exit,zzz", "health_check", id="second"),
        pytest.param("ECS_ALERTS_IGNORE_CAUSES", "*", "out_of_memory", id="all-causes"),
        pytest.param("ECS_ALERTS_IGNORE_WORKLOADS", "batch,jobs", "standalone", id="workload"),
        pytest.param("ECS_ALERTS_IGNORE_WORKLOADS", "daemon", "standalone", id="no-task"),
        pytest.param("ECS_ALERTS_IGNORE_EXIT_CODES", "1,x", "1,143", id="code"),
        pytest.param("ECS_ALERTS_IGNORE_EXIT_CODES", "1.0", "1,143", id="fraction"),
        pytest.param("ECS_ALERTS_IGNORE_EXIT_CODES", "1;2", "1,143", id="semicolon"),
        pytest.param("ECS_ALERTS_IGNORE_EXIT_CODES", "1_000", "1,143", id="underscore"),
        pytest.param(
            "ECS_ALERTS_IGNORE_EXIT_CODES", "\N{ARABIC-INDIC DIGIT ONE}", "1,143", id="arabic-digit"
        ),
        pytest.param("ECS_ALERTS_IGNORE_EXIT_CODES", "9" * 11, "1,143", id="no-exit-code"),
        pytest.param("ECS_ALERTS_CLUSTERS", "prod east", "a cluster's name", id="cluster"),
        pytest.param("ECS_ALERTS_SERVICES", "a?", "any characters", id="service"),
        pytest.param("ECS_ALERTS_FAMILIES", "[ab]", "any characters", id="family"),
        pytest.param("ECS_ALERTS_IGNORE_CONTAINERS", "a?", "any characters", id="container"),
        pytest.param("ECS_ALERTS_SIDE_CONTAINERS", "[ab]", "any characters", id="side"),
        pytest.param("ECS_ALERTS_PARTIAL_BATCH", "yes", "1, true, 0 or false", id="switch"),
        pytest.param("ECS_ALERTS_PARTIAL_BATCH", "2", "1, true, 0 or false", id="number"),
    ],
)
def test_a_wrong_value_stops_the_start_with_the_variable_and_the_choices(
    variable: str, value: str, choices: str
) -> None:
    error = refused({"SENTRY_DSN": DSN, variable: value})
    assert error.variable == variable
    assert str(error).startswith(f"{variable}: ")
    assert choices in str(error)


@each(
    "variable",
    sorted({*VARIABLES, "SENTRY_ENVIRONMENT"} - {DSN_VARIABLE, "ECS_ALERTS_LOG_REDACT"}),
)
def test_a_dsn_in_the_wrong_variable_is_not_echoed(variable: str) -> None:
    """A DSN that was pasted into another variable shows in no error."""
    error = refused({"SENTRY_DSN": DSN, variable: DSN})
    assert error.variable == variable
    assert "looks like a DSN" in str(error)
    assert "s3cr3t" not in str(error)


@each("read", [alerter_from_env, policy_from_env, event_fields_from_env])
@each(("environ", "got"), [(None, "None"), (7, "a number"), (["SENTRY_DSN"], "a list")])
def test_what_is_no_environment_is_refused(read: Any, environ: Any, got: str) -> None:
    """An environment is a mapping; the error says which one is meant."""
    with pytest.raises(TypeError, match=rf"expected a mapping such as os\.environ, got {got}$"):
        read(environ)


def test_a_value_that_is_no_text_is_refused() -> None:
    """The error names the kind of the value, not the value."""
    error = refused({"SENTRY_DSN": DSN, "ECS_ALERTS_IGNORE_EXIT_CODES": 143})
    assert str(error) == "ECS_ALERTS_IGNORE_EXIT_CODES: expected a string, got a number"
    assert str(refused({"SENTRY_DSN": b"x"})) == "SENTRY_DSN: expected a string, got bytes"


def test_a_name_that_is_no_text_is_no_setting() -> None:
    environ: Any = {5: "x", "SENTRY_DSN": DSN}
    assert alerter_from_env(environ)


@given(st.sampled_from(sorted(VARIABLES)), st.text(CHARACTERS) | st.just("\x00?"))
def test_any_text_makes_an_alerter_or_a_settings_error(variable: str, value: str) -> None:
    """Whatever a variable holds, the start succeeds, or names the variable and what is expected."""

    def start() -> str:
        try:
            alerter_from_env({"SENTRY_DSN": DSN, variable: value})
        except SettingsError as error:
            return str(error)
        return f"{variable}: expected"

    said = "expected|unknown|not TOML: |not JSON: |expected a configuration, got none: "
    assert re.match(f"{variable}: ({said})", start())


@each(
    ("value", "partial"),
    [("1", True), ("true", True), (" TRUE ", True), ("0", False), ("False", False), ("", False)],
)
def test_the_switch_answers_a_queue_with_the_records_that_failed(value: str, partial: bool) -> None:
    alerter = alerter_from_env({"SENTRY_DSN": DSN, "ECS_ALERTS_PARTIAL_BATCH": value})

    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 1000

    payload = {"Records": [{"messageId": "m0", "eventSource": "aws:sqs", "body": "{}"}]}
    if partial:
        failed = {"batchItemFailures": [{"itemIdentifier": "m0"}]}
        assert alerter.handle(payload, Context()) == failed
    else:
        with pytest.raises(Exception, match="1 of 1 record failed"):
            alerter.handle(payload, Context())


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("ECS_ALERTS_IGNORE_CAUSE", ": did you mean ECS_ALERTS_IGNORE_CAUSES?"),
        ("ECS_ALERTS_SENTRY_DNS_SECRET_ID", ": did you mean ECS_ALERTS_SENTRY_DSN_SECRET_ID?"),
        ("ECS_ALERTS_CLUSTER", ": did you mean ECS_ALERTS_CLUSTERS?"),
        ("ECS_ALERT_IGNORE_CAUSES", ": did you mean ECS_ALERTS_IGNORE_CAUSES?"),
        ("ecs_alerts_clusters", ": did you mean ECS_ALERTS_CLUSTERS?"),
        ("ECS_ALERTS_REGION", ""),
        ("ECS_ALERTS_LOG_LEVEL", ""),
    ],
)
def test_an_unknown_variable_of_ours_is_warned_of_with_a_near_name(
    caplog: pytest.LogCaptureFixture, variable: str, hint: str
) -> None:
    alerter_from_env({"SENTRY_DSN": DSN, variable: "x", "OTHER": "x"})
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == f"{variable} is unknown and ignored{hint}"


def test_the_name_of_an_unknown_variable_neither_steers_a_screen_nor_forges_a_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A file of settings for the command can have any name."""
    alerter_from_env({"SENTRY_DSN": DSN, "ECS_ALERTS_\x1b[2J\u202e\nforged" + "x" * 300: "x"})
    (record,) = caplog.records
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 250


@each("kind", ["IGNORE", "SIDE", "MAIN"])
def test_a_blank_inside_a_containers_name_is_refused(kind: str) -> None:
    """No container has one, so the entry would do nothing."""
    variable = f"ECS_ALERTS_{kind}_CONTAINERS"
    with pytest.raises(SettingsError) as caught:
        alerter_from_env({"SENTRY_DSN": DSN, variable: "app, my sidecar"})
    said = 'expected containers separated by commas, got "my sidecar": write them as app,web'
    assert str(caught.value) == f"{variable}: {said}"


def test_another_programs_variable_with_almost_our_prefix_is_not_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alerter_from_env({"SENTRY_DSN": DSN, "ECS_ALERT_TOPIC_ARN": "x"})
    assert caplog.records == []


def test_decisions_are_logged_at_info_unless_a_level_is_set() -> None:
    """The level of the root logger does not matter."""
    logger = logging.getLogger("ecs_failure_alerts")
    for before, after in ((logging.NOTSET, logging.INFO), (logging.ERROR, logging.ERROR)):
        logger.setLevel(before)
        alerter_from_env({"SENTRY_DSN": DSN})
        assert logger.level == after


@pytest.mark.parametrize("expression", [r"redis://\S+", "postgres://[^@]+@"])
def test_a_pattern_of_secrets_may_be_one_of_addresses(expression: str) -> None:
    """It is not taken for a DSN in the wrong place."""
    environ = {"ECS_ALERTS_SENTRY_DSN": DSN, "ECS_ALERTS_LOG_REDACT": expression}
    assert alerter_from_env(environ)
