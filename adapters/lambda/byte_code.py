"""The byte code of the Lambda's zip, so that a cold start does not compile what it imports."""

# Theory of operation: byte code belongs to one minor version of Python, so the Python of the
# function's runtime compiles, in its own processes. The pyc files are never checked against their
# source (PEP 552), because Lambda's runtime cannot write byte code and the times of a zip's files
# are not real. The whole library is compiled, but only those parts of the wheels that an alert
# imports. A process finds them by sending an alert to its own inbox.

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

#: The Python of the function's runtime, as in the Terraform example and the SAM template.
RUNTIME = "3.13"

#: The folder into which Lambda unpacks the zip. With the real folder every zip would be different.
TASK_ROOT = "/var/task"

#: Only the library is compiled, not the handler: somebody may edit it in Lambda's console.
OWN = "ecs_failure_alerts/"


def find_runtime() -> str | None:
    """Return an interpreter of `RUNTIME`: ours, PATH's or pyenv's; None if there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = sorted(
        pyenv.glob(f"versions/{RUNTIME}.*/bin/python"),
        key=lambda path: [part.zfill(8) for part in path.parts[-3].split(".")],
    )
    candidates = (sys.executable, f"python{RUNTIME}", *map(str, reversed(installed)))

    for candidate in candidates:
        found = release(candidate)
        if found and found.startswith(f"cpython-{RUNTIME}."):
            return candidate
    return None


def release(python: str) -> str | None:
    """Return an interpreter's kind and exact version, such as cpython-3.13.0; None if it fails."""
    if shutil.which(python) is None:
        return None
    asked = "import platform, sys; print(sys.implementation.name, platform.python_version())"
    done = subprocess.run(
        [python, "-S", "-c", asked], capture_output=True, text=True, check=False, timeout=60
    )
    return "-".join(done.stdout.split()) if done.returncode == 0 else None


def byte_code(
    files: Mapping[str, bytes], python: str, whole: Iterable[str] = ()
) -> dict[str, bytes]:
    """
    Compile what the function imports.

    Args:
        files: The files of the zip, by path.
        python: The interpreter that compiles.
        whole: Paths of files to compile even if they are not imported.

    Returns:
        The pyc files, by path.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

        wanted = set(_run(python, "imports", folder).split("\n"))
        wanted |= {path for path in files if path.startswith(OWN) and path.endswith(".py")}
        wanted |= {path for path in whole if path.endswith(".py")}
        _run(python, "compile", folder, *sorted(wanted & files.keys()))

        return {
            path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")
        }


def _run(python: str, step: str, folder: Path, *names: str) -> str:
    """Run a step below in a process that sees only this folder and the standard library."""
    environ = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    if "SYSTEMROOT" in os.environ:  # without it, processes on Windows have no sockets
        environ["SYSTEMROOT"] = os.environ["SYSTEMROOT"]
    command = [python, "-S", "-P", __file__, step, str(folder)]
    done = subprocess.run(
        command, input="\n".join(names), env=environ, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _imports(folder: Path) -> Iterator[str]:
    """Yield the paths of the modules that are loaded after an alert, with TLS or without."""
    sys.path.insert(0, str(folder))
    from ecs_failure_alerts import alerter_from_env  # noqa: PLC0415 - the zip's own
    from ecs_failure_alerts.testing import SentryInbox, task_state_change  # noqa: PLC0415

    alerter_from_env({"ECS_ALERTS_SENTRY_DSN": "https://key@localhost/1"})
    with SentryInbox() as inbox:
        alerter = alerter_from_env({"ECS_ALERTS_SENTRY_DSN": inbox.dsn})
        alerter.process(task_state_change()).raise_for_failures()

    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or os.devnull)
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix()


def _compile(folder: Path, names: list[str]) -> None:
    for name in names:
        py_compile.compile(
            str(folder / name),
            dfile=f"{TASK_ROOT}/{name}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


if __name__ == "__main__":
    if sys.argv[1] == "imports":
        print(*_imports(Path(sys.argv[2])), sep="\n")
    else:
        _compile(Path(sys.argv[2]), sys.stdin.read().split())
