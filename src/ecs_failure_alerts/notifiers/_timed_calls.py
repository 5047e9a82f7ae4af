"""A call that is waited for no longer than there is time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._deadline import Deadline
from ..workers import NO_THREAD, Workers

_Result = TypeVar("_Result")


class LateError(Exception):
    """
    Work that was not done in time.

    Attributes:
        begun: Whether a thread has begun it.
    """

    def __init__(self, why: str, *, begun: bool) -> None:
        self.begun = begun
        super().__init__(why)


def call_in_time(owner: object, work: Callable[[], _Result], deadline: Deadline) -> _Result:
    """
    Let a thread do the *work*, so that it is waited for no longer than until *deadline*.

    Where the process can have no further thread, the work is done here, however long it takes.

    Args:
        owner: For whom it is done: the threads that are left behind are counted by it.
        work: What is done.
        deadline: When to be over; without a limit no thread is needed.

    Raises:
        LateError: It was not over in time, or too many earlier calls have not come back.
        BaseException: Whatever the work raises.
    """
    if deadline.at is None:
        return work()
    results: list[_Result] = []
    errors: list[BaseException] = []

    def attempt() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)

    worker = Workers(owner, attempt)
    why = worker.start(1)
    if why == NO_THREAD:
        return work()
    if why:
        raise LateError(why, begun=False)
    worker.wait(deadline)

    if errors:
        raise errors[0]
    if not results:
        raise LateError("no answer came in the time left", begun=True)
    return results[0]
