"""The Lambda's zip: built, unpacked, and run with what Lambda's own image has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "adapters" / "lambda" / "build.py"


def build(folder: Path, *options: str, python: str = sys.executable) -> Path:
    """
    Build the zip into *folder* by the one command; return its path.

    Its byte code is for the interpreter that runs these tests, unless *options* name another.
    """
    if "--python" not in options:
        options = (*options, "--python", sys.executable)
    done = subprocess.run(
        [python, str(BUILD), "--out", str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[0])


def unpack(package: Path, folder: Path) -> Path:
    """Unpack the zip into *folder*, as Lambda does; give the folder."""
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def bare_python(folder: Path) -> str:
    """
    Return an interpreter that has what Lambda's image has: awslambdaric and boto3.

    It does not see the packages of this environment, so that what the zip lacks is missing.

    Args:
        folder: An empty folder for it.
    """
    packages = folder / "packages"
    packages.mkdir(parents=True)
    for name in sorted(
        _with_requirements("awslambdaric", set()) | _with_requirements("boto3", set())
    ):
        for file in distribution(name).files or ():
            top = file.parts[0]
            link = packages / top
            if top != ".." and not link.exists():  # with the byte code of single files
                link.symlink_to(Path(str(distribution(name).locate_file(top))))
    python = folder / "python"
    python.write_text(
        f'#!/bin/sh\nexport PYTHONPATH="{packages}" PYTHONDONTWRITEBYTECODE=1\n'
        f'exec "{sys.executable}" -S "$@"\n'
    )
    python.chmod(0o755)
    return str(python)


def _with_requirements(name: str, seen: set[str]) -> set[str]:
    """Return a distribution's name and, recursively, those that it always needs."""
    if name not in seen:
        seen.add(name)
        for requirement in distribution(name).requires or ():
            if ";" not in requirement:
                _with_requirements(re.split(r"[^\w.-]", requirement)[0], seen)
    return seen


def other_pythons() -> list[str]:
    """Return the interpreters from 3.11 on, other than ours, of pyenv and of PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = []
    for minor in range(11, 20):
        candidates = [*map(str, pyenv.glob(f"versions/3.{minor}.*/bin/python")), f"python3.{minor}"]
        paths = [path for candidate in candidates if (path := shutil.which(candidate))]
        if minor != sys.version_info[1]:
            found += paths[:1]
    return found


def has_pip(python: str) -> bool:
    """Return whether an interpreter has pip."""
    command = [python, "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0
