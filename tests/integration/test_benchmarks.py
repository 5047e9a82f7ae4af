"""The benchmarks run, so that they do not rot; what they measure is for `python benchmarks`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

pytestmark = pytest.mark.integration


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, str(BENCHMARKS), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("subject", "peers"),
    [
        ("pipeline", ["json.loads"]),
        ("matching", ["Event Ruler", "ministack", "moto", "localstack-core"]),
    ],
)
def test_the_table_has_every_peer_and_counts_the_goals(subject: str, peers: list[str]) -> None:
    """Peers that are not installed too."""
    done = run("--quick", subject)
    assert done.returncode == 0, done.stderr
    header, _, *lines = done.stdout.split("\n\n")[0].splitlines()
    assert [cell.strip() for cell in header.split("|")][1:4] == ["what", "against", "ratio"]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    assert {row[2].partition(" (")[0] for row in rows} == set(peers)
    assert all(row[3] == "not installed" or float(row[3].split()[0]) > 0 for row in rows)
    assert " goals met, " in done.stdout


def test_the_verdicts_of_the_matcher_are_compared_with_event_rulers() -> None:
    done = run("--quick", "matching")
    assert "| verdicts of EventPattern" in done.stdout
    assert "100.00 %" in done.stdout


def test_an_unknown_subject_is_refused_with_the_known_ones() -> None:
    done = run("--quick", "nonesuch")
    assert done.returncode == 2
    assert (
        "delivered, parsing, pipeline, imports, files, lambda, lookups, matching, growth"
        in done.stderr
    )
