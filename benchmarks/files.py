"""The desk on large files of JSON lines: explain, match and report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from measuring import Figure, ratios
from sample_events import EVENTS, text

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.testing import task_state_change

#: Lines of the file that is measured, of a small one beside it, and of the archive; in a whole run
#: and in a quick one, which is one round.
_LINES: Final = (200_000, 20_000, 1_000_000)
_QUICK: Final = (2_000, 200, 4_000)

_COMMAND: Final = (sys.executable, "-m", "ecs_failure_alerts")

#: The environment of a user, in whose Python output is buffered and byte code is kept.
_ENVIRON: Final = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    many, few, million = _QUICK if rounds == 1 else _LINES
    pattern = FailurePolicy().event_pattern().to_json()

    with tempfile.TemporaryDirectory() as folder:
        large, small, archive = (_write(Path(folder) / str(n), n) for n in (many, few, million))
        explain = partial(_run, "explain", "--json", large)
        match = partial(_run, "match", "--pattern", pattern, large)
        turns = [(explain(), match(), _parse(large)) for _ in range(rounds)]
        floor = [parsed for _, _, parsed in turns]
        yield Figure(
            f"explain --json of {many:,} lines",
            "json.loads of each",
            ratios([used.processor for used, _, _ in turns], floor),
            9.0,
        )
        yield Figure(
            f"match of {many:,} lines",
            "json.loads of each",
            ratios([used.processor for _, used, _ in turns], floor),
            3.0,
        )

        memory = [_run("explain", "--json", small).memory for _ in range(rounds)]
        yield Figure(
            f"explain, memory with {many:,} lines",
            f"with {few:,} lines",
            ratios([used.memory for used, _, _ in turns], memory),
            1.1,
        )
        shared = [_run("explain", "--json", "--jobs", "2", large).seconds for _ in range(rounds)]
        yield Figure(
            f"explain --jobs 2 of {many:,} lines",
            "one process",
            ratios(shared, [used.seconds for used, _, _ in turns]),
            0.7,
        )
        report = [_run("report", "--jobs", "2", archive).seconds for _ in range(min(rounds, 2))]
        yield Figure(
            f"report --jobs 2 of {million:,} events", "90 seconds", [s / 90 for s in report], 1.0
        )


class _Used:
    """What a process used."""

    def __init__(self, seconds: float, usage: object) -> None:
        self.seconds = seconds
        self.processor: float = usage.ru_utime + usage.ru_stime  # type: ignore[attr-defined]
        self.memory: float = usage.ru_maxrss  # type: ignore[attr-defined]


def _run(*arguments: str) -> _Used:
    begin = time.perf_counter()
    process = subprocess.Popen(
        [*_COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_ENVIRON,
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # it has been waited for
    return _Used(time.perf_counter() - begin, usage)


def _parse(file: str) -> float:
    """Return the processor's seconds for reading each line."""
    begin = time.process_time()
    with Path(file).open(encoding="utf-8") as lines:
        for line in lines:
            json.loads(line)
    return time.process_time() - begin


def _write(path: Path, count: int) -> str:
    """Write a file of so many events, and return its name."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in islice(cycle(_events()), count))
    return str(path)


def _events() -> Sequence[str]:
    """Return events of many workloads, ends and sizes: of a kind what a busy account sees."""
    ends: Sequence[dict[str, Any]] = (
        {"containers": [{"exitCode": 0}]},
        {"containers": [{"exitCode": 1}]},
        {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError: Container killed"}]},
        {"stopCode": "UserInitiated", "containers": [{"exitCode": 143}]},
        {
            "stopCode": "ServiceSchedulerInitiated",
            "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)",
            "group": "service:web",
        },
        {"lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
    )
    made = [
        json.dumps(task_state_change(**{"group": f"service:s{number}", **end}))
        for number in range(40)
        for end in ends
    ]
    return [*made, *(text(event) for event in list(EVENTS.values())[:2] for _ in made)]
