"""The document's way to report on several machines, on a local cluster of Dask."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from documents import DOCS, blocks
from ecs_failure_alerts.archives import ArchiveReport, text
from ecs_failure_alerts.testing import task_state_change

pytestmark = pytest.mark.integration


def test_the_documents_dask_bag_reports_what_one_process_does(tmp_path: Path) -> None:
    pytest.importorskip("dask.distributed")
    (block,) = (b for b in blocks("python", of=(DOCS / "archives.md",)) if "dask" in b.words)
    (tmp_path / "bag.py").write_text(block.text, "utf-8")
    folder = tmp_path / "events"
    folder.mkdir()
    report = ArchiveReport()
    for number in range(3):
        events = [
            task_state_change(group=f"service:s{number}", containers=[{"exitCode": code}])
            for code in range(20)
        ]
        lines = "\n".join(map(json.dumps, events)).encode()
        (folder / f"{number}.jsonl.gz").write_bytes(gzip.compress(lines))
        for event in events:
            report.add(event)

    printed = subprocess.run(
        [sys.executable, "bag.py"], cwd=tmp_path, capture_output=True, timeout=120, check=True
    )

    assert printed.stdout.decode() == text(report) + "\n"
