"""
What ``import ecs_failure_alerts`` costs, beside what it stands on; fails above 1.5 times.

``python benchmarks/imports.py`` needs nothing but the package. The comparison with other
packages is part of ``python benchmarks``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from measuring import Figure, Gauge, middle_half, race, ratios

#: What it takes with Python 3.11 to 3.13, 1.4 to 1.5 times, and room for a busy machine.
LIMIT: Final = 1.5
RUNS: Final = 31
BASE: Final = "import attrs, json, re, enum, logging, decimal, typing, datetime, inspect"
WHOLE: Final = "import ecs_failure_alerts"

#: What Lambda's runtime has loaded before the function's own imports.
RUNTIME: Final = "import json, logging, http.client, concurrent.futures, importlib, traceback"
SENTRY: Final = (
    "import ecs_failure_alerts.notifiers.sentry as s; s.SentryNotifier('http://key@127.0.0.1/1')"
)
#: What the core is compared with, and the packages that each needs.
CORE_PEERS: Final = {
    "import attrs": ("attrs",),
    "import pydantic; pydantic.BaseModel": ("pydantic",),
    "from aws_lambda_powertools.utilities.parser import parse, BaseModel": (
        "aws_lambda_powertools",
        "pydantic",
    ),
    "from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent": (
        "aws_lambda_powertools",
    ),
}
PEER_NAMES: Final = {
    "import pydantic; pydantic.BaseModel": "import pydantic",
    "from aws_lambda_powertools.utilities.parser import parse, BaseModel": "powertools' parser",
    "from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent": (
        "powertools' data classes"
    ),
}
SENTRY_PEERS: Final = {"import sentry_sdk": ("sentry_sdk",)}

#: The first run writes the byte code that the others read.
ENVIRON: Final = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def process(statement: str) -> Gauge:
    """Make a gauge of a whole process."""

    def seconds() -> float:
        start = time.perf_counter()
        # Elsewhere than in a checkout, whose folders would come first.
        command = [sys.executable, "-c", statement]
        subprocess.run(command, check=True, cwd=tempfile.gettempdir(), env=ENVIRON)
        return time.perf_counter() - start

    return seconds


def statement(statement: str) -> Gauge:
    """Make a gauge of a statement's processor time in a process that has loaded RUNTIME."""
    code = (
        f"{RUNTIME}\nimport time\nbegin = time.process_time()\n{statement}\n"
        "print(time.process_time() - begin)"
    )

    def seconds() -> float:
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command,
            check=True,
            cwd=tempfile.gettempdir(),
            env=ENVIRON,
            capture_output=True,
            text=True,
        )
        return float(done.stdout)

    return seconds


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    for what, peers in ((WHOLE, CORE_PEERS), (SENTRY, SENTRY_PEERS)):
        installed = [peer for peer, packages in peers.items() if all(map(find_spec, packages))]
        times = race({one: statement(one) for one in (what, *installed)}, rounds)
        name = WHOLE if what == WHOLE else "import and make SentryNotifier"
        for peer in peers:
            found = ratios(times[what], times[peer]) if peer in times else ()
            yield Figure(name, PEER_NAMES.get(peer, peer), found)


def main() -> int:
    """Time both in turn; give 1 where the ratio is above the limit, also in a longer run."""
    for runs in (RUNS, 3 * RUNS):
        times = race({one: process(one) for one in (WHOLE, BASE)}, runs)
        # The fastest of each: whatever else the machine did made the others slower.
        best = min(times[WHOLE]) / min(times[BASE])
        if best <= LIMIT:
            break
    pairs = Figure(WHOLE, BASE, ratios(times[WHOLE], times[BASE]))
    low, high = middle_half(pairs.ratios)
    version = ".".join(map(str, sys.version_info[:3]))
    print(
        f"Python {version}: import ecs_failure_alerts takes {best:.2f} times the process that "
        f"imports what it stands on (fastest of {runs} each; in pairs {pairs.median:.2f}, middle "
        f"half {low:.2f} to {high:.2f}; limit {LIMIT})"
    )
    return best > LIMIT


if __name__ == "__main__":
    sys.exit(main())
