"""The wheels of the Lambda's zip: their lock files, and the files that each installs."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path

from byte_code import RUNTIME

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = HERE / "requirements.lock"

#: The lock files of optional wheels, by the extra of `pyproject.toml`.
EXTRAS = {"apprise": HERE / "requirements-apprise.lock"}

#: Only wheels without native code, because they fit every architecture.
PURE = (
    "--only-binary=:all:",
    *("--platform", "any"),
    *("--implementation", "py"),
    *("--abi", "none"),
    *("--python-version", "3.11"),
)
#: Wheels for one platform, if there are no others, as for PyYAML. Their native code is left out,
#: and their Python code does the work.
FOR_ONE_PLATFORM = (
    "--only-binary=:all:",
    *("--platform", "manylinux2014_x86_64"),
    *("--implementation", "cp"),
    *("--python-version", RUNTIME),
)
#: The endings of files of a wheel that the zip leaves out.
LEFT_OUT = ("/", ".so", ".dist-info/RECORD", ".dist-info/entry_points.txt")

LOCK_HEAD = "# By `python adapters/lambda/build.py --lock`: {}.\n"
#: The tools that build the sdist and the wheel; see the workflow CI.
TOOLS_LOCK = ROOT / ".github" / "build-requirements.txt"


@dataclass
class Wheel:
    """
    A wheel that goes into the zip.

    Attributes:
        name: The project's name.
        version: Its version.
        licence: Its licence, as an SPDX expression or in its own words.
        sha256: The digest of the wheel.
        files: The files that it installs, by path.
    """

    name: str
    version: str
    licence: str
    sha256: str
    files: Mapping[str, bytes]


def locked_wheels(lock: Path = LOCK, kind: Sequence[str] = PURE) -> list[Wheel]:
    """Download the wheels of a lock file, and check their hashes."""
    with tempfile.TemporaryDirectory() as folder:
        pip("download", "--no-deps", "--require-hashes", "-r", str(lock), "-d", folder, *kind)
        return [read_wheel(path) for path in sorted(Path(folder).iterdir())]


def wheels_of_extras(extras: Iterable[str]) -> list[Wheel]:
    """Download the additional wheels of *extras*."""
    return [wheel for extra in extras for wheel in locked_wheels(EXTRAS[extra], FOR_ONE_PLATFORM)]


def read_wheel(path: Path) -> Wheel:
    """Read the files that a wheel installs, including metadata and licence."""
    with zipfile.ZipFile(path) as archive:
        files = {
            name: archive.read(name) for name in archive.namelist() if not name.endswith(LEFT_OUT)
        }
    (metadata,) = (files[name] for name in files if name.endswith(".dist-info/METADATA"))
    fields = BytesParser().parsebytes(metadata)

    return Wheel(
        name=fields["Name"],
        version=fields["Version"],
        licence=fields["License-Expression"] or fields["License"] or "unknown",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        files=files,
    )


def lock() -> None:
    """Write the lock files: the newest versions that `pyproject.toml` allows, with their hashes."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, tools = settings["project"], settings["build-system"]["requires"]
    optional = project["optional-dependencies"]
    always = [*project["dependencies"], *optional["sentry"]]

    packed = find_locks(always, PURE)
    write_lock(LOCK, "what goes into the Lambda's zip", packed)
    write_lock(TOOLS_LOCK, "what builds the sdist and the wheel", find_locks(["build", *tools]))
    for extra, path in EXTRAS.items():
        further = find_locks([*always, *optional[extra]], FOR_ONE_PLATFORM) - packed
        write_lock(path, f"what goes into the zip with --extra {extra}", further)


def find_locks(wanted: Sequence[str], kind: Sequence[str] = PURE) -> set[str]:
    """Return the lines of a lock file for the *wanted* packages and their dependencies."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        options = ("--dry-run", "--ignore-installed", "--target", folder, "--report", str(report))
        pip("install", *options, *kind, *wanted)
        found = json.loads(report.read_text())["install"]

    return {
        f"{item['metadata']['name']}=={item['metadata']['version']}"
        f" --hash=sha256:{item['download_info']['archive_info']['hashes']['sha256']}\n"
        for item in found
    }


def write_lock(path: Path, what: str, lines: Iterable[str]) -> None:
    """Write a lock file."""
    path.write_text(LOCK_HEAD.format(what) + "".join(sorted(lines)))


def pip(*arguments: str) -> None:
    """Run pip."""
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        check=True,
        stdout=sys.stderr,
    )
