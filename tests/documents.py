"""The project's documents: their code blocks, headings and links, and a place to run blocks in."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from attrs import frozen

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"

#: For who uses the project: every block runs.
FOR_USERS = (
    README,
    *(
        path
        for path in sorted(DOCS.glob("*.md"))
        if path.name not in {"testing.md", "releasing.md", "performance.md"}
    ),
)
#: All: blocks are read and links are followed.
DOCUMENTS = tuple(
    path
    for path in (
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
        *sorted(DOCS.glob("*.md")),
        *sorted((ROOT / "examples").rglob("README.md")),
    )
    if path.exists() and ".terraform" not in path.parts
)

_FENCE = re.compile(r"^```(.*)$")
_HEADING = re.compile(r"^#{1,6} (.*?)#*\s*$")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_ANSWERS = Path(__file__).parent / "aws_answers"


@frozen
class Block:
    """
    A code block.

    Attributes:
        document: Where it stands.
        line: The line of its first fence.
        language: The first word of its info string.
        words: The others: a name is the file that it is, ``no-run`` says that it cannot run.
        text: What stands between the fences.
    """

    document: Path
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def runs(self) -> bool:
        """Whether it is to be run."""
        return "no-run" not in self.words

    @property
    def file(self) -> str | None:
        """The name of the file that it is."""
        return next((word for word in self.words if "." in word), None)

    def __str__(self) -> str:
        return f"{name(self.document)}:{self.line}"


def name(document: Path) -> str:
    """Return a document's path in the project."""
    return document.relative_to(ROOT).as_posix()


def read(document: Path) -> tuple[list[Block], str]:
    """Return a document's blocks, and its text without them."""
    blocks: list[Block] = []
    prose: list[str] = []
    lines = enumerate(document.read_text("utf-8").splitlines(), 1)
    for number, line in lines:
        fence = _FENCE.match(line.strip()) if line.lstrip().startswith("```") else None
        if fence is None:
            prose.append(line)
            continue
        inside: list[str] = []
        for _, content in lines:
            if content.strip() == "```":
                break
            inside.append(content)
        else:
            raise ValueError(f"{name(document)}:{number}: a block without an end")
        language, *words = fence[1].split() or [""]
        text = "".join(f"{content}\n" for content in inside)
        blocks.append(Block(document, number, language, tuple(words), text))
    return blocks, "\n".join(prose)


def blocks(*languages: str, of: tuple[Path, ...] = DOCUMENTS) -> list[Block]:
    """Return the blocks of some languages; of none where the tests run without the checkout."""
    return [
        block
        for document in of
        if document.exists()
        for block in read(document)[0]
        if block.language in languages
    ]


def anchors(document: Path) -> set[str]:
    """
    Return the anchors that GitHub gives a document's headings.

    Lower case, punctuation dropped, spaces as hyphens, a number for a repeated one.
    """
    found: dict[str, int] = {}
    for line in read(document)[1].splitlines():
        heading = _HEADING.match(line)
        if heading:
            text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1]).strip().lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            found[slug] = found.get(slug, -1) + 1
    return {
        slug if not n else f"{slug}-{n}" for slug, last in found.items() for n in range(last + 1)
    }


def links(document: Path) -> list[str]:
    """Return the links of a document to the project's own files."""
    prose = re.sub(r"`[^`\n]*`", "", read(document)[1])
    return [target for target in _LINK.findall(prose) if not re.match(r"[a-z]+:", target)]


def broken(document: Path, target: str) -> str | None:
    """Return what is wrong with a link; None if nothing is."""
    path, _, anchor = unquote(target).partition("#")
    file = (document.parent / path).resolve() if path else document
    if not file.exists():
        return f"there is no {path}"
    if ROOT not in file.parents:
        return "it leaves the project"
    if anchor and (file.suffix != ".md" or anchor not in anchors(file)):
        return f"{name(file)} has no heading #{anchor}"
    return None


class Folder:
    """
    A folder in which a block runs alone, beside the examples and the files of its document.

    The commands are the real ones, run by bash; ``aws`` alone is a stand-in, which prints what
    is saved in ``aws_answers/``.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self.path = path / "work"
        commands = path / "bin"
        for folder in (self.path, commands):
            folder.mkdir()
        (self.path / "examples").symlink_to(ROOT / "examples")
        python = shlex.quote(sys.executable)
        answer = f"cat {shlex.quote(str(_ANSWERS))}/$1-$2.json"
        for command, does in (
            ("ecs-failure-alerts", f'exec {python} -m ecs_failure_alerts "$@"'),
            ("pytest", f'exec {python} -m pytest -p no:cacheprovider "$@"'),
            ("aws", answer),
        ):
            script = commands / command
            script.write_text(f"#!/bin/sh\n{does}\n", "utf-8")
            script.chmod(0o755)
        self._environ = {
            **os.environ,
            **environ,
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        }

    def save(self, document: Path) -> None:
        """Write the files that a document shows."""
        for block in read(document)[0]:
            if block.file:
                (self.path / block.file).write_text(block.text, "utf-8")

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run lines of shell."""
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],  # noqa: S607
            cwd=self.path,
            env=self._environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block, and the output that is shown."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output
