"""The frames of an error, cleared of anything that could be a secret."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from traceback import clear_frames
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


def without_locals(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """
    Clear the local variables of *function*, and of what it called, when it raises.

    It is for every public function that takes an event, a payload or the environment, because error
    trackers send the values in the frames of a traceback. The traceback keeps its lines.

    https://docs.python.org/3/library/traceback.html#traceback.clear_frames
    """

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        handled = sys.exception()
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            del args, kwargs
            _clear(error, handled)
            raise

    return call


def iterated_without_locals(values: Iterator[_T]) -> Iterator[_T]:
    """Yield *values*; what `without_locals` does for a function, this does for a generator."""
    handled = sys.exception()
    try:
        yield from values
    except BaseException as error:
        _clear(error, handled)
        raise


def _clear(error: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of *error* and what led to it, up to what the caller *handled* before."""
    seen, waiting = [handled], [error]
    while waiting:
        last = waiting.pop()
        seen.append(last)
        clear_frames(last.__traceback__)

        causes = (last.__cause__, last.__context__)
        waiting += [cause for cause in causes if cause is not None and cause not in seen]
