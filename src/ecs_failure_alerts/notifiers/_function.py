"""A notifier made of a plain function."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable, iscoroutine, iscoroutinefunction

from .._frames import place_of, without_locals
from ..alerts import Alert
from ..exceptions import DeliveryError
from ._data import Notifier, Receipt
from ._return_values import failure_of
from .foreign import text_as_it_leaves


@without_locals
def function_notifier(function: Callable[[Alert], object], *, name: str | None = None) -> Notifier:
    """
    Build a notifier from a plain function.

    Args:
        function: Takes the alert, and returns once it is delivered. It raises any exception if it
            is not. It may return a `Receipt`, the backend's id as a string, or nothing. The string
            is redacted and cut, because it may be a whole answer. ``False`` counts as not
            delivered, and so do an answer of an HTTP client, a web API or AWS that reports a
            failure, a list with such an answer, and what is not done yet, such as a thread.
        name: The notifier's name in receipts and errors; the function's own name by default.

    Returns:
        A notifier. An exception of the function becomes a `DeliveryError` that has only its type,
        file and line, because its text may hold an address with a token.

    Raises:
        TypeError: *function* is no function, or it is asynchronous, and nobody would await it;
            or *name* is not a string.
    """
    if not callable(function):  # not shown, because it may be an address with a token
        given = type(function).__name__
        raise TypeError(
            f"expected a function, got something of the type {given}: write one that takes an "
            "alert and delivers it"
        )
    if not isinstance(name, str | None):
        raise TypeError(f"name: expected a string, got something of the type {type(name).__name__}")
    if iscoroutinefunction(function):
        raise TypeError("expected a plain function, got an asynchronous one, which nobody awaits")

    return _FunctionNotifier(name or str(getattr(function, "__name__", "function")), function)


class _FunctionNotifier:
    def __init__(self, name: str, function: Callable[[Alert], object]) -> None:
        self.name = name
        self._function = function

    def __repr__(self) -> str:
        return f"function_notifier({self.name})"

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        try:
            answer = self._function(alert)
        except DeliveryError:
            raise
        except Exception as error:
            said = f"it raised {type(error).__name__}{place_of(error)}"
            raise DeliveryError(said, retryable=True, maybe_delivered=True) from error

        if isinstance(answer, Receipt):
            return answer
        if isawaitable(answer):
            if iscoroutine(answer):
                answer.close()
            raise DeliveryError(
                "expected a confirmation, got an awaitable: await it inside the function",
                retryable=False,
            )

        failure = failure_of(answer)
        if failure is not None:
            raise DeliveryError(
                f"expected a confirmation, got {failure}: return a Receipt, the backend's id or "
                "nothing once the alert is delivered, and raise if it is not",
                retryable=True,
                maybe_delivered=True,
            )
        given = text_as_it_leaves(answer) if isinstance(answer, str) else ""
        return Receipt(self.name, given or alert.event_id)
