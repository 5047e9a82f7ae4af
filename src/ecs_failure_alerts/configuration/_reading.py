"""The reading of a document: from its text to a configuration, or to all its faults at once."""

from __future__ import annotations

from collections.abc import Collection

from .._frames import without_locals
from ..exceptions import ConfigError, Problem
from ._document import UnreadableDocument, read_document
from ._findings import find_flaws
from ._validator import read_sections
from .values import Configuration


@without_locals
def read_configuration(
    content: str | bytes, source: str, name: str = "", elsewhere: Collection[str] = ()
) -> Configuration:
    """
    Read a configuration document, TOML or JSON.

    AWS is not asked: a secret that it keeps is read when an alert needs it.

    Args:
        content: The document; bytes in UTF-8.
        source: What an error calls it: a variable, or the name of its file.
        name: The name of its file, if there is one. Its suffix decides, if it is ``.json`` or
            ``.toml``. Otherwise a document that begins with ``{`` is JSON.
        elsewhere: Arguments that the environment sets, so that the document need not.

    Raises:
        ConfigError: The document is unreadable or wrong. ``problems`` has every fault with its
            path. No secret is echoed.
    """
    try:
        document = read_document(content, name)
    except UnreadableDocument as error:
        problem = Problem(error.path, str(error))
        raise ConfigError(source, [problem]) from None

    configuration, faults = read_sections(document, elsewhere)
    if faults:
        raise ConfigError(source, faults, configuration.warnings)
    configuration.source = source
    configuration.warnings += find_flaws(configuration)
    return configuration
