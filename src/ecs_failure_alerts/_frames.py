"""The frames of an error, cleared of anything that could be a secret."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from traceback import clear_frames, walk_tb
from typing import Final, ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: The beginning of the path of each file of this package.
_OURS: Final = __file__.removesuffix("_frames.py")
_TESTING: Final = f"{_OURS}testing{os.sep}"

#: Folders with code that the user has not written, by their names in `sysconfig`.
_FOREIGN: Final = ("stdlib", "platstdlib", "purelib", "platlib")


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


def is_ours(error: BaseException) -> bool:
    """
    Return whether this package has raised *error*, and not what it called.

    What the tools for tests raise is the user's own.
    """
    *_, file = "", *(frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__))
    return file.startswith(_OURS) and not file.startswith(_TESTING)


def place_of(error: BaseException) -> str:
    """
    Return where the user's own code raised *error*, such as `` (notifier.py, line 6)``.

    Own code is what stands in one folder with the first file that is neither of this package nor of
    Python or an installed one. The place is empty if there is none.
    """
    import sysconfig  # noqa: PLC0415 - an alert that arrives needs neither
    from pathlib import Path  # noqa: PLC0415

    paths = sysconfig.get_paths()
    foreign = "<", _OURS, *(f"{paths[name]}{os.sep}" for name in _FOREIGN)
    places = [
        (Path(frame.f_code.co_filename), line)
        for frame, line in walk_tb(error.__traceback__)
        if not frame.f_code.co_filename.startswith(foreign)
    ]

    near = [place for place in places if place[0].parent == places[0][0].parent]
    return f" ({near[-1][0].name}, line {near[-1][1]})" if near else ""


def _clear(error: BaseException, handled: BaseException | None) -> None:
    """Clear the frames of *error* and what led to it, up to what the caller *handled* before."""
    seen, waiting = [handled], [error]
    while waiting:
        last = waiting.pop()
        seen.append(last)
        clear_frames(last.__traceback__)

        causes = (last.__cause__, last.__context__)
        waiting += [cause for cause in causes if cause is not None and cause not in seen]
