"""
Nothing is lost and nobody is told twice, whatever part of a batch fails.

The backends drop an id that they have had before, as Sentry does: what an alert says under an id
that is known already never gets to anybody.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import Alert, DeliveryError, FailureAlerter, Outcome, Receipt, Route
from ecs_failure_alerts.testing import task_state_change

ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"

#: What may become of a call: whether the backend takes the alert, and what it answers.
ACTS: Final[dict[str, tuple[bool, Exception | None]]] = {
    "ok": (True, None),
    "refused": (False, DeliveryError("no", retryable=True, status=503)),
    "asks to wait": (False, DeliveryError("slow down", retryable=True, status=429)),
    "answer lost": (True, DeliveryError("reset", retryable=True, maybe_delivered=True)),
    "request lost": (False, DeliveryError("reset", retryable=True, maybe_delivered=True)),
    "raises": (False, ZeroDivisionError()),
    "takes and raises": (True, ZeroDivisionError()),
}

#: So many rounds have faults.
FAULTY_ROUNDS: Final = 5

#: Two services and a job, so few tasks of each that a collapsed alert names all of them.
FAMILIES: Final = ("web", "shop", "etl")
TASKS: Final = [f"{family}-{number}" for family in FAMILIES for number in range(4)]


def event_of(task: str) -> dict[str, Any]:
    """Return the event of a task that failed; what it is part of is in its name."""
    family, _, number = task.partition("-")
    of_service: dict[str, Any] = {"group": f"service:{family}", "startedBy": "ecs-svc/1"}
    return task_state_change(
        taskArn=f"{ARN}:task/jobs/{task}",
        taskDefinitionArn=f"{ARN}:task-definition/{family}:1",
        stoppedAt=f"2026-03-02T02:14:0{number}Z",
        **(of_service if family != "etl" else {}),
    )


EVENTS: Final = {task: json.dumps(event_of(task)) for task in TASKS}


def tasks_of(alert: Alert) -> list[str]:
    """Return the tasks that an alert tells of."""
    collapsed = alert.contexts.get("ecs_collapsed")
    return collapsed["task_ids"].split(", ") if collapsed else [alert.tags["ecs.task_id"]]


@define(eq=False)
class Backend:
    """
    A notifier and its backend.

    Attributes:
        acts: What becomes of calls in the first rounds, by the id and the round.
        round: The round; in the last ones all is well.
        known: The tasks that somebody was told of, by the id under which it was.
        confirmed: How often each task was confirmed in a call.
    """

    name: str
    acts: list[str]
    round: int = 0
    known: dict[str, list[str]] = field(factory=dict)
    confirmed: Counter[str] = field(factory=Counter)

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """Do what this id is in for."""
        act = self.acts[(self.round + int(alert.event_id, 16)) % len(self.acts)]
        takes, error = ACTS[act if self.round < FAULTY_ROUNDS else "ok"]
        if takes:
            self.known.setdefault(alert.event_id, tasks_of(alert))
        if error is not None:
            raise error
        self.confirmed.update(tasks_of(alert))
        return Receipt(self.name, alert.event_id)

    def knows(self, task: str) -> bool:
        """Return whether somebody was told of *task*."""
        return any(task in tasks for tasks in self.known.values())


@define(eq=False)
class Team:
    """A backend, and what it wants."""

    backend: Backend
    families: frozenset[str]
    collapse: bool | None
    otherwise: bool

    def asks_for(self, task: str) -> bool:
        """Return whether *task* fits the team's route."""
        return task.partition("-")[0] in self.families


def teams() -> st.SearchStrategy[list[Team]]:
    """Return teams with any acts and wishes."""
    names = iter(f"team {number}" for number in range(10**9))
    backends = st.lists(st.sampled_from(list(ACTS)), min_size=1, max_size=4).map(
        lambda acts: Backend(next(names), acts)
    )
    families = st.frozensets(st.sampled_from(FAMILIES), min_size=1)
    team = st.builds(Team, backends, families, st.sampled_from([None, True, False]), st.booleans())
    return st.lists(team, min_size=1, max_size=3)


def wanting(all_teams: list[Team], task: str) -> list[Team]:
    """Return the teams that are to be told of *task*."""
    asking = [team for team in all_teams if team.asks_for(task)]
    return [team for team in asking if not team.otherwise] or asking


def task_of(outcome: Outcome) -> str:
    """Return the task that an outcome is about."""
    return str(outcome.subject).rpartition("/")[2]


def check(outcome: Outcome, told: list[Team]) -> None:
    """Make sure that what is reported delivered is known, and what is not is named."""
    task = task_of(outcome)
    confirming = {receipt.notifier for receipt in outcome.receipts}
    failing = {getattr(error, "notifier", None) for error in outcome.errors}

    assert outcome.failed is bool(outcome.errors)
    assert all(team.backend.knows(task) for team in told if team.backend.name in confirming)
    if told:
        assert confirming | failing == {team.backend.name for team in told}
        assert len(outcome.receipts) + len(outcome.errors) == len(told)
    else:
        assert [str(error)[:17] for error in outcome.errors] == ["no route takes it"]


def handed_over(batch: list[str], attempts: Counter[str]) -> dict[str, Any]:
    """Return a batch as SQS hands it over, once more."""
    attempts.update(set(batch))
    return {
        "Records": [
            {
                "eventSource": "aws:sqs",
                "body": EVENTS[task],
                "attributes": {"ApproximateReceiveCount": str(attempts[task])},
            }
            for task in batch
        ]
    }


def hand_over_until_done(
    processes: int, all_teams: list[Team], batches: list[list[str]], random: Any
) -> None:
    """Hand batches to any process, and what failed again in other batches, until all is well."""
    routes = [
        Route(t.backend, family=t.families, collapse=t.collapse, otherwise=t.otherwise)
        for t in all_teams
    ]
    alerters = [FailureAlerter(*routes) for _ in range(processes)]
    attempts: Counter[str] = Counter()

    for number in range(FAULTY_ROUNDS + 1):
        again: list[str] = []
        for team in all_teams:
            team.backend.round = number
        for batch in batches:
            report = random.choice(alerters).process(handed_over(batch, attempts))
            for task, outcome in zip(batch, report.outcomes, strict=True):
                assert task_of(outcome) == task
                check(outcome, wanting(all_teams, task))
                if outcome.failed and wanting(all_teams, task):
                    again.append(task)
        random.shuffle(again)
        cut = random.randint(0, len(again))
        batches = [part for part in (again[:cut], again[cut:]) if part]

    assert batches == []
    for team in all_teams:
        told = {task for tasks in team.backend.known.values() for task in tasks}
        assert all(team in wanting(all_teams, task) for task in told)


@given(
    teams(),
    st.lists(st.lists(st.sampled_from(TASKS), min_size=1, max_size=8), min_size=1, max_size=3),
    st.randoms(use_true_random=False),
)
def test_every_failure_is_confirmed_or_named_and_told_once(
    all_teams: list[Team], batches: list[list[str]], random: Any
) -> None:
    """However often a part of a batch fails, in whatever batches its records come again."""
    hand_over_until_done(1, all_teams, batches, random)
    for team in all_teams:
        assert set(team.backend.confirmed.values()) <= {1}


@given(
    teams(),
    st.lists(st.sampled_from(TASKS), min_size=1, unique=True),
    st.integers(0, 8),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_where_another_process_gets_what_failed(
    all_teams: list[Team], tasks: list[str], cut: int, random: Any
) -> None:
    """A process knows nothing of what another one has told, or may have."""
    batches = [part for part in (tasks[:cut], tasks[cut:]) if part]
    hand_over_until_done(3, all_teams, batches, random)
