"""The image that could not be pulled, in words."""

from __future__ import annotations

import re
from typing import Final

from .._texts import cut
from .containers import names_of
from .events import Container
from .findings import Finding
from .images import Image

#: The most characters of a repository's name in a sentence, and of a tag: Docker's own limit.
_NAME_CHARACTERS: Final = 120
_TAG_CHARACTERS: Final = 128

#: ECR of the task's own account and Region; another's is told in full.
_OWN_REGISTRY: Final = "{}.dkr.ecr.{}.amazonaws.com/"

#: What may stand before an image's name in ECS's text, though not in the task definition.
_BEFORE: Final = r"(?:(?<![\w./-])|docker\.io/(?:library/)?)"


def name_pulled_image(finding: Finding) -> str:
    """Name the image and its container, as far as the event tells."""
    pulled = _find_pulled(finding)
    if not pulled:
        return "an image"
    if len(pulled) > 1:
        return f"the images of {names_of(pulled)}"

    (container,) = pulled
    image = Image.of(container.image or "")
    if not image.repository:
        return f"the image of container {container.name}"

    registry = _OWN_REGISTRY.format(finding.task.account, finding.task.region)
    name = image.repository.removeprefix(registry)
    tag = f":{cut(image.tag, _TAG_CHARACTERS)}" if image.tag else ""
    source = " from ECR" if name != image.repository else ""
    return f"{cut(name, _NAME_CHARACTERS)}{tag}{source} (container {container.name})"


def _find_pulled(finding: Finding) -> tuple[Container, ...]:
    """Find the containers at fault, or else the only one whose image ECS's text may mean."""
    if finding.culprits:
        return finding.culprits

    counted = [c for _, c in finding.containers.counted]
    named = [c for c in counted if len(counted) == 1 or _mentions(finding.text, c.image)]
    return tuple(named) if len(named) == 1 else ()


def _mentions(text: str, image: str | None) -> bool:
    """Return whether *text* has this reference to an image."""
    if not image or image not in text:
        return False
    return re.search(rf"{_BEFORE}{re.escape(image)}(?![\w.-])", text) is not None
