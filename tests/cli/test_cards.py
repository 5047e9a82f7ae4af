"""Cards: what a person on call sees of one event."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from command_line import Saver
from ecs_failure_alerts import FailurePolicy, Rule, judge
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.cli._cards import card
from ecs_failure_alerts.testing import ABSENT, service_action, task_state_change
from linear_time import assert_linear
from rows import each

EVENTS = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
OOM = {"exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}


@each("path", EVENTS, ids=lambda path: path.stem)
def test_a_card_fits_in_80_columns(path: Path) -> None:
    """But for a word that is longer, such as the link."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for line in card(judge(document["event"]), color=False).splitlines():
        assert len(line) <= 80 or len(line[14:].split()) == 1
        assert line == line.rstrip()


def test_a_card_says_what_why_who_and_what_to_do(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", save(task_state_change(containers=[{"name": "etl", **OOM}]))]) == 0
    card = capsys.readouterr().out
    head = card.splitlines()[0]
    assert re.fullmatch(r"OutOfMemory: nightly-report +ALERT \(error\)", head)
    assert len(head) == 80
    for text in (
        "ran out of memory",
        "out_of_memory, by detail.containers[0].reason",
        "etl: exit code 137 (SIGKILL) <- at fault",
        "EssentialContainerExited",
        "nightly-report:17",
        "14 min 5 s after it was created",
        "https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/jobs/tasks/",
        "Raise the task's memory",
    ):
        assert text in card
    assert "\033" not in card


def test_a_card_names_the_rule_that_changed_the_level() -> None:
    rule = Rule("fatal", family="nightly-*", why="the board reads it")
    judgement = judge(task_state_change(), FailurePolicy(rules=[rule]))
    text = " ".join(card(judgement, color=False).split())
    assert (
        "container_exit of a scheduled workload is fatal by rules[0] (family nightly-*): " in text
    )
    assert "the board reads it" in text
    assert "decision" not in card(judge(task_state_change()), color=False)


def test_a_name_too_long_for_the_head_is_cut(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", save(task_state_change(group=f"service:{'x' * 200}"))])
    head = capsys.readouterr().out.splitlines()[0]
    assert re.fullmatch(r"ContainerExit: x{40,}\.\.\.  ALERT \(error\)", head)
    assert len(head) == 80


def test_a_card_without_an_alert_says_once_why(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", save(task_state_change(containers=[{"exitCode": 0}]))])
    assert re.search(
        r"^  decision +clean_exit of a scheduled workload is silent$",
        capsys.readouterr().out,
        re.MULTILINE,
    )
    main(["explain", save(task_state_change())])
    assert "decision" not in capsys.readouterr().out


def test_a_card_of_a_single_time_tells_no_span(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    times = ("created", "pullStarted", "pullStopped", "started", "executionStopped", "stopping")
    event = task_state_change()
    for name in times:
        del event["detail"][f"{name}At"]
    main(["explain", save(event)])
    assert "after" not in capsys.readouterr().out


def test_an_empty_line_stands_between_two_cards(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["explain", save(task_state_change(), task_state_change())])
    first, second = capsys.readouterr().out.rstrip("\n").split("\n\n")
    assert first == second


@pytest.mark.parametrize(
    ("terminal", "no_color", "term", "colored"),
    [
        pytest.param(True, "", "xterm", True, id="terminal"),
        pytest.param(True, "1", "xterm", False, id="no-color"),
        pytest.param(True, "", "dumb", False, id="dumb"),
        pytest.param(False, "", "xterm", False, id="file"),
    ],
)
def test_colour_is_for_terminals_that_know_it_and_no_color_turns_it_off(
    save: Saver,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    terminal: bool,
    no_color: str,
    term: str,
    colored: bool,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    for changes in ({}, {"stopCode": "UserInitiated"}):
        main(["explain", save(task_state_change(**changes))])  # type: ignore[arg-type]
    assert ("\033[" in capsys.readouterr().out) is colored


def test_no_text_of_an_event_steers_the_terminal(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "\033[2J\a\r\x9b1m\u202e\ud800"
    event = task_state_change(
        group=f"service:{odd}",
        stopCode=odd,
        stoppedReason=odd,
        containers=[{"name": odd, "reason": odd}],
    )
    assert (
        main(
            ["explain", save(event, {**event, "source": odd}, f"{{{odd}".encode(errors="replace"))]
        )
        == 1
    )
    said = capsys.readouterr()
    assert not set(said.out + said.err) & set(odd.replace("[2J", "").replace("1m", ""))


def test_a_card_of_many_containers_takes_linear_time() -> None:
    containers = [{"name": f"c{number}", "exitCode": 1} for number in range(1_600)]
    judgements = {
        count: judge(task_state_change(containers=containers[:count])) for count in (200, 1_600)
    }

    def draw(count: int) -> None:
        assert card(judgements[count], color=False).count("<- at fault") == count

    assert_linear(draw, 1_600)


def test_a_card_without_a_console_page_has_the_arn() -> None:
    arn = "arn:aws:ecs:"  # of no partition that has a console
    card_of_it = card(judge(task_state_change(taskArn=arn)), color=False)
    assert f"  task        {arn}" in card_of_it
    assert "  console " not in card_of_it


def test_a_card_has_the_tasks_id_by_itself() -> None:
    """Log streams have it in their names."""
    task_id = task_state_change()["detail"]["taskArn"].rpartition("/")[2]
    drawn = card(judge(task_state_change()), color=False)
    assert f"  task        {task_id}\n" in drawn


def test_an_event_without_a_task_has_a_card_without_one() -> None:
    drawn = card(judge(task_state_change(taskArn=ABSENT)), color=False)
    assert "  task " not in drawn


def test_a_card_has_the_memory_limits_of_task_and_containers() -> None:
    containers: list[dict[str, Any]] = [{"name": "etl", "memory": "256", **OOM}, {"name": "log"}]
    drawn = card(judge(task_state_change(memory="512", containers=containers)), color=False)
    assert "  memory      512 MiB for the task, 256 MiB for etl\n" in drawn


def test_a_card_without_memory_limits_has_no_row_for_them() -> None:
    drawn = card(judge(task_state_change(memory=ABSENT)), color=False)
    assert "  memory " not in drawn


def test_the_card_of_a_notice_says_what_aws_says_and_about_what(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    event = service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason="RESOURCE:CPU")
    assert main(["explain", save(event)]) == 0
    shown = capsys.readouterr().out

    assert re.match(r"TaskPlacementFailure: api +ALERT \(error\)\n", shown)
    for row in (
        "  AWS says    RESOURCE:CPU",
        "  reported    2026-03-02 02:14:08 UTC",
        "  about       arn:aws:ecs:eu-central-1:123456789012:service/prod/api",
        "  console     https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/prod/services/",
    ):
        assert row in shown


def test_the_card_of_a_notice_leaves_out_what_the_event_does_not_say(
    save: Saver, capsys: pytest.CaptureFixture[str]
) -> None:
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"status": "SUCCEEDED"},
    }
    assert main(["explain", save(event)]) == 0
    shown = capsys.readouterr().out
    assert "no alert" in shown
    for label in ("AWS says", "reported", "about", "console"):
        assert f"  {label} " not in shown


def test_long_names_and_reasons_are_cut(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    long = "word " * 1_000
    event = task_state_change(
        stoppedReason=long, containers=[{"name": "x" * 1_000, "exitCode": 1, "reason": long}]
    )
    main(["explain", save(event)])
    shown = capsys.readouterr().out
    assert "x" * 601 not in shown
    assert f"{'x' * 97}...:" in shown
    assert len(shown.splitlines()) < 50


def test_times_that_disagree_are_said_to(save: Saver, capsys: pytest.CaptureFixture[str]) -> None:
    event = task_state_change(stoppedAt="2019-01-01T00:00:00Z")
    main(["explain", save(event)])
    shown = capsys.readouterr().out
    assert "  times       they disagree" in shown
    assert " after " not in shown
