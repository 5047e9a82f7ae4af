"""The command in tests: payloads in files, and a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


class Saver:
    """Saves payloads to files and gives their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def __call__(self, *payloads: Any) -> str:
        """Save payloads as JSON lines; text and bytes as they are."""
        self.count += 1
        file = self.folder / f"{self.count}.json"
        content = b"\n".join(
            p if isinstance(p, bytes) else (p if isinstance(p, str) else json.dumps(p)).encode()
            for p in payloads
        )
        file.write_bytes(content)
        return str(file)


def standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let the command read *content* from standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was printed as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "ecs_failure_alerts", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, **options)
