"""
Build the Lambda's package: ``python adapters/lambda/build.py``.

It makes ``dist/ecs-failure-alerts-lambda-VERSION.zip`` of this checkout: the library, the
handler and the wheels of ``requirements.lock``. It needs Python 3.11 or newer with pip, on any
platform. ``--lock`` writes the lock file anew, from the dependencies in ``pyproject.toml``.

The zip is the same byte for byte wherever it is built from the same files (with the same
version of zlib, which compresses it). boto3 is not in it: Lambda's runtime has it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import runpy
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

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
# No .pyc files: they would make the zip 2.5 MiB instead of 1, and another one for each version of
# Python. What they would save is once per sandbox, and an alert can wait for it: a cold start
# through awslambdaric took 0.46 s without and 0.22 s with them (a handler that does nothing:
# 0.04 s), the first invocation the same either way (medians of 16, Python 3.13, a whole processor).
LOCK_HEAD = "# By `python adapters/lambda/build.py --lock`: what goes into the Lambda's zip.\n"
#: The earliest time that a zip can hold: real times would make every zip another.
EPOCH = (1980, 1, 1, 0, 0, 0)


def build(folder: Path, handler: Path = HERE / "handler.py") -> Path:
    """
    Build the zip.

    Args:
        folder: Where to put it.
        handler: The file that becomes ``handler.py`` in it.

    Returns:
        Its path.
    """
    version = runpy.run_path(str(PACKAGE / "_version.py"))["__version__"]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"ecs-failure-alerts-lambda-{version}.zip"
    files = dict(own_files(handler))

    with tempfile.TemporaryDirectory() as wheels:
        pip("download", "--no-deps", "--require-hashes", "-r", str(LOCK), "-d", wheels, *PURE)
        for wheel in Path(wheels).iterdir():
            files.update(wheel_files(wheel))

    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, on Windows too
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return target


def own_files(handler: Path) -> Iterator[tuple[str, bytes]]:
    """Read the names and contents of the handler and of the library."""
    yield "handler.py", handler.read_bytes()
    yield "ecs_failure_alerts-LICENSE", (ROOT / "LICENSE").read_bytes()
    for path in PACKAGE.rglob("*"):
        if path.suffix == ".py" or path.name == "py.typed":
            yield path.relative_to(PACKAGE.parent).as_posix(), path.read_bytes()


def wheel_files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Read the names and contents of what a wheel installs, and its metadata and licence."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith(("/", ".dist-info/RECORD", ".dist-info/entry_points.txt")):
                yield name, archive.read(name)


def lock() -> None:
    """Write the lock file: the newest versions that `pyproject.toml` takes, with their hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["sentry"]]
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
    LOCK.write_text(LOCK_HEAD + "".join(lines))


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
    parser.add_argument("--lock", action="store_true", help="write the lock file anew first")
    arguments = parser.parse_args(argv)
    if arguments.lock:
        lock()

    zipped = build(arguments.out, arguments.handler)
    digest = hashlib.sha256(zipped.read_bytes())
    print(zipped)
    print(f"{zipped.stat().st_size / 1024:.0f} KiB, sha256 {digest.hexdigest()}")
    print(f"source_code_hash {base64.b64encode(digest.digest()).decode()}")


if __name__ == "__main__":
    main()
