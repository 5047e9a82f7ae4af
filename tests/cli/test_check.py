"""The command check: a configuration, and who would be told of an event."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import Saver, lines, standard_input
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.configuration import schema
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"

TEAMS = """
[[rules]]
level = "silent"
family = "importer"
exit_code = 143
until = 2126-12-04
why = "fixed in release 12"

[[rules]]
level = "error"
tag = "team=web"
until = 2026-01-01

[notifiers.data]
type = "sentry"
dsn_ssm_parameter = "/data/dsn"

[notifiers.web]
type = "log"

[[routes]]
notifier = "data"
family = "etl-*"
min_level = "warning"

[[routes]]
notifier = "web"
service = "*"
"""


#: What is said of them.
GAP = (
    "routes: an alert that no route takes counts as not delivered: add a last route with "
    "otherwise = true, or with drop = true"
)
NO_LOOK_UP = (
    'no look-up finds the tag team: set lookups.wanted = ["tags"] and lookups.tag_keys = ["team"]'
)

#: A notifier that gets nothing without a tag.
TAGGED = """
[notifiers.data]
type = "log"

[notifiers.platform]
type = "log"

[[routes]]
notifier = "data"
tag = "team=data"
min_level = "error"

[[routes]]
notifier = "platform"

[lookups]
wanted = "tags"
tag_keys = "team"
"""

#: Every field that says when something happened.
TIMES = (
    *("createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "executionStoppedAt"),
    *("stoppingAt", "stoppedAt", "updatedAt", "time"),
)


def event(family: str, *codes: int, service: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the event of a task that ended with these codes."""
    return task_state_change(
        taskDefinitionArn=f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:1",
        group=f"service:{service}" if service else f"family:{family}",
        startedBy="ecs-svc/1" if service else "chronos-schedule/nightly",
        containers=[{"name": f"c{index}", "exitCode": code} for index, code in enumerate(codes)],
        **changes,
    )


def spot(service: str) -> dict[str, Any]:
    """Return the event of a service's task that Spot took away."""
    return event(
        service,
        0,
        service=service,
        stopCode="SpotInterruption",
        stoppedReason="Your Spot Task was interrupted.",
    )


@pytest.fixture
def teams(tmp_path: Path) -> str:
    """Return the name of a file with the configuration of two teams."""
    return saved(tmp_path, TEAMS)


def saved(folder: Path, document: str, name: str = "teams.toml") -> str:
    """Save a document, and return its file's name."""
    file = folder / name
    file.write_text(document, "utf-8")
    return str(file)


def documented(name: str) -> str:
    """Return a document of the page on the configuration."""
    if not DOCS.exists():
        pytest.skip("the tests run without the checkout")
    (found,) = re.findall(rf"```toml {name}\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    return str(found)


def test_a_configuration_is_shown_as_tables(teams: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", teams]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{teams}: valid: 2 rules, 2 notifiers, 2 routes",
        f"warning: {GAP}",
        "warning: rules[1]: this rule has ended: remove it, or set a later until",
        f"warning: rules[1].tag: {NO_LOOK_UP}",
        "",
        "rules: the last that fits decides",
        "  default           the levels of every policy, by cause and workload",
        (
            "  rules[0]  silent  family importer, exit_code 143, until the end of 2126-12-04 UTC"
            "  because: fixed in release 12"
        ),
        "  rules[1]  error   tag team=web, until the end of 2026-01-01 UTC  (ended)",
        "",
        "routes: each that fits takes the alert",
        "  routes[0]  data (family etl-*, from warning up)",
        "  routes[1]  web (service *)",
    ]


def test_a_configuration_is_shown_as_json(teams: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "json", teams]) == 0
    (found,) = lines(capsys)
    assert found["valid"] is True
    assert [(rule["name"], rule["level"], rule["ended"]) for rule in found["rules"]] == [
        ("rules[0]", None, False),
        ("rules[1]", "error", True),
    ]
    assert found["rules"][0]["why"] == "fixed in release 12"
    assert [route["name"] for route in found["routes"]] == ["routes[0]", "routes[1]"]
    assert [warning["path"] for warning in found["warnings"]] == [
        "routes",
        "rules[1]",
        "rules[1].tag",
    ]
    assert found["problems"] == []


def test_a_wrong_configuration_is_told_fault_by_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[[rules]]\nlevel = "loud"\n[lookups]\nseconds = 0\n')
    assert main(["check", file]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        (
            f"{file}: rules[0].level: unknown level 'loud': expected one of fatal, error, warning, "
            "info, silent"
        ),
        f"{file}: lookups.seconds: expected more than 0 and at most 10 seconds, got 0",
    ]

    assert main(["check", file, "--format", "json"]) == 1
    (found,) = lines(capsys)
    assert found["valid"] is False
    assert [problem["path"] for problem in found["problems"]] == [
        "rules[0].level",
        "lookups.seconds",
    ]


def test_a_warning_is_shown_and_is_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[notifiers.a]\ntype = "webhook"\nurl = "https://s3cr3t@x.example/"\n')
    assert main(["check", file]) == 0
    said = capsys.readouterr()
    assert "warning: notifiers.a.url: a secret in plain text" in said.out
    assert "s3cr3t" not in said.out + said.err


def test_a_webhook_and_a_dsn_without_tls_are_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each at what sets it, in place of a line in a log."""
    hook = '[notifiers.a]\ntype = "webhook"\nurl = "http://hooks.example.com/s3cr3t"\n'
    monkeypatch.setenv("SENTRY_DSN", "http://s3cr3t@sentry.example.com/1")
    file = saved(tmp_path, f'{hook}[[routes]]\nnotifier = "a"\n[[routes]]\nnotifier = "sentry"\n')
    assert main(["check", file]) == 0
    said = capsys.readouterr()
    assert [line for line in said.out.splitlines() if "warning" in line] == [
        (
            "warning: notifiers.a.url: a secret in plain text: keep it in AWS, and set "
            "url_ssm_parameter or url_secret_id"
        ),
        "warning: notifiers.a: alerts go to hooks.example.com unencrypted: use https",
        "warning: SENTRY_DSN: alerts go to sentry.example.com unencrypted: use https",
    ]
    assert said.err == ""


HOOK = '[notifiers.a]\ntype = "webhook"\nurl = "https://x.example"\nsigning_key = "whsec_s3cr3t"\n'


def test_what_would_stop_the_start_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key in plain is tried, and not shown."""
    file = saved(tmp_path, HOOK)
    assert main(["check", file]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"{file}: notifiers.a: expected ")
    assert f"{file}: warning: notifiers.a.signing_key: a secret in plain" in said.err
    assert "s3cr3t" not in said.out + said.err


@pytest.mark.integration
def test_an_address_that_is_none_of_apprise_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[notifiers.a]\ntype = "apprise"\nurl = "nosuch://x/y"\n')
    assert main(["check", file]) == 1
    assert "notifiers.a: expected the URL of one service of Apprise" in capsys.readouterr().err


def test_what_cannot_be_tried_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ecs_failure_alerts.notifiers._http", None)
    assert main(["check", saved(tmp_path, HOOK)]) == 0
    assert "warning: notifiers.a: not checked: WebhookNotifier needs" in capsys.readouterr().out


def test_a_variable_of_the_shell_counts_as_one_of_the_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[notifiers.a]\ntype = "log"\n[lookups]\nwanted = "tags"\n')
    assert main(["check", file]) == 1
    monkeypatch.setenv("ECS_ALERTS_TAG_KEYS", "team")
    assert main(["check", file]) == 0
    assert "expected tag_keys as well as tags" in capsys.readouterr().err


def test_a_warning_is_shown_beside_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = '[notifiers.a]\ntype = "apprise"\nurl = "slack://s3cr3t"\n[lookups]\nseconds = 0\n'
    file = saved(tmp_path, document)
    assert main(["check", file]) == 1
    fault, warning = capsys.readouterr().err.splitlines()
    assert fault.startswith(f"{file}: lookups.seconds: expected more than 0")
    assert warning.startswith(f"{file}: warning: notifiers.a.url: a secret in plain text")

    assert main(["check", file, "--format", "json"]) == 1
    (found,) = lines(capsys)
    assert [warning["path"] for warning in found["warnings"]] == ["notifiers.a.url"]


def test_a_dsn_in_the_environment_that_no_route_names_is_warned_of(
    teams: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECS_ALERTS_SENTRY_DSN", "https://key@sentry.example/1")
    assert main(["check", teams]) == 0
    assert (
        "warning: ECS_ALERTS_SENTRY_DSN: no route names the notifier sentry, so it gets no alerts"
        in capsys.readouterr().out
    )


def test_what_no_look_up_needs_is_warned_of_at_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", saved(tmp_path, "[lookups]\nseconds = 2\n")]) == 0
    said = capsys.readouterr().out
    warning = "has no effect: add definition to lookups.wanted, or remove it"
    assert f"warning: lookups.seconds: {warning}" in said


def test_without_notifiers_the_environment_has_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", saved(tmp_path, '[[rules]]\nlevel = "info"\n')]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  (no routes)  no notifiers: alerts go to the Sentry project of ECS_ALERTS_SENTRY_DSN"
    )


def test_without_routes_each_notifier_takes_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = '[notifiers.b]\ntype = "log"\n[notifiers.a]\ntype = "log"\n'
    assert main(["check", saved(tmp_path, document)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "  (no routes)  b (everything)",
        "  (no routes)  a (everything)",
    ]


def test_a_call_without_a_file_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert main(["check", "no-such-file.toml"]) == 2
    assert "expected a file with a configuration, or --schema" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def test_a_configuration_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    standard_input(monkeypatch, b'{"rules": [{"level": "info"}]}')
    assert main(["check", "-"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("standard input: valid: 1 rule, 0 notifiers, 0 routes\n")
    assert "rules[0]  info  every failure" in said


def course(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return how check follows an event, line by line, and what it ends with."""
    status = main(["check", *arguments])
    text = capsys.readouterr().out.rpartition("\n\n")[2]
    return [str(status), *(" ".join(line.split()) for line in text.splitlines())]


def test_a_silent_event_is_followed_to_the_rule_that_decides(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course(capsys, teams, "--event", save(event("importer", 143))) == [
        "0",
        "ContainerExit: importer",
        "rules[0] fits, and decides",
        "rules[1] no: tag team is not known: only a look-up may find it",
        (
            "decision no alert: container_exit of a scheduled workload is silent by rules[0] "
            "(family importer, exit_code 143, until the end of 2126-12-04 UTC): fixed in release 12"
        ),
        "goes to nobody: there is no alert",
    ]


def test_an_alert_is_followed_to_the_notifiers(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course(capsys, teams, "--event", save(event("etl-orders", 1, service="orders"))) == [
        "0",
        "ContainerExit: orders",
        "rules[0] no: family is etl-orders, not importer",
        "rules[1] no: tag team is not known: only a look-up may find it",
        "decision alert: container_exit of a service workload is error",
        "routes[0] takes it",
        "routes[1] takes it",
        "goes to data, web",
    ]


def test_an_alert_that_no_route_takes_is_lost(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert course(capsys, teams, "--event", save(event("other", 1))) == [
        "1",
        "ContainerExit: other",
        "rules[0] no: family is other, not importer",
        "rules[1] no: tag team is not known: only a look-up may find it",
        "decision alert: container_exit of a scheduled workload is error",
        "routes[0] no: family is other, not etl-*",
        "routes[1] no: it has no service",
        "goes to nobody: no route takes it, so it counts as not delivered",
    ]


def test_a_route_for_a_tag_that_is_looked_up_is_left_open(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    said = course(capsys, saved(tmp_path, TAGGED), "--event", save(event("a", 1)))
    assert said[-3:] == [
        "routes[0] maybe: tag team is looked up when an alert is due",
        "routes[1] takes it",
        "goes to platform; and data if it has the tag team=data",
    ]


def test_a_rule_for_a_tag_that_is_looked_up_is_left_open(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = '[[rules]]\nlevel = "info"\ntag = "team=web"\n[[rules]]\nlevel = "info"\nfamily = "b"\n'
    said = course(capsys, saved(tmp_path, rules + TAGGED), "--event", save(event("a", 1)))
    assert said[2:4] == [
        "rules[0] maybe: tag team is looked up when an alert is due",
        "rules[1] no: family is a, not b",
    ]


def test_what_a_look_up_decides_is_null_in_json(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, TAGGED)
    assert main(["check", file, "--format", "json", "--event", save(event("a", 1))]) == 0
    _, found = lines(capsys)
    assert [route["fits"] for route in found["routes"]] == [None, True]
    assert (found["told"], found["possible"]) == (
        ["platform"],
        ["data if it has the tag team=data"],
    )


@each(
    "tags, rules, why",
    [
        ([{"key": "team", "value": "web"}], "", "tag team is web, not data"),
        ([], 'level = "info"\n', "it takes error and above, and this is info"),
    ],
)
def test_a_route_that_no_look_up_can_open_is_closed(
    *,
    tags: list[dict[str, str]],
    rules: str,
    why: str,
    tmp_path: Path,
    save: Saver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = saved(tmp_path, f"{'[[rules]]' * bool(rules)}\n{rules}{TAGGED}")
    said = course(capsys, file, "--event", save(event("a", 1, tags=tags)))
    assert f"routes[0] no: {why}" in said


@each(
    "rule, failure, why",
    [
        ("exit_code = 1", event("a", 143), "exit_code is 143, not 1"),
        ("exit_code = [1, 2]", event("a", 1, 3), "exit_code is 1 and 3, not 1 or 2"),
        ('container = "c1"', event("a", 1), "container is c0, not c1"),
        ('container = "c1"', spot("web"), "no container is at fault"),
        ('cause = "out_of_memory"', event("a", 1), "cause is container_exit, not out_of_memory"),
        ('workload = "batch"', event("a", 1), "workload is scheduled, not batch"),
        ('cluster = "prod"', event("a", 1), "cluster is jobs, not prod"),
        ('account = "1*"\nfamily = "b"', event("a", 1), "family is a, not b"),
        ('account = "999999999999"', event("a", 1), "account is 123456789012, not 999999999999"),
        ('family = "A"', event("a", 1), "family is a, not A (case matters)"),
        ("until = 2025-01-01", event("a", 1), "it has ended"),
        (
            'tag = "team=web"',
            event("a", 1, tags=[{"key": "team", "value": "data"}]),
            "tag team is data, not web",
        ),
    ],
    ids=str,
)
def test_a_rule_that_does_not_fit_says_why(
    *,
    rule: str,
    failure: dict[str, Any],
    why: str,
    tmp_path: Path,
    save: Saver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = saved(tmp_path, f'[[rules]]\nlevel = "error"\n{rule}\n')
    said = course(capsys, file, "--event", save(failure))
    assert f"rules[0] no: {why}" in said


def test_a_rule_without_a_cause_is_for_failures(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[[rules]]\nlevel = "error"\nfamily = "a"\n')
    said = course(capsys, file, "--event", save(event("a", 0)))
    assert "rules[0] no: it names no cause, so it is for failures only" in said


def test_a_rule_that_ends_does_not_fit_an_event_without_time(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, '[[rules]]\nlevel = "error"\nuntil = 2099-01-01\n')
    without_time: dict[str, Any] = dict.fromkeys(TIMES, ABSENT)
    failure = event("a", 1, **without_time)
    said = course(capsys, file, "--event", save(failure))
    assert "rules[0] no: it has an end, and the event has no time" in said


def test_rows_of_the_environment_stand_before_the_rules(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_ALERTS_CLUSTERS", "jobs")
    said = course(capsys, teams, "--event", save(event("etl-a", 1)))
    assert said[2] == "clusters no: it is for all but cluster jobs"


@each(
    "route, end",
    [
        ("drop = true", "goes to nobody: a route drops it"),
        (
            'drop = true\nfamily = "b"',
            "goes to nobody: no route takes it, so it counts as not delivered",
        ),
        ('notifier = "sentry"', "goes to sentry"),
        (
            'notifier = "web"\nmin_level = "fatal"',
            "routes[1] no: it takes only fatal, and this is error",
        ),
    ],
)
def test_the_last_route_decides_what_becomes_of_the_rest(
    route: str, end: str, tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    web = '[notifiers.web]\ntype = "log"\n[[routes]]\nnotifier = "web"\nfamily = "x"\n'
    document = f"{web}[[routes]]\n{route}\n"
    assert end in course(capsys, saved(tmp_path, document), "--event", save(event("a", 1)))


def test_a_route_that_drops_does_so_with_what_no_other_takes(
    teams: str, save: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, f"{TEAMS}[[routes]]\ndrop = true\n")
    said = course(capsys, file, "--event", save(event("etl-a", 1)))
    assert said[-2:] == ["routes[2] no: another route takes it", "goes to data"]


def test_without_routes_every_notifier_is_told(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    failure = save(event("a", 1))
    document = '[notifiers.b]\ntype = "log"\n[notifiers.a]\ntype = "log"\n'
    assert course(capsys, saved(tmp_path, document), "--event", failure)[-1] == "goes to b, a"
    rules = saved(tmp_path, '[[rules]]\nlevel = "info"\n', "rules.toml")
    assert course(capsys, rules, "--event", failure)[-1] == "goes to sentry"


def test_the_course_of_each_event_is_a_line_of_json(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(event("importer", 143), event("etl-a", 1), event("other", 1))
    assert main(["check", teams, "--format", "json", "--event", file]) == 1
    _, *found = lines(capsys)
    assert [(course["told"], course["lost"]) for course in found] == [
        ([], False),
        (["data"], False),
        ([], True),
    ]
    assert found[0]["decided_by"] == "rules[0]"
    assert found[1]["place"] == "line 2"
    assert found[1]["routes"][1] == {
        "name": "routes[1]",
        "fits": False,
        "why_not": "it has no service",
    }


def test_what_cannot_be_read_is_told_and_what_is_of_others_is_ignored(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", teams, "--event", save({"detail": {}})]) == 1
    assert "is not readable" in capsys.readouterr().err
    other = {**event("a", 1), "source": "aws.s3", "detail": {}}
    assert main(["check", teams, "--event", save(other)]) == 0
    assert "is ignored" in capsys.readouterr().err


def test_a_file_of_events_that_is_not_there_is_named_before_anything_is_shown(
    teams: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As an event that cannot be read, so the status is the same."""
    assert main(["check", teams, "--event", "nothing.json"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "nothing.json: No such file or directory\n"


def test_an_event_in_place_of_a_configuration_is_told(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = save(event("a", 1))
    assert main(["check", file]) == 1
    assert capsys.readouterr().err == (
        f"{file}: expected a configuration, got events: check takes them by --event\n"
    )


def test_several_events_end_with_a_summary(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, f"{TEAMS}[[routes]]\ndrop = true\nfamily = 'b'\n")
    events = [event("etl-a", 1), event("importer", 143), event("b", 1), event("c", 1)]
    assert main(["check", file, "--event", save(*events)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        "4 events: 1 to data, 0 to web, 1 without an alert, 1 dropped, 1 without a route"
    )


def test_the_same_fault_is_told_ten_times(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong: list[dict[str, Any]] = [{"detail": {}} for _ in range(13)]
    assert main(["check", teams, "--event", save(*wrong)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert sum("is not readable" in line for line in said) == 10
    assert said[-1].startswith("and 3 more: ")


def test_long_lines_are_folded_on_a_terminal_alone(
    teams: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(Path(teams).parent)
    main(["check", "teams.toml"])
    whole = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["check", "teams.toml"]) == 0

    folded = capsys.readouterr().out
    assert folded.split() == whole.split()
    assert max(map(len, whole.splitlines())) > 60 >= max(map(len, folded.splitlines()))
    assert "\n      " in folded  # what goes on stands further right


SENTENCES = [
    pytest.param("importer.toml", event("importer", 143), [], id="the silence holds"),
    pytest.param("importer.toml", event("importer", 1), ["sentry"], id="of its code alone"),
    pytest.param("importer.toml", event("other", 143), ["sentry"], id="of its family alone"),
    pytest.param(
        "importer.toml",
        event("importer", 143, stoppedAt="2026-12-05T00:00:00Z", time="2026-12-05T00:00:00Z"),
        ["sentry"],
        id="until its end",
    ),
    pytest.param(
        "data-team.toml",
        event("etl-a", 1),
        ["data-sentry", "data-slack"],
        id="to the data team",
    ),
    pytest.param("data-team.toml", event("web", 1, service="web"), ["sentry"], id="to the others"),
    pytest.param("pager.toml", event("web", 1, service="web"), ["sentry"], id="no pager"),
    pytest.param("teams.toml", event("web", 1), [], id="dropped"),
    pytest.param("checkout.toml", spot("checkout"), ["sentry"], id="Spot of the checkout"),
    pytest.param("checkout.toml", spot("web"), [], id="Spot of another service"),
]


@each("document, failure, told", SENTENCES)
def test_the_documented_configurations_say_what_they_promise(
    *,
    document: str,
    failure: dict[str, Any],
    told: list[str],
    tmp_path: Path,
    save: Saver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = saved(tmp_path, documented(document))
    assert main(["check", file, "--format", "json", "--event", save(failure)]) == 0
    _, found = lines(capsys)
    assert found["told"] == told


def test_spot_of_the_checkout_is_an_error(
    tmp_path: Path, save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, documented("checkout.toml"))
    assert main(["check", file, "--format", "json", "--event", save(spot("checkout"))]) == 0
    assert lines(capsys)[1]["level"] == "error"


def test_check_reaches_nobody(
    teams: str, save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setitem(sys.modules, "botocore", None)
    assert main(["check", teams, "--event", save(event("etl-a", 1))]) == 0
