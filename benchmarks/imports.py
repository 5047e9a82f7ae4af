"""What ``import ecs_failure_alerts`` costs, beside what it stands on; fails above 1.4 times."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

LIMIT = 1.4
RUNS = 31
BASE = "import attrs, json, re, enum, logging, decimal, typing, datetime, inspect"
WHOLE = "import ecs_failure_alerts"


def seconds(statement: str) -> float:
    """Time one whole process."""
    start = time.perf_counter()
    # Elsewhere than in a checkout, whose folders would come first.
    subprocess.run([sys.executable, "-c", statement], check=True, cwd=tempfile.gettempdir())
    return time.perf_counter() - start


def main() -> int:
    """Time both in turn; give 1 where the ratio is above the limit."""
    for statement in (BASE, WHOLE):
        seconds(statement)  # so that byte code is there
    pairs = [(seconds(WHOLE), seconds(BASE)) for _ in range(RUNS)]
    ratios = sorted(whole / base for whole, base in pairs)
    low, middle, high = ratios[RUNS // 4], statistics.median(ratios), ratios[-RUNS // 4]
    # The fastest of each: whatever else the machine did made the others slower.
    best = min(whole for whole, _ in pairs) / min(base for _, base in pairs)
    version = ".".join(map(str, sys.version_info[:3]))
    print(
        f"Python {version}: import ecs_failure_alerts takes {best:.2f} times the process that "
        f"imports what it stands on (fastest of {RUNS} each; in pairs {middle:.2f}, middle half "
        f"{low:.2f} to {high:.2f}; limit {LIMIT})"
    )
    return best > LIMIT


if __name__ == "__main__":
    sys.exit(main())
