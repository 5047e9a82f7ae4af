"""Server processes of the tests: started, waited for, stopped."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from ports import LOCALHOST


@contextlib.contextmanager
def server(
    command: list[str],
    *,
    port: int,
    ready: str,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 30.0,
) -> Iterator[None]:
    """
    Run a server process while the block lasts.

    Args:
        command: The command line.
        port: The port on loopback that it was told to listen on.
        ready: A path that answers with 200 once it is ready.
        log: The file that gets its output.
        cwd: The folder to run in.
        env: The environment, or None for our own.
        timeout: Seconds that it may take to become ready.

    Raises:
        RuntimeError: It did not become ready; the message holds its output.
    """
    with log.open("wb") as output:
        process = _start(command, output, cwd, env)
        try:
            deadline = time.monotonic() + timeout
            while not _is_ready(port, ready):
                if process.poll() is not None or time.monotonic() > deadline:
                    msg = f"{command[0]} did not start:\n{log.read_text(errors='replace')[-4000:]}"
                    raise RuntimeError(msg)
                time.sleep(0.05)
            yield
        finally:
            _stop(process)


def _start(
    command: list[str], output: IO[bytes], cwd: Path | None, env: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _is_ready(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOCALHOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; after five seconds it is killed with its children."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
