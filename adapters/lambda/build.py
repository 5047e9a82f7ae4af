"""
Build the Lambda's package: ``python adapters/lambda/build.py``.

It builds ``dist/ecs-failure-alerts-lambda-VERSION-cpython-RELEASE.zip`` from this checkout: the
library, the handler, the wheels of ``requirements.lock``, and the byte code of what an alert
imports. Next to it is ``….zip.cdx.json``, the zip's bill of materials in CycloneDX's form. The
build needs Python 3.11 or newer with pip, and Python 3.13, the function's runtime, to compile.
Without that, the zip is ``….-sources.zip``: it works everywhere and starts more slowly.
``--extra apprise`` adds Apprise. ``--lock`` writes the lock files again, from the requirements in
``pyproject.toml``.

Both files are the same byte for byte wherever they are built from the same files and compiled by
the same release of CPython (with the same version of zlib, which compresses the zip). The sources
in the zip are the same everywhere. boto3 is not in it, because Lambda's runtime has it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import runpy
import sys
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

if sys.version_info < (3, 11):  # noqa: UP036 - python may be any
    sys.exit("This needs Python 3.11 or newer: replace python by its name, such as python3.12")

from byte_code import RUNTIME, byte_code, find_runtime, release
from wheels import EXTRAS, HERE, ROOT, Wheel, lock, locked_wheels, wheels_of_extras

PACKAGE = ROOT / "src" / "ecs_failure_alerts"

#: https://cyclonedx.org/docs/1.6/json/
CYCLONEDX = "1.6"
#: The earliest time that a zip can hold. With real times every zip would be different.
EPOCH = (1980, 1, 1, 0, 0, 0)


def build(
    folder: Path,
    handler: Path = HERE / "handler.py",
    python: str | None = None,
    extras: Collection[str] = (),
) -> Path:
    """
    Build the zip, and its bill of materials next to it.

    Args:
        folder: The folder for both.
        handler: The file that becomes ``handler.py`` in the zip.
        python: The interpreter that compiles; None for sources alone.
        extras: The extras of `pyproject.toml` to add.

    Returns:
        The path of the zip.
    """
    version = runpy.run_path(str(PACKAGE / "_version.py"))["__version__"]
    folder.mkdir(parents=True, exist_ok=True)
    compiled_by = (release(python) if python else None) or "sources"
    name = "-".join(["ecs-failure-alerts-lambda", version, *extras, compiled_by])
    target = folder / f"{name}.zip"

    further = wheels_of_extras(extras)
    wheels = [*locked_wheels(), *further]
    files = dict(own_files(handler))
    for wheel in wheels:
        files.update(wheel.files)
    if python:
        whole = [name for wheel in further for name in wheel.files]
        files.update(byte_code(files, python, whole))

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


def bill_of_materials(zipped: Path, version: str, wheels: Sequence[Wheel]) -> dict[str, Any]:
    """Return the zip's bill of materials in CycloneDX's form, without a time or a random id."""
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
    """Return the fields that the zip and its parts share in the bill of materials."""
    return {
        "name": name,
        "version": version,
        "licenses": [{"license": {"name": licence}}],
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }


def interpreter(python: str) -> str:
    """Check the value of ``--python``."""
    if release(python) is None:
        raise argparse.ArgumentTypeError(f"expected an interpreter of Python, got {python}")
    return python


def existing_file(name: str) -> Path:
    """Check the value of ``--handler``."""
    path = Path(name)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"expected a file, found none: {name}")
    return path


def writable_folder(name: str) -> Path:
    """Check the value of ``--out``, and make the folder."""
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(
            f"expected a folder that can be made, got {name}: {error.strerror}"
        ) from None
    return path


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Build the Lambda's package.")
    parser.add_argument("--out", type=writable_folder, default=ROOT / "dist", metavar="FOLDER")
    parser.add_argument(
        "--handler",
        type=existing_file,
        default=HERE / "handler.py",
        metavar="FILE",
        help="your own handler, with a policy in code",
    )
    parser.add_argument(
        "--python",
        type=interpreter,
        metavar="PYTHON",
        help=f"the interpreter that compiles, if the runtime is not Python {RUNTIME} (the default)",
    )
    parser.add_argument(
        "--extra",
        action="append",
        choices=sorted(EXTRAS),
        default=[],
        help="a package to add to the zip: apprise, for notifiers of that type",
    )
    parser.add_argument("--lock", action="store_true", help="write the lock files again first")
    arguments = parser.parse_args(argv)
    if arguments.lock:
        lock()

    python = arguments.python or find_runtime()
    if python is None:
        print(
            f"expected Python {RUNTIME} to compile for the function's runtime, got none: the zip "
            "has no byte code and starts more slowly; install it, or name it with --python",
            file=sys.stderr,
        )
    zipped = build(arguments.out, arguments.handler, python, sorted({*arguments.extra}))
    digest = hashlib.sha256(zipped.read_bytes())
    print(zipped)
    print(f"byte code by {release(python)}" if python else "no byte code")
    print(f"{zipped.stat().st_size / 1024:.0f} KiB, sha256 {digest.hexdigest()}")
    print(f"source_code_hash {base64.b64encode(digest.digest()).decode()}")


if __name__ == "__main__":
    main()
