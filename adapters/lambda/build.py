"""
Build the Lambda's package: ``python adapters/lambda/build.py``.

It makes ``dist/ecs-failure-alerts-lambda-VERSION-cpython-RELEASE.zip`` of this checkout: the
library, the handler, the wheels of ``requirements.lock``, and the byte code of what an alert
imports; and beside it ``….zip.cdx.json``, the zip's bill of materials in the form of CycloneDX. It
needs Python 3.11 or newer with pip, and a Python 3.13, the function's runtime, to compile: without
one, the zip is ``….-sources.zip``, works everywhere and starts more slowly. ``--lock`` writes the
lock files anew, from what ``pyproject.toml`` asks for.

Both are the same byte for byte wherever they are built from the same files and compiled by the
same release of CPython (with the same version of zlib, which compresses the zip). The sources in it
are the same everywhere. boto3 is not in it: Lambda's runtime has it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import runpy
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from byte_code import RUNTIME, byte_code, find_runtime, release

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = HERE / "requirements.lock"
PACKAGE = ROOT / "src" / "ecs_failure_alerts"

#: Only wheels without native code, which serve every architecture.
PURE = (
    "--only-binary=:all:",
    *("--platform", "any"),
    *("--implementation", "py"),
    *("--abi", "none"),
    *("--python-version", "3.11"),
)
LOCK_HEAD = "# By `python adapters/lambda/build.py --lock`: {}.\n"
#: What builds the sdist and the wheel, see the workflow CI.
TOOLS_LOCK = ROOT / ".github" / "build-requirements.txt"
#: https://cyclonedx.org/docs/1.6/json/
CYCLONEDX = "1.6"
#: The earliest time that a zip can hold: real times would make every zip another.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass
class Wheel:
    """
    A wheel that goes into the zip.

    Attributes:
        name: The project's name.
        version: Its version.
        licence: Its licence, as an SPDX expression or in its own words.
        sha256: The digest of the wheel.
        files: What it installs, by path.
    """

    name: str
    version: str
    licence: str
    sha256: str
    files: Mapping[str, bytes]


def build(folder: Path, handler: Path = HERE / "handler.py", python: str | None = None) -> Path:
    """
    Build the zip, and its bill of materials beside it.

    Args:
        folder: Where to put it.
        handler: The file that becomes ``handler.py`` in it.
        python: The interpreter that compiles; None for sources alone.

    Returns:
        The path of the zip.
    """
    version = runpy.run_path(str(PACKAGE / "_version.py"))["__version__"]
    folder.mkdir(parents=True, exist_ok=True)
    compiled_by = release(python) if python else "sources"
    target = folder / f"ecs-failure-alerts-lambda-{version}-{compiled_by}.zip"
    wheels = locked_wheels()
    files = dict(own_files(handler))
    for wheel in wheels:
        files.update(wheel.files)
    if python:
        files.update(byte_code(files, python))

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, on Windows too
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])

    bill = bill_of_materials(target, version, wheels)
    target.with_name(f"{target.name}.cdx.json").write_text(json.dumps(bill, indent=2) + "\n")

    return target


def own_files(handler: Path) -> Iterator[tuple[str, bytes]]:
    """Read the names and contents of the handler and of the library."""
    yield "handler.py", handler.read_bytes()
    yield "ecs_failure_alerts-LICENSE", (ROOT / "LICENSE").read_bytes()
    for path in PACKAGE.rglob("*"):
        if path.suffix == ".py" or path.name == "py.typed":
            yield path.relative_to(PACKAGE.parent).as_posix(), path.read_bytes()


def locked_wheels() -> list[Wheel]:
    """Download the wheels of the lock file, each held to its hash."""
    with tempfile.TemporaryDirectory() as folder:
        pip("download", "--no-deps", "--require-hashes", "-r", str(LOCK), "-d", folder, *PURE)
        return [read_wheel(path) for path in sorted(Path(folder).iterdir())]


def read_wheel(path: Path) -> Wheel:
    """Read what a wheel installs, its metadata and licence among it."""
    with zipfile.ZipFile(path) as archive:
        files = {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith(("/", ".dist-info/RECORD", ".dist-info/entry_points.txt"))
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


def bill_of_materials(zipped: Path, version: str, wheels: Sequence[Wheel]) -> dict[str, Any]:
    """Return what is in the zip, without a time or a random id, in the form of CycloneDX."""
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    package = {
        "type": "application",
        "bom-ref": zipped.name,
        **described("ecs-failure-alerts-lambda", version, "MIT", digest),
    }
    parts: list[dict[str, Any]] = []
    for wheel in wheels:
        purl = f"pkg:pypi/{re.sub('[-_.]+', '-', wheel.name).lower()}@{wheel.version}"
        described_wheel = described(wheel.name, wheel.version, wheel.licence, wheel.sha256)
        parts.append({"type": "library", "bom-ref": purl, **described_wheel, "purl": purl})

    return {
        "bomFormat": "CycloneDX",
        "specVersion": CYCLONEDX,
        "version": 1,
        "metadata": {"component": package},
        "components": parts,
        "dependencies": [
            {"ref": package["bom-ref"], "dependsOn": [part["bom-ref"] for part in parts]},
            *({"ref": part["bom-ref"]} for part in parts),
        ],
    }


def described(name: str, version: str, licence: str, sha256: str) -> dict[str, Any]:
    """Return the fields that the zip and what is in it have in the bill of materials."""
    return {
        "name": name,
        "version": version,
        "licenses": [{"license": {"name": licence}}],
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


def lock() -> None:
    """Write the lock files: the newest versions that `pyproject.toml` takes, with their hashes."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project, tools = settings["project"], settings["build-system"]["requires"]

    sentry = project["optional-dependencies"]["sentry"]
    write_lock(LOCK, "what goes into the Lambda's zip", [*project["dependencies"], *sentry])
    write_lock(TOOLS_LOCK, "what builds the sdist and the wheel", ["build", *tools])


def write_lock(path: Path, what: str, wanted: Sequence[str]) -> None:
    """Write a lock file for what is *wanted*, with what that needs."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        options = ("--dry-run", "--ignore-installed", "--target", folder, "--report", str(report))
        pip("install", *options, *PURE, *wanted)
        found = json.loads(report.read_text())["install"]

    lines = sorted(
        f"{item['metadata']['name']}=={item['metadata']['version']}"
        f" --hash=sha256:{item['download_info']['archive_info']['hashes']['sha256']}\n"
        for item in found
    )
    path.write_text(LOCK_HEAD.format(what) + "".join(lines))


def interpreter(python: str) -> str:
    """Check the value of ``--python``."""
    if release(python) is None:
        raise argparse.ArgumentTypeError(f"expected an interpreter of Python, got {python}")
    return python


def pip(*arguments: str) -> None:
    """Run pip."""
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        check=True,
        stdout=sys.stderr,
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Build the Lambda's package.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER")
    parser.add_argument(
        "--handler",
        type=Path,
        default=HERE / "handler.py",
        metavar="FILE",
        help="a handler of your own, with a policy in code",
    )
    parser.add_argument(
        "--python",
        type=interpreter,
        metavar="PYTHON",
        help=f"what compiles, where the function's runtime is not Python {RUNTIME} (the default)",
    )
    parser.add_argument("--lock", action="store_true", help="write the lock files anew first")
    arguments = parser.parse_args(argv)
    if arguments.lock:
        lock()

    python = arguments.python or find_runtime()
    if python is None:
        print(
            f"expected Python {RUNTIME} to compile for the function's runtime, found none, so the "
            "zip has no byte code and starts more slowly: install it, or name it by --python",
            file=sys.stderr,
        )
    zipped = build(arguments.out, arguments.handler, python)
    digest = hashlib.sha256(zipped.read_bytes())
    print(zipped)
    print(f"byte code by {release(python)}" if python else "no byte code")
    print(f"{zipped.stat().st_size / 1024:.0f} KiB, sha256 {digest.hexdigest()}")
    print(f"source_code_hash {base64.b64encode(digest.digest()).decode()}")


if __name__ == "__main__":
    main()
