"""The command send: what it sends, and what it tells."""

from __future__ import annotations

import io
import json
import re
import sys
import threading
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

import pytest

from command_line import Saver
from ecs_failure_alerts import DeliveryError, FailureAlerter, Route
from ecs_failure_alerts.cli import _send, main
from ecs_failure_alerts.settings import DSN_VARIABLES
from ecs_failure_alerts.testing import RecordingNotifier, SentryInbox, task_state_change


def test_alerts_are_sent_and_each_receipt_is_printed(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is said too."""
    file = save(
        task_state_change(),
        task_state_change(stopCode="UserInitiated"),
        {"source": "aws.s3", "detail-type": "x", "detail": {}},
    )
    assert main(["send", "--dsn", inbox.dsn, "--environment", "prod", file]) == 0
    (event,) = inbox.events
    assert event["environment"] == "prod"
    said = capsys.readouterr()
    delivered, silent, ignored = said.out.splitlines()
    task_id = event["tags"]["ecs.task_id"]
    said_of_it = f"ContainerExit: nightly-report ({task_id}): sentry event {event['event_id']}"
    assert delivered.endswith(said_of_it)
    assert silent.startswith("no alert ")
    assert ignored.startswith("ignored ")
    (tally,) = said.err.splitlines()
    assert tally.startswith("3 records, 0 failed, ")


def test_what_the_routes_drop_is_said(
    save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = Route(RecordingNotifier(), family="other"), Route(drop=True)
    monkeypatch.setattr(_send, "alerter_from_env", lambda _: FailureAlerter(*routes))
    assert main(["send", save(task_state_change())]) == 0
    assert capsys.readouterr().out == (
        "dropped    ContainerExit: nightly-report (0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d): "
        "no route takes it, and the last one drops the rest\n"
    )


def test_a_saved_dead_letter_queue_is_sent(save: Saver, inbox: SentryInbox) -> None:
    message = {"MessageId": "m", "Body": json.dumps({"requestPayload": task_state_change()})}
    assert main(["send", "--dsn", inbox.dsn, save({"Messages": [message]})]) == 0
    assert len(inbox.events) == 1


def test_what_is_not_delivered_or_readable_is_said_with_status_1(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox.answer(403)
    file = save(task_state_change(), "{broken", "{}")
    assert main(["send", "--dsn", inbox.dsn, file]) == 1
    errors = capsys.readouterr().err
    task_id = task_state_change()["detail"]["taskArn"].rpartition("/")[2]
    said = f"FAILED     ContainerExit: nightly-report ({task_id}): sentry: 127.0.0.1 answered 403"
    assert said in errors
    assert f"FAILED     {file}: line 2" in errors
    assert "3 records, 3 failed" in errors


def test_nobody_is_told_to_send_again_what_cannot_be_read(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--dsn", inbox.dsn, save(task_state_change(), "{broken", "{}")]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    advice = "correct what cannot be read, or leave it out"
    assert last == f"sending it again does not help: {advice}"


def test_who_has_an_alert_is_said_where_another_has_not(
    save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody would think that nobody was told."""
    error = DeliveryError("it is asleep", retryable=True, maybe_delivered=True)
    down = RecordingNotifier(name="down", error=error)
    alerter = FailureAlerter(RecordingNotifier(name="up"), down)
    monkeypatch.setattr(_send, "alerter_from_env", lambda _: alerter)
    assert main(["send", save(task_state_change())]) == 1
    said = capsys.readouterr().err.splitlines()[0]
    assert said.startswith("PARTLY     ContainerExit: nightly-report (")
    assert re.search(
        r"\): up has it \(event \w+\); down: it is asleep \(the alert may still have arrived\)$",
        said,
    )


def test_the_next_step_is_told_after_a_failure(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A file for what fails is offered, and its events are counted."""
    inbox.answer(403)
    events = task_state_change(), "{broken"
    assert main(["send", "--dsn", inbox.dsn, save(*events)]) == 1
    said = capsys.readouterr().err
    assert said.endswith("\nsend the same input again; --failed FILE saves what fails\n")

    failed = str(tmp_path / "failed")
    inbox.answer(403)
    other = task_state_change(taskArn="arn:aws:ecs:r:1:task/jobs/2")
    assert main(["send", "--dsn", inbox.dsn, "--failed", failed, save(other, "{broken")]) == 1
    assert capsys.readouterr().err.endswith(f"\n2 events saved in {failed}\n")


def test_an_interruption_tells_how_far_the_command_came(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, inbox: SentryInbox
) -> None:
    """And what to do, if anything was to be sent."""

    class Interrupted(io.BytesIO):
        def __next__(self) -> bytes:
            if line := self.readline():
                return line
            raise KeyboardInterrupt

    line = json.dumps(task_state_change(stopCode="UserInitiated")).encode() + b"\n"
    for command, told in {
        ("send", "--dsn", inbox.dsn): (
            "interrupted: 20 events done; send the same input again; --failed FILE saves what fails"
        ),
        ("explain",): "interrupted after 20 events",
        ("report",): "interrupted after 0 events: there is no report yet",
    }.items():
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted(line * 20)))
        assert main([*command, "-"]) == 130
        assert capsys.readouterr().err == f"ecs-failure-alerts: {told}\n"


def test_an_interruption_saves_what_was_not_reached_and_counts_it(
    save: Saver,
    inbox: SentryInbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_send, "_print_outcome", interrupt)
    arn = "arn:aws:ecs:r:1:task/jobs/"
    file = save(*(task_state_change(taskArn=f"{arn}{number}") for number in range(3)))
    failed = tmp_path / "failed"
    assert main(["send", "--dsn", inbox.dsn, "--failed", str(failed), file]) == 130

    assert capsys.readouterr().err == (
        f"ecs-failure-alerts: interrupted: 1 of 3 events done; 2 events saved in {failed}\n"
    )
    assert len(failed.read_text("utf-8").splitlines()) == 2


def test_the_command_sends_where_no_signal_arrives(
    save: Saver, inbox: SentryInbox, tmp_path: Path
) -> None:
    """Such as in a thread."""
    arguments = ["send", "--dsn", inbox.dsn, "--failed", str(tmp_path / "failed")]
    arguments.append(save(task_state_change()))
    thread = threading.Thread(target=main, args=[arguments])
    thread.start()
    thread.join(30)
    assert len(inbox.events) == 1


def test_an_environment_that_sentry_would_drop_is_refused(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in the settings."""
    file = save(task_state_change())
    assert main(["send", "--dsn", inbox.dsn, "--environment", "a/b", file]) == 2
    assert "expected an environment of at most 64 bytes" in capsys.readouterr().err


def test_an_unreadable_event_is_said_with_its_task(
    save: Saver, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    event = task_state_change(stopCode=["x"], taskArn="arn:aws:ecs:r:1:task/jobs/7e57")
    file = save(event)
    assert main(["send", "--dsn", inbox.dsn, file]) == 1
    assert capsys.readouterr().err.startswith(
        f"FAILED     {file} (7e57): detail.stopCode: expected a string"
    )


@pytest.mark.parametrize("variable", ["ECS_ALERTS_SENTRY_DSN", "SENTRY_DSN"])
def test_the_dsn_may_come_from_the_environment(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, inbox.dsn)
    assert main(["send", save(task_state_change())]) == 0
    assert len(inbox.events) == 1


def test_without_a_dsn_every_way_to_give_one_is_named(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent, and the status is 2."""
    assert main(["send", save(task_state_change())]) == 2
    error = capsys.readouterr().err
    for way in (*DSN_VARIABLES, "--dsn", "--dry-run"):
        assert way in error


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--dsn", "foo"], "--dsn: expected a Sentry DSN", id="dsn"),
        pytest.param(
            ["--dsn", "https://k@h/1", "--environment", "a/b"],
            "--environment: expected an environment",
            id="environment",
        ),
        pytest.param(
            ["--dry-run", "--environment", "a/b"],
            "--environment: expected an environment",
            id="dry-run",
        ),
    ],
)
def test_an_error_of_an_option_names_the_option(
    save: Saver, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """Not the variable that it replaces."""
    assert main(["send", *options, save(task_state_change())]) == 2
    assert capsys.readouterr().err.startswith(f"ecs-failure-alerts: {said}")


def test_an_error_of_a_variable_names_the_variable(
    save: Saver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_DSN", "foo")
    assert main(["send", save(task_state_change())]) == 2
    assert capsys.readouterr().err.startswith("ecs-failure-alerts: SENTRY_DSN: expected a Sentry")


def test_a_dsn_of_the_command_line_replaces_all_of_the_environment(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in DSN_VARIABLES:
        monkeypatch.setenv(variable, "another")
    assert main(["send", "--dsn", inbox.dsn, save(task_state_change())]) == 0
    assert len(inbox.events) == 1


def test_the_environment_is_read_as_the_function_reads_it(
    save: Saver, inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is blank counts as not set."""
    monkeypatch.setenv("ECS_ALERTS_SENTRY_DSN", " ")
    monkeypatch.setenv("ECS_ALERTS_ENVIRONMENT", " ")
    monkeypatch.setenv("SENTRY_DSN", inbox.dsn)
    assert main(["send", save(task_state_change())]) == 0
    assert "environment" not in inbox.events[0]


@pytest.mark.parametrize("command", ["send", "demo"])
def test_a_wrong_dsn_is_refused_and_not_echoed(
    save: Saver, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    files = [save(task_state_change())] if command == "send" else []
    assert main([command, "--dsn", "https://s3cr3t@host", *files]) == 2
    said = capsys.readouterr()
    assert "s3cr3t" not in said.out + said.err
    assert "expected a Sentry DSN" in said.err


def test_a_dry_run_prints_the_events_without_dsn_or_secret(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = {"containerOverrides": [{"environment": [{"name": "X", "value": "s3cr3t"}]}]}
    file = save(task_state_change(overrides=secret), task_state_change(stopCode="UserInitiated"))
    assert main(["send", "--dry-run", "--environment", "prod", file]) == 0
    said = capsys.readouterr()
    (event,) = (json.loads(line) for line in said.out.splitlines())
    assert event["exception"]["values"][0]["type"] == "ContainerExit: nightly-report"
    assert event["environment"] == "prod"
    assert "no alert" in said.err
    assert "s3cr3t" not in said.out + said.err


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="no-variables"),
        pytest.param({"ECS_ALERTS_ENVIRONMENT": "prod"}, id="environment"),
        pytest.param({"SENTRY_ENVIRONMENT": "stage"}, id="environment-of-sentry"),
        pytest.param({"ECS_ALERTS_IGNORE_CAUSES": "out_of_memory"}, id="policy"),
    ],
)
def test_a_dry_run_prints_what_would_be_delivered(
    save: Saver,
    inbox: SentryInbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
) -> None:
    """Each event to the last field, whatever the settings are."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stopped = datetime.now(UTC).isoformat()
    arn = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
    file = save(
        task_state_change(taskArn=f"{arn}1", stoppedAt=stopped),
        task_state_change(taskArn=f"{arn}2", stopCode="TaskFailedToStart", stoppedAt=stopped),
        task_state_change(taskArn=f"{arn}3", stopCode="UserInitiated"),
        task_state_change(taskArn=f"{arn}4", stoppedReason="OutOfMemory", stoppedAt=stopped),
    )

    assert main(["send", "--dry-run", file]) == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["send", "--dsn", inbox.dsn, file]) == 0
    assert shown
    by_id = itemgetter("event_id")
    assert sorted(shown, key=by_id) == sorted(inbox.events, key=by_id)


def test_a_dry_run_says_once_what_it_cannot_read(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 1."""
    file = save("{}", task_state_change(), "x")
    assert main(["send", "--dry-run", file]) == 1
    said = capsys.readouterr()
    assert "not an event" in said.err
    assert said.err.splitlines()[-1].startswith(f"{file}: line 3: not JSON: ")
    assert len(said.out.splitlines()) == 1


def test_a_dry_run_ignores_what_send_ignores(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["send", "--dry-run", save({"source": "aws.ec2", "detail-type": "X"})]) == 0
    assert ": ignored: detail-type: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["send", "--dry-run"], ["match", "--pattern", '{"source": ["aws.ecs"]}']]
)
def test_the_place_of_what_cannot_be_read_is_named_once(
    save: Saver, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Also with several files, each of which is named."""
    file = save({"tasks": [], "failures": [{"arn": "a:task/b/c", "reason": "MISSING"}]})
    assert main([*command, file, file]) > 0
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith(f"{file}: failures[0]: ECS does not have this task")


def test_a_pipe_is_sent_as_it_comes(inbox: SentryInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --failed, for which the rest would have to be known."""

    class Pipe(io.BytesIO):
        def __next__(self) -> bytes:
            sent.append(len(inbox.events))
            return super().__next__()

    sent: list[int] = []
    events = [task_state_change(taskArn=f"arn:aws:ecs:r:1:task/jobs/{n}") for n in range(30)]
    content = "\n".join(map(json.dumps, events)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Pipe(content)))
    assert main(["send", "--dsn", inbox.dsn, "-"]) == 0
    assert len(inbox.events) == 30
    assert 0 < sent[20] < 30
