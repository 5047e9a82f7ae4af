"""The stopped tasks of a cluster, as ECS still has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from ..aws.clients import AwsClients

#: Tasks that DescribeTasks takes at once.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
_AT_ONCE: Final = 100

#: What to do, by AWS's error code, or by the name of botocore's error where there was no answer.
REFUSALS: Final = {
    "AccessDeniedException": "allow the action",
    "ClusterNotFoundException": "check the cluster's name, the Region and the account",
    "CredentialRetrievalError": "log in again",
    "ExpiredTokenException": "log in again",
    "InvalidClientTokenId": "log in again",
    "NoCredentialsError": "log in, or name a --profile",
    "NoRegionError": "name the --region",
    "ProfileNotFound": "check the --profile",
    "ServiceNotFoundException": "check the service's name",
    "SSOTokenLoadError": "log in again",
    "TokenRetrievalError": "log in again",
    "UnauthorizedSSOTokenError": "log in again",
    "UnrecognizedClientException": "log in again",
}


@frozen(slots=False)
class Cluster:
    """
    A cluster, and those of its tasks that somebody asks for.

    Attributes:
        clients: Who asks AWS.
        name: Its name or ARN.
        service: The service whose tasks are meant; None for all.
        tasks: The tasks that are meant, by id or ARN; empty for all.
    """

    clients: AwsClients
    name: str
    service: str | None = None
    tasks: Sequence[str] = ()

    def stopped_tasks(self) -> list[dict[str, Any]]:
        """
        Return the tasks that have stopped within the last hour, the newest first.

        Returns:
            The tasks as DescribeTasks has them. Some may be about to stop, and those that were
            asked for by name may be running.

        Raises:
            AwsError: AWS refused, or could not be reached.
        """
        arns = list(self.tasks) or list(self._list())
        pages = [arns[begin : begin + _AT_ONCE] for begin in range(0, len(arns), _AT_ONCE)]

        tasks = [task for page in pages for task in self._describe(page)]
        return sorted(tasks, key=lambda task: str(task.get("stoppedAt") or ""), reverse=True)

    def _list(self) -> Iterator[str]:
        """List the tasks that have stopped; ECS forgets them after about an hour."""
        request: dict[str, Any] = {"cluster": self.name, "desiredStatus": "STOPPED"}
        if self.service:
            request["serviceName"] = self.service

        while True:
            answer = self.clients.call("ecs:ListTasks", self._resource, **request)
            yield from answer.get("taskArns", ())
            if not answer.get("nextToken"):
                return
            request["nextToken"] = answer["nextToken"]

    def _describe(self, arns: Sequence[str]) -> list[dict[str, Any]]:
        answer = self.clients.call(
            "ecs:DescribeTasks", self._resource, cluster=self.name, tasks=list(arns)
        )
        missing = ({"tasks": [], "failures": [failure]} for failure in answer.get("failures", ()))
        return [*answer.get("tasks", ()), *missing]

    @property
    def _resource(self) -> str:
        """The cluster, as an ARN where one was given, because that names its Region."""
        return self.name if self.name.startswith("arn:") else f"cluster/{self.name}"
