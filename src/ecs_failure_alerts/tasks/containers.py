"""The containers of a task: those that count, how each ended, and those at fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final, TypeAlias

from attrs import field, frozen

from .._globs import matches_any
from ..policy import FailurePolicy
from .events import Container, TaskStateChange
from .exit_codes import CRASH_SIGNALS, SIGKILL, SIGTERM, describe_exit_code

#: Containers, each with its path in the event.
Found: TypeAlias = list[tuple[str, Container]]

#: The beginning of the name of Service Connect's own container; the rest is random.
SERVICE_CONNECT: Final = "ecs-service-connect-"

#: The most containers that a sentence names.
MOST_CONTAINERS: Final = 3

#: The most characters of a container's name by AWS; longer names are not cached.
_NAME_CHARACTERS: Final = 255

#: The agent gives a container that waited in vain for another one the exit code 143, although
#: it never started. (agent/engine/task_manager.go, handleTerminalDependencyError)
_UNMET_DEPENDENCY: Final = r"(?i)ordering dependency|dependency graph"
_DEPENDENCY_NAME: Final = (
    r"(?i)(?:ordering dependency \[|graph: container (?=\S+ exited))([^\]\s]+)"
)


def has_made_up_code(container: Container) -> bool:
    """Return whether the agent made the exit code up: the container never started."""
    return (
        container.exit_code == SIGTERM
        and container.reason is not None
        and re.search(_UNMET_DEPENDENCY, container.reason) is not None
    )


def waited_in_vain(container: Container) -> bool:
    """Return whether it never started because another container was not ready."""
    if container.exit_code is not None:
        return has_made_up_code(container)
    return re.search(_UNMET_DEPENDENCY, container.reason or "") is not None


def was_never_pulled(container: Container) -> bool:
    """Return whether it never started because its image could not be pulled."""
    return container.exit_code is None and "CannotPull" in (container.reason or "")


def was_killed(container: Container) -> bool:
    """Return whether it has the exit code of a kill, and no reason explains it."""
    if container.exit_code not in {SIGKILL, SIGTERM}:
        return False
    return not container.reason or has_made_up_code(container)


def has_failed(container: Container) -> bool:
    """Return whether it ended with a code that is neither 0 nor an unexplained kill."""
    return bool(container.exit_code) and not was_killed(container)


def describe_end(container: Container) -> str:
    """Return how a container ended, such as ``exit code 137 (SIGKILL)``."""
    if has_made_up_code(container):
        return f"never started (ECS made up exit code {container.exit_code})"
    return describe_exit_code(container.exit_code)


def join_ends(ends: Iterable[str]) -> str:
    """Join *ends* in alphabetical order, because the event's order varies; shorten many."""
    parts = sorted(ends)
    rest = f"; and {len(parts) - MOST_CONTAINERS} more" if len(parts) > MOST_CONTAINERS else ""
    return "; ".join(parts[:MOST_CONTAINERS]) + rest


def join_names(names: Iterable[str]) -> str:
    """Join *names* as a list in a sentence, in alphabetical order."""
    parts = sorted(names)
    if len(parts) > MOST_CONTAINERS:
        parts = [*parts[:MOST_CONTAINERS], f"{len(parts) - MOST_CONTAINERS} more"]
    *first, last = parts or [""]

    return f"{', '.join(first)} and {last}" if first else last


def names_of(containers: Iterable[Container]) -> str:
    """Name *containers* in a sentence, in alphabetical order."""
    return join_names(f"container {c.name}" for c in containers)


@frozen(slots=False, eq=False, repr=False)
class Exits:
    """
    The verdict of the exit codes.

    Attributes:
        culprits: The containers at fault; empty if every code that counts is 0.
        undecided: Whether the work may still have been completed.
    """

    culprits: Found = field(factory=list)
    undecided: bool = False


class Containers:
    """
    The containers of a task, sorted by what they can be blamed for.

    Attributes:
        counted: The containers that the policy does not ignore; all, if it ignores every one.

    Args:
        task: The task.
        policy: It names the containers to ignore, the main ones and the side ones.
        judged: The names of the containers to judge; None for all that count.
    """

    def __init__(
        self, task: TaskStateChange, policy: FailurePolicy, judged: frozenset[str] | None = None
    ) -> None:
        everyone = [(f"detail.containers[{i}]", c) for i, c in enumerate(task.containers)]
        self.counted: Found = [
            (path, c) for path, c in everyone if not matches_any(c.name, policy.ignore_containers)
        ] or everyone

        self._task = task
        self._policy: FailurePolicy = policy
        self._judged: Found = [
            (path, c) for path, c in self.counted if judged is None or c.name in judged
        ]

    def among(self, names: frozenset[str]) -> Containers:
        """Return the same containers, but judge only those with these *names*."""
        return Containers(self._task, self._policy, names)

    @cached_property
    def _named(self) -> Found:
        """The main containers that the policy names."""
        return _find_named(self._judged, self._policy.main_containers)

    @cached_property
    def side(self) -> Found:
        """
        The containers that serve the others.

        There are none if the policy names the main containers, or if every container would be
        one.
        """
        helpers = _find_named(self._judged, self._policy.side_containers)
        return [] if self._named or len(helpers) == len(self._judged) else helpers

    @cached_property
    def main(self) -> Found:
        """The containers that are judged by their exit codes."""
        side = {path for path, _ in self.side}
        return self._named or [(path, c) for path, c in self._judged if path not in side]

    @property
    def others(self) -> list[Container]:
        """The containers that are not judged by their exit codes."""
        main = {path for path, _ in self.main}
        return [c for path, c in self.counted if path not in main]

    def exits(self) -> Exits:
        """Judge the exit codes: rows 7 to 12 of the truth table in `diagnosis`."""
        ended_well = any(c.exit_code == 0 for _, c in self.main)
        crashed = [(path, c) for path, c in self.side if c.exit_code in CRASH_SIGNALS]

        if failed := [(path, c) for path, c in self.main if has_failed(c)]:
            return Exits(failed)

        if killed := [(path, c) for path, c in self.main if was_killed(c)]:
            stoppers = crashed or self._ended_by_themselves(killed)
            return Exits(stoppers or killed, undecided=ended_well)

        if missing := [(path, c) for path, c in self.main if c.exit_code is None]:
            explained = [(path, c) for path, c in missing if c.reason]
            return Exits(explained or missing, undecided=ended_well)

        return Exits(crashed, undecided=bool(crashed))

    def _ended_by_themselves(self, killed: Found) -> Found:
        """Find the side containers whose end explains *killed*, if those only got SIGTERM."""
        if any(c.exit_code != SIGTERM for _, c in killed):
            return []
        return [(path, c) for path, c in self.side if has_own_code(c)]

    def at_fault_by_start(self) -> Found:
        """Find the containers that kept a task from starting: row 5 of the truth table."""
        main = {path for path, _ in self.main}
        awaited = {name for _, c in self.counted for name in find_awaited(c)}
        suspects = [
            (path, c)
            for path, c in self.counted
            if c.reason or (c.exit_code and (path in main or c.name in awaited))
        ]

        blamed = [(path, c) for path, c in suspects if not (was_killed(c) or waited_in_vain(c))]
        if blamed or any(has_failed(c) for _, c in self.counted):
            return blamed

        # Only kills are left. In a chain of dependencies, the first that failed is at fault.
        names = {c.name for _, c in suspects}
        first = [(path, c) for path, c in suspects if names.isdisjoint(find_awaited(c))]
        return [(path, c) for path, c in first if c.reason or c.name in awaited] or first


def has_own_code(container: Container) -> bool:
    """Return whether it ended with a code that a stop by ECS does not cause."""
    return container.exit_code not in {None, 0, SIGKILL, SIGTERM}


def _find_named(containers: Found, globs: tuple[str, ...]) -> Found:
    """Find the containers that *globs* name, ignoring upper and lower case."""
    if not globs:
        return []
    return [(path, c) for path, c in containers if _is_named(c.name, globs)]


def _is_named(name: str, globs: tuple[str, ...]) -> bool:
    known = _is_named_cached if len(name) <= _NAME_CHARACTERS else _is_named_cached.__wrapped__
    return known(name, globs)


@lru_cache(maxsize=512)
def _is_named_cached(name: str, globs: tuple[str, ...]) -> bool:
    """Cache the answer, because the tasks of an account have few names and many globs to try."""
    return matches_any(name.lower(), tuple(glob.lower() for glob in globs))


def find_awaited(container: Container) -> list[str]:
    """Return the names of the containers that this one waited for in vain."""
    return re.findall(_DEPENDENCY_NAME, container.reason or "") if waited_in_vain(container) else []
