"""The configuration that the environment names: where it is, what wins over it, what it builds."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from answering_server import answer, server
from aws_stub import AwsStub, aws_stub, refused
from ecs_failure_alerts import alerter_from_env
from ecs_failure_alerts.configuration import NOTIFIERS
from ecs_failure_alerts.exceptions import ConfigError, SettingsError
from ecs_failure_alerts.policy import SIDE_CONTAINERS
from ecs_failure_alerts.policy.rules import Rule
from ecs_failure_alerts.settings import policy_from_env
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from rows import each

CONFIG = "ECS_ALERTS_CONFIG"
FILE = "ECS_ALERTS_CONFIG_FILE"
SSM = "ECS_ALERTS_CONFIG_SSM_PARAMETER"
DSN = "ECS_ALERTS_SENTRY_DSN"
RULE = '[[rules]]\nlevel = "silent"\nfamily = "importer"\n'


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStub]:
    """Run a server that AWS's SDK takes for AWS."""
    with aws_stub(monkeypatch) as stub:
        yield stub


def sentry(inbox: SentryInbox, name: str = "sentry") -> str:
    """Return a document with one notifier, for an inbox."""
    return f'[notifiers.{name}]\ntype = "sentry"\ndsn = "{inbox.dsn}"\n'


def refusal(**environ: str) -> SettingsError:
    """Return the error of an environment with which nothing starts."""
    with pytest.raises(SettingsError) as caught:
        alerter_from_env(environ)
    return caught.value


def send(**environ: str) -> None:
    """Send an alert as the environment says."""
    alerter_from_env(environ).process(task_state_change()).raise_for_failures()


def test_a_policy_is_read_from_the_text(caplog: pytest.LogCaptureFixture) -> None:
    assert policy_from_env({CONFIG: RULE}).rules == (Rule(None, family="importer"),)
    assert not caplog.records


def test_a_policy_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "teams.toml"
    file.write_text(RULE, "utf-8")
    assert policy_from_env({FILE: str(file)}).rules == (Rule(None, family="importer"),)


def test_a_policy_is_read_from_a_parameter(aws: AwsStub) -> None:
    aws.answer_once("GetParameter", (200, {"Parameter": {"Value": RULE}}))
    assert policy_from_env({SSM: "/ecs-alerts/config"}).rules == (Rule(None, family="importer"),)
    assert aws.asked[-1] == (
        "AmazonSSM.GetParameter",
        {"Name": "/ecs-alerts/config", "WithDecryption": True},
    )


def test_a_parameter_that_cannot_be_read_stops_the_start(aws: AwsStub) -> None:
    """The error names the action and the resource, not who was refused."""
    aws.answer_once("GetParameter", refused("AccessDeniedException"))
    error = refusal(**{SSM: "/ecs-alerts/config"})
    assert str(error).startswith(
        f"{SSM}: expected a configuration, got none: ssm:GetParameter on /ecs-alerts/config failed "
        "with AccessDeniedException"
    )


def test_a_file_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"
    assert str(refusal(**{FILE: str(file)})) == (
        f"{FILE}: expected a file that can be read, got {file}: No such file or directory"
    )
    assert "not the name of a file" in str(refusal(**{FILE: "\0"}))


@each("value", ["teams.toml", "/var/task/teams.json", "sentry"])
def test_a_file_where_the_text_belongs_is_told(value: str) -> None:
    assert str(refusal(**{CONFIG: value})) == (
        f"{CONFIG}: expected the configuration itself, as TOML or JSON; "
        f'got "{value}", which looks like a file'
    )


def test_a_beginning_of_a_document_is_no_file() -> None:
    """Even if it stands in one line, without a space or a value."""
    assert str(refusal(**{CONFIG: "[[rules]"})).startswith(f"{CONFIG}: not TOML: Expected ']]'")


def test_a_dsn_that_is_missing_may_be_set_in_the_environment() -> None:
    assert str(refusal(**{CONFIG: '[notifiers.sentry]\ntype = "sentry"\n'})) == (
        f"{CONFIG}: notifiers.sentry: expected one of dsn_ssm_parameter, dsn_secret_id or dsn; got "
        "none: add one, or set ECS_ALERTS_SENTRY_DSN where this runs"
    )


def test_one_configuration_is_enough() -> None:
    assert str(refusal(**{CONFIG: RULE, FILE: "x.toml"})) == (
        f"{CONFIG}: expected one configuration, got {CONFIG} and {FILE}: set only one of them"
    )


def test_a_wrong_document_stops_the_start_with_every_fault() -> None:
    error = refusal(**{CONFIG: '[[rules]]\nlevel = "loud"\n[lookups]\nseconds = 0\n'})
    assert isinstance(error, ConfigError)
    assert error.variable == CONFIG
    assert [problem.path for problem in error.problems] == ["rules[0].level", "lookups.seconds"]


def test_a_warning_names_the_variable_and_the_path(caplog: pytest.LogCaptureFixture) -> None:
    with SentryInbox() as inbox:
        alerter_from_env({CONFIG: sentry(inbox)})
        (record,) = caplog.records
        assert record.getMessage() == (
            f"{CONFIG}: notifiers.sentry.dsn: a secret in plain text: keep it in AWS, and set "
            "dsn_ssm_parameter or dsn_secret_id"
        )
        assert inbox.dsn not in caplog.text


def test_variables_win_over_the_same_thing_in_the_document() -> None:
    document = 'side_containers = "audit"\nmain_containers = "app"\n'
    policy = policy_from_env({CONFIG: document, "ECS_ALERTS_SIDE_CONTAINERS": "proxy"})
    assert policy.side_containers == (*SIDE_CONTAINERS, "proxy")
    assert policy.main_containers == ("app",)


@each(
    "key, environ, expected",
    [
        ('environment = "stage"', {}, "stage"),
        ('environment = "stage"', {"ECS_ALERTS_ENVIRONMENT": "production"}, "production"),
        ('environment = "stage"', {"SENTRY_ENVIRONMENT": "of-the-host"}, "stage"),
        ("", {"SENTRY_ENVIRONMENT": "of-the-host"}, "of-the-host"),
    ],
)
def test_a_variable_wins_over_the_environment_of_each_notifier(
    key: str, environ: dict[str, str], expected: str
) -> None:
    with SentryInbox() as inbox:
        send(**{CONFIG: f"{sentry(inbox, 'data')}{key}\n", **environ})
        assert inbox.events[0]["environment"] == expected


def test_a_dsn_in_the_environment_takes_the_place_of_the_documents() -> None:
    with SentryInbox() as inbox, SentryInbox() as other:
        send(**{CONFIG: f'{sentry(other)}environment = "stage"\n', DSN: inbox.dsn})
        assert (len(inbox.events), len(other.events)) == (1, 0)
        assert inbox.events[0]["environment"] == "stage"


def test_a_dsn_in_the_environment_is_a_notifier_more() -> None:
    with SentryInbox() as inbox, SentryInbox() as other:
        send(**{CONFIG: sentry(other, "data"), DSN: inbox.dsn})
        assert (len(inbox.events), len(other.events)) == (1, 1)


def test_the_hosts_own_dsn_is_no_notifier_where_the_document_has_one() -> None:
    with SentryInbox() as inbox, SentryInbox() as host:
        send(**{CONFIG: sentry(inbox, "data"), "SENTRY_DSN": host.dsn})
        assert (len(inbox.events), len(host.events)) == (1, 0)
        send(**{CONFIG: RULE, "SENTRY_DSN": host.dsn})
        assert len(host.events) == 1


def test_a_route_can_ask_for_the_dsn_of_the_environment() -> None:
    with SentryInbox() as inbox, SentryInbox() as host:
        document = f'{sentry(inbox, "data")}[[routes]]\nnotifier = "sentry"\n'
        send(**{CONFIG: document, "SENTRY_DSN": host.dsn})
        assert (len(inbox.events), len(host.events)) == (0, 1)
        assert str(refusal(**{CONFIG: document})) == (
            f"{CONFIG}: routes[0].notifier: expected a table [notifiers.sentry] or {DSN}, "
            "got neither: add one"
        )


@each("variable", [DSN, "SENTRY_DSN"])
def test_the_notifier_sentry_can_leave_its_dsn_to_the_environment(variable: str) -> None:
    document = '[notifiers.sentry]\ntype = "sentry"\nenvironment = "stage"\n'
    with SentryInbox() as inbox:
        send(**{CONFIG: document, variable: inbox.dsn})
        assert inbox.events[0]["environment"] == "stage"
    assert "notifiers.sentry: expected one of dsn_ssm_parameter" in str(
        refusal(**{CONFIG: document})
    )


def test_no_other_notifier_can_leave_its_dsn_to_the_environment() -> None:
    error = refusal(**{CONFIG: '[notifiers.data]\ntype = "sentry"\n', DSN: "https://k@x.example/1"})
    assert "notifiers.data: expected one of dsn_ssm_parameter" in str(error)


@each(
    ("document", "environ"),
    [
        ('wanted = "tags"', {"ECS_ALERTS_TAG_KEYS": "team"}),
        ('log_group = "/ecs/{family}"', {"ECS_ALERTS_LOG_STREAM": "ecs/{container}/{task_id}"}),
        ('log_stream = "ecs/{task_id}"', {"ECS_ALERTS_LOG_GROUP": "/ecs/{family}"}),
    ],
)
def test_what_one_look_up_needs_beside_it_may_be_a_variable(
    document: str, environ: dict[str, str], aws: AwsStub
) -> None:
    given = {CONFIG: f"[lookups]\n{document}\n", DSN: "https://k@x.example/1"}
    alerter_from_env({**given, **environ})
    refusal(**given)


def test_a_variable_decides_between_two_releases() -> None:
    document = "".join(
        f'[notifiers.{name}]\ntype = "sentry"\ndsn_secret_id = "{name}"\n'
        f'release_from = "env:{name}"\n'
        for name in ("A", "B")
    )
    refusal(**{CONFIG: document})
    alerter_from_env({CONFIG: document, "ECS_ALERTS_RELEASE_FROM": "env:VERSION"})


def test_without_any_notifier_the_start_stops() -> None:
    assert str(refusal(**{CONFIG: RULE})) == (
        f"{DSN}: expected a DSN, or a notifier in {CONFIG}; got neither"
    )


def test_a_dsn_is_of_a_notifier_for_sentry() -> None:
    document = '[notifiers.sentry]\ntype = "log"\n'
    assert str(refusal(**{CONFIG: document, DSN: "https://key@sentry.example/1"})) == (
        f"{CONFIG}: notifiers.sentry: expected the type sentry, because {DSN} is set; "
        "got log: rename it"
    )


def test_what_no_notifier_can_be_made_of_stops_the_start() -> None:
    """Each is named, and no secret is."""
    document = (
        '[notifiers.a]\ntype = "webhook"\nurl = "https://example.com"\nsigning_key = "s3cr3t"\n'
        '[notifiers.b]\ntype = "webhook"\nurl = "https://exa mple.com/s3cr3t"\n'
    ).replace("exa mple.com", "[example.com")
    error = refusal(**{CONFIG: document})
    assert isinstance(error, ConfigError)
    assert [problem.path for problem in error.problems] == ["notifiers.a", "notifiers.b"]
    assert "s3cr3t" not in f"{error} {error!r}"


def test_every_notifier_is_told_by_its_name() -> None:
    with SentryInbox() as inbox, server(answer("204 No Content")) as (url, requests):
        document = (
            f'{sentry(inbox, "data")}[notifiers.hook]\ntype = "webhook"\nurl = "{url}"\n'
            '[notifiers.lines]\ntype = "log"\n'
        )
        report = alerter_from_env({CONFIG: document}).process(task_state_change())
        names = [receipt.notifier for receipt in report.outcomes[0].receipts]
        assert sorted(names) == ["data", "hook", "lines"]
        assert len(requests) == 1


def test_what_is_in_aws_is_asked_for_by_clients_that_the_start_makes(aws: AwsStub) -> None:
    with SentryInbox() as inbox:
        aws.answers["GetParameter"] = (200, {"Parameter": {"Value": inbox.dsn}})
        aws.answers["Publish"] = (200, {"MessageId": "a-message"})
        document = (
            '[notifiers.data]\ntype = "sentry"\ndsn_ssm_parameter = "/data/dsn"\n'
            '[notifiers.slack]\ntype = "sns"\n'
            'topic_arn = "arn:aws:sns:eu-central-1:111122223333:data"\n'
        )
        alerter = alerter_from_env({CONFIG: document})
        assert aws.asked == []

        report = alerter.process(task_state_change())
        assert {receipt.notifier for receipt in report.outcomes[0].receipts} == {"data", "slack"}
        assert {target for target, _ in aws.asked} == {"AmazonSSM.GetParameter", "Query.Publish"}


@pytest.mark.integration
def test_a_url_of_apprise_that_is_none_stops_the_start() -> None:
    document = '[notifiers.pager]\ntype = "apprise"\nurl = "nothing://s3cr3t"\n'
    error = refusal(**{CONFIG: document})
    assert "notifiers.pager: expected the URL of one service of Apprise" in str(error)
    assert "s3cr3t" not in f"{error!r}"


def test_routes_decide_who_is_told() -> None:
    with SentryInbox() as inbox, SentryInbox() as other:
        document = (
            f"{sentry(inbox, 'data')}{sentry(other, 'web')}"
            '[[routes]]\nnotifier = "data"\nfamily = "nightly-*"\n'
            '[[routes]]\nnotifier = "web"\nfamily = "web"\n[[routes]]\ndrop = true\n'
        )
        send(**{CONFIG: document})
        assert (len(inbox.events), len(other.events)) == (1, 0)


def test_every_type_of_notifier_can_be_built() -> None:
    from ecs_failure_alerts.settings import config

    assert config.BUILDERS.keys() == NOTIFIERS.keys()


def test_look_ups_of_the_document_are_those_of_the_alerter(aws: AwsStub) -> None:
    document = '[lookups]\nwanted = "definition"\nroles = "arn:aws:iam::111122223333:role/r"\n'
    with SentryInbox() as inbox:
        send(**{CONFIG: document, DSN: inbox.dsn})
    assert "DescribeTaskDefinition" in aws.asked[-1][0]


def test_a_look_up_without_effect_is_named_by_its_path(caplog: pytest.LogCaptureFixture) -> None:
    alerter_from_env({CONFIG: "[lookups]\nlog_lines = 3\n", DSN: "https://key@sentry.example/1"})
    assert [record.getMessage() for record in caplog.records] == [
        "lookups.log_lines has no effect: add logs to lookups.wanted, or remove it"
    ]


def test_a_release_without_a_look_up_is_named_by_its_path(
    caplog: pytest.LogCaptureFixture,
) -> None:
    document = (
        '[notifiers.data]\ntype = "sentry"\ndsn = "https://key@sentry.example/1"\n'
        'release_from = "env:APP_VERSION"\n'
    )
    alerter_from_env({CONFIG: document})
    assert [record.getMessage() for record in caplog.records][1:] == [
        "notifiers.data.release_from has no effect: add definition to lookups.wanted, or remove it"
    ]


@pytest.mark.parametrize(
    ("package", "type_", "url"),
    [
        ("ecs_failure_alerts.notifiers._http", "webhook", "https://example.com"),
        ("apprise", "apprise", "json://example.com"),
    ],
)
def test_what_needs_another_package_names_the_notifier(
    monkeypatch: pytest.MonkeyPatch, package: str, type_: str, url: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    document = f'[notifiers.hook]\ntype = "{type_}"\nurl = "{url}"\n'
    needs = rf"^notifiers\.hook: {type_.capitalize()}Notifier needs"
    with pytest.raises(ModuleNotFoundError, match=needs):
        alerter_from_env({CONFIG: document})


@pytest.mark.integration
def test_without_a_document_nothing_of_it_is_loaded() -> None:
    code = (
        "import sys\n"
        "from ecs_failure_alerts import alerter_from_env\n"
        "alerter_from_env({'SENTRY_DSN': 'http://key@127.0.0.1:9/1'})\n"
        "package = 'ecs_failure_alerts'\n"
        "names = ['tomllib', f'{package}.settings.config', f'{package}.configuration']\n"
        "print(*[name for name in names if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.split() == []


def test_a_parameter_needs_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ModuleNotFoundError, match=f"^{SSM}: expected boto3"):
        alerter_from_env({SSM: "/ecs-alerts/config"})


def test_the_log_level_is_set_for_warnings_of_the_document() -> None:
    logger = logging.getLogger("ecs_failure_alerts")
    logger.setLevel(logging.NOTSET)
    alerter_from_env({CONFIG: RULE, DSN: "https://key@sentry.example/1"})
    assert logger.level == logging.INFO
