"""The stopped tasks of a cluster that ECS still has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from ..aws.clients import AwsClients

#: Tasks in one request of DescribeTasks at most.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
_MOST_TASKS: Final = 100

#: What to do, by AWS's error code, or by the name of botocore's error if there was no answer.
ADVICE: Final = {
    "AccessDeniedException": "allow the action",
    "ClusterNotFoundException": "check the cluster's name, the Region and the account",
    "CredentialRetrievalError": "log in again",
    "ExpiredTokenException": "log in again",
    "InvalidClientTokenId": "log in again",
    "NoCredentialsError": "log in, or name a --profile",
    "NoRegionError": "name the --region, or set AWS_REGION",
    "ProfileNotFound": "check the --profile",
    "ServiceNotFoundException": "check the service's name",
    "SSOTokenLoadError": "log in again",
    "TokenRetrievalError": "log in again",
    "UnauthorizedSSOTokenError": "log in again",
    "UnrecognizedClientException": "log in again",
}


_NETWORK: Final = "check the network, the proxy and the Region"

#: What to do about a request that got no answer. A watch tries again instead.
NETWORK_ADVICE: Final = {
    "ConnectTimeoutError": _NETWORK,
    "ConnectionClosedError": _NETWORK,
    "EndpointConnectionError": _NETWORK,
    "ProxyConnectionError": _NETWORK,
    "ReadTimeoutError": _NETWORK,
}


@frozen(slots=False)
class Cluster:
    """
    A cluster, and a selection of its tasks.

    Attributes:
        clients: The AWS clients.
        name: Its name or ARN.
        service: Only tasks of this service; None for all.
        tasks: Only these tasks, by id or ARN; empty for all.
    """

    clients: AwsClients
    name: str
    service: str | None = None
    tasks: Sequence[str] = ()

    def stopped_tasks(self) -> list[dict[str, Any]]:
        """
        Return the tasks that stopped within the last hour, the newest first.

        Returns:
            The tasks from DescribeTasks. Some may only be about to stop, and tasks that were
            selected by id may be running.

        Raises:
            AwsError: AWS refused or could not be reached.
        """
        arns = list(self.tasks) or list(self._list())
        pages = [arns[begin : begin + _MOST_TASKS] for begin in range(0, len(arns), _MOST_TASKS)]

        tasks = [task for page in pages for task in self._describe(page)]
        return sorted(tasks, key=lambda task: str(task.get("stoppedAt") or ""), reverse=True)

    def _list(self) -> Iterator[str]:
        """List the stopped tasks; ECS forgets them after about an hour."""
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
        """The cluster's ARN if it was given, because that names the Region."""
        return self.name if self.name.startswith("arn:") else f"cluster/{self.name}"
