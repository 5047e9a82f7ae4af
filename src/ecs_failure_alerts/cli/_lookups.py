"""The look-ups of the command ``explain`` for a cluster's tasks, and its wait for the next ones."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from .._deadline import Deadline
from .._texts import clean
from ..aws.clients import AwsClients, require_boto3
from ..aws.sessions import Limits
from ..enrichers import ContainerLogsEnricher, TaskDefinitionEnricher, TaskDefinitions
from ..enrichment import Enricher, enrich
from ..exceptions import AwsError
from ..judging import Judgement
from ..policy import FailurePolicy
from ..sources import SourceRecord, read_payload
from ._cluster import ADVICE, NETWORK_ADVICE, Cluster
from ._cluster_options import LINES
from ._terminal import takes_control_sequences
from ._verdicts import Verdict, judge_record

#: A person can wait longer than an alert, so requests have more time and attempts.
_LIMITS: Final = Limits(connect_seconds=3.0, read_seconds=10.0, attempts=3)

_NO_TASKS: Final = (
    "no task of {cluster} has stopped within the last hour: there is nothing to explain"
)

#: Characters of a task's id and of its status at most.
_NAME_CHARACTERS: Final = 64

#: Seconds for the look-ups of one task, and between two requests for the stopped tasks.
_TASK_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 10.0


class ClusterReader:
    """
    Judges the stopped tasks of a cluster, with their definitions and last log lines.

    Args:
        arguments: The arguments of the command.
        policy: What counts as a failure.

    Raises:
        ModuleNotFoundError: boto3 is not installed.
        ValueError: An argument is wrong.
    """

    def __init__(self, arguments: Namespace, policy: FailurePolicy) -> None:
        require_boto3()
        clients = AwsClients(limits=_LIMITS, profile=arguments.profile, region=arguments.region)
        definitions = TaskDefinitions(clients)

        self._policy = policy
        self._cluster = Cluster(clients, arguments.cluster, arguments.service, arguments.task or ())
        self._enrichers: list[Enricher] = [TaskDefinitionEnricher(definitions)]
        lines = LINES if arguments.logs is None else arguments.logs
        if lines:
            logs = ContainerLogsEnricher(definitions, clients=clients, lines=lines)
            self._enrichers.append(logs)
        self._seen: set[str] = set()

    def read(self) -> Iterator[tuple[SourceRecord, Verdict]]:
        """
        Find the tasks that have stopped, the newest first.

        Raises:
            ValueError: AWS refused. The text has the action and the resource, and what to do.
            ConnectionError: AWS did not answer, or not now; trying again may help.
        """
        try:
            tasks = self._look()
        except AwsError as error:
            if error.code in ADVICE:
                raise ValueError(error.advise(ADVICE)) from None
            raise ConnectionError(error.advise(NETWORK_ADVICE)) from None

        if self._cluster.tasks:
            for task in tasks:
                if not _has_stopped(task):
                    print(_describe_running(task), file=sys.stderr)
        elif not any(map(_has_stopped, tasks)):
            print(_NO_TASKS.format(cluster=self._cluster.name), file=sys.stderr)
        yield from self._verdicts(self._new(tasks))

    def follow(self) -> Iterator[tuple[SourceRecord, Verdict]]:
        """
        Find the tasks that stop from now on, until somebody interrupts.

        A temporary error, such as a time-out, is printed once.

        Raises:
            ValueError: AWS refused, and trying again does not help. The text has what to do.
        """
        told = ""
        while True:
            _show("waiting for the next task to stop; press Ctrl-C to end")
            time.sleep(_POLL_SECONDS)

            try:
                tasks = self._new(self._look())
            except AwsError as error:
                if error.code in ADVICE:
                    raise ValueError(error.advise(ADVICE)) from None
                if error.code != told:
                    print(f"{error}: trying again", file=sys.stderr)
                told = error.code
                continue

            told = ""
            yield from self._verdicts(tasks[::-1])

    def _verdicts(self, tasks: list[dict[str, Any]]) -> Iterator[tuple[SourceRecord, Verdict]]:
        for number, task in enumerate(tasks, 1):
            _show(f"looking at task {number} of {len(tasks)}")
            for record in read_payload(task if "failures" in task else {"tasks": [task]}):
                verdict = self._judge(record)
                _show("")
                yield evolve(record, place=f"cluster {self._cluster.name}: {record.place}"), verdict

    def _look(self) -> list[dict[str, Any]]:
        _show(f"listing the stopped tasks of {self._cluster.name}")
        try:
            return self._cluster.stopped_tasks()
        finally:
            _show("")

    def _new(self, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the tasks that have stopped and were not returned before."""
        new = [task for task in tasks if _has_stopped(task) and _arn_of(task) not in self._seen]
        self._seen.update(map(_arn_of, new))
        return new

    def _judge(self, record: SourceRecord) -> Verdict:
        verdict = judge_record(record, self._policy)
        if not isinstance(verdict, Judgement) or not verdict.diagnosis.alert:
            return verdict

        due = evolve(verdict, alert=verdict.as_alert())
        (known,) = enrich([due], self._enrichers, Deadline(), seconds=_TASK_SECONDS)
        return known


def _has_stopped(task: dict[str, Any]) -> bool:
    """Return whether a task has stopped, or ECS has forgotten it."""
    return bool(task.get("lastStatus", "STOPPED") == "STOPPED")


def _describe_running(task: dict[str, Any]) -> str:
    name = clean(_arn_of(task).rpartition("/")[2], _NAME_CHARACTERS)
    status = clean(str(task["lastStatus"]), _NAME_CHARACTERS).lower()
    return f"task {name} is {status}: it has not stopped"


def _arn_of(task: dict[str, Any]) -> str:
    """Return the ARN of a task, even if ECS has forgotten it."""
    named = task["failures"][0].get("arn") if "failures" in task else task.get("taskArn")
    return str(named)


def _show(text: str) -> None:
    """Show the current step on a terminal; an empty text clears it."""
    if takes_control_sequences(sys.stderr):
        print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)
