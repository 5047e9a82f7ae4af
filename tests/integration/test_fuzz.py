"""The command that fuzzes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integration.components import require

pytestmark = pytest.mark.integration


def test_command_runs() -> None:
    """It fuzzes a target for the time given, and says how many inputs it has tried."""
    require("atheris")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "fuzz", "events", "1"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-4000:]
    assert "Done " in run.stderr
