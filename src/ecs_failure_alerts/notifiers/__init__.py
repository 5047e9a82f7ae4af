"""
Where alerts go: what a notifier is, and how to make one of a plain function.

Each backend has a module of its own beside this one, which loads its library on construction.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable, iscoroutine, iscoroutinefunction
from typing import Protocol

from attrs import converters, field, frozen

from ..alerts import Alert
from ..exceptions import DeliveryError


@frozen
class Receipt:
    """
    A backend's word that it has an alert.

    Attributes:
        notifier: The notifier's name.
        id: The backend's id for the alert.
        url: Where a person can look at it, or None.
    """

    notifier: str
    id: str = field(converter=str)
    url: str | None = field(default=None, converter=converters.optional(str))


class Notifier(Protocol):
    """
    What brings alerts to one backend.

    It may be called from several threads at once, and again for an alert that it has already
    delivered: `Alert.event_id` is then the same.
    """

    @property
    def name(self) -> str:
        """What receipts and errors call it."""

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """
        Deliver *alert*, and return once the backend has confirmed it.

        Args:
            alert: The alert.
            timeout: Seconds left for this call; None for no limit.

        Raises:
            DeliveryError: The backend did not confirm.
        """


def function_notifier(function: Callable[[Alert], object], *, name: str | None = None) -> Notifier:
    """
    Make a notifier of a plain function.

    Args:
        function: Is given the alert. It returns once the alert is delivered, and raises
            anything if it is not. It may return a `Receipt`, or the backend's id as a string.
        name: What receipts and errors call it; the function's own name by default.

    Returns:
        A notifier. An exception of the function becomes a `DeliveryError` that names its type
        only, since its text may hold an address with a token.

    Raises:
        TypeError: The function is asynchronous: nobody would await it.
    """
    if iscoroutinefunction(function):
        raise TypeError("expected a plain function, got an asynchronous one, which nobody awaits")
    return _FunctionNotifier(name or str(getattr(function, "__name__", "function")), function)


@frozen(eq=False, repr=False)
class _FunctionNotifier:
    name: str
    _function: Callable[[Alert], object]

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        try:
            answer = self._function(alert)
        except DeliveryError:
            raise
        except Exception as error:
            raise DeliveryError(
                f"it raised {type(error).__name__}", retryable=True, maybe_delivered=True
            ) from error
        if isinstance(answer, Receipt):
            return answer
        if isawaitable(answer):
            if iscoroutine(answer):
                answer.close()
            raise DeliveryError("it is asynchronous, and nobody awaits it", retryable=False)
        return Receipt(self.name, answer if isinstance(answer, str) else alert.event_id)
