"""Links to the AWS console."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .._texts import clean

#: The consoles, by partition: https://docs.aws.amazon.com/general/latest/gr/rande.html
_HOSTS: Final[Mapping[str, str]] = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
#: Characters of a page at most: its names are those of resources, which are far shorter.
_PATH_CHARACTERS: Final = 2_000
_REGION: Final = re.compile(r"[a-z0-9-]{1,32}")


def console_url(partition: str | None, region: str | None, path: str | None) -> str | None:
    """
    Return the link to a page of the AWS console.

    Args:
        partition: The AWS partition, such as ``aws``.
        region: The Region.
        path: The page, from the first slash on. It may have a fragment, and may be encoded.

    Returns:
        The link; None if the partition has no known console, or a value is missing or too long.
    """
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    host = _HOSTS.get(partition or "")
    if not host or not path or len(path) > _PATH_CHARACTERS or not _REGION.fullmatch(region or ""):
        return None

    page, has_fragment, fragment = clean(path).partition("#")
    link = f"https://{region}.{host}{quote(page, '/%')}?region={region}"
    return f"{link}#{quote(fragment, '/:$')}" if has_fragment else link
