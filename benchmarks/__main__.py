"""
``python benchmarks``: measure everything, print the table, write ``RESULTS.md`` and the plot.

``python benchmarks parsing matching`` measures these subjects only, ``--quick`` all of them with
few rounds; then nothing is written. The peers come with the extra ``bench``.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from measuring import Figure, table

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
#: Each subject with its module, and its rounds: quick ones, and those of a whole run.
SUBJECTS: Final = {
    "delivered": ("delivered", 1, 9),
    "parsing": ("parsing", 5, 41),
    "pipeline": ("pipeline", 5, 41),
    "imports": ("imports", 3, 11),
    "files": ("files", 1, 3),
    "lambda": ("cold_starts", 1, 9),
    "lookups": ("look_ups", 1, 9),
    "matching": ("matching", 5, 41),
    "growth": ("growth", 3, 21),
}
PEERS: Final = (
    *("attrs", "sentry-sdk", "pydantic", "aws-lambda-powertools", "cattrs", "msgspec"),
    *("awslambdaric", "boto3", "ministack", "moto", "localstack-core"),
)

PREFACE: Final = """# Results

Written by `python benchmarks`. Each ratio is what stands left divided by what stands beside it,
measured in turns in one run: the median of the rounds, and their middle half. Below 1 is
less time (or memory) than the other one needs; for matches per second, above 1 is faster.
A time alone would say more about the machine than about the code, so there is none.
[docs/performance.md](../docs/performance.md) says what is compared and how.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 unless something is broken: a missed goal is said, and is no error."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    parser.add_argument("--quick", action="store_true", help="few rounds; writes nothing")
    arguments = parser.parse_args(argv)
    unknown = set(arguments.subjects) - SUBJECTS.keys()
    if unknown:
        parser.error(f"no subject {', '.join(sorted(unknown))}: choose of {', '.join(SUBJECTS)}")
    figures: list[Figure] = []
    for subject in arguments.subjects or SUBJECTS:
        module, quick, rounds = SUBJECTS[subject]
        begin = time.monotonic()
        found = list(importlib.import_module(module).figures(quick if arguments.quick else rounds))
        print(f"{subject}: {time.monotonic() - begin:.0f} s", file=sys.stderr)
        figures += found
    print(table(figures))
    print(f"\n{verdict(figures)}")
    if not arguments.quick and not arguments.subjects:
        importlib.import_module("growth").plot()
        RESULTS.write_text(
            f"{PREFACE}\n{table(figures)}\n\n{verdict(figures)}\n\n{conditions()}\n",
            encoding="utf-8",
        )
        print(f"written to {RESULTS}")
    return 0


def verdict(figures: Sequence[Figure]) -> str:
    """Tell in a sentence how many goals are met."""
    goals = [figure for figure in figures if figure.goal is not None and figure.ratios]
    missed = sum(figure.missed for figure in goals)
    absent = sorted({figure.against for figure in figures if not figure.ratios})
    said = f"{len(goals) - missed} of {len(goals)} goals met, {missed} missed."
    return f"{said} Not installed: {', '.join(absent)}." if absent else said


def conditions() -> str:
    """Describe under what it was measured."""
    versions = []
    for name in PEERS:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"{name} not installed")
    found = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{found}; {', '.join(versions)}."


if __name__ == "__main__":
    sys.exit(main())
