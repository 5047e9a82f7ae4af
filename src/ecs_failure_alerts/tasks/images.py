"""The parts of a reference to a container image."""

from __future__ import annotations

from attrs import frozen

from .._values import Value

_DIGEST = "sha256:"


@frozen(slots=False, eq=False, repr=False)
class Image(Value):
    """
    An image as a task definition names it. A missing part is empty.

    Attributes:
        repository: The registry and the repository, such as ``public.ecr.aws/nginx/nginx``.
        tag: The tag, such as ``1.4.2``.
        digest: The hash of its content, ``sha256:`` and 64 hex digits.
    """

    repository: str = ""
    tag: str = ""
    digest: str = ""

    @classmethod
    def of(cls, reference: str, digest: str | None = None) -> Image:
        """
        Split a reference into its parts.

        Args:
            reference: The value of ``image``: ``REPOSITORY[:TAG][@DIGEST]``, or only the digest.
            digest: The digest of the image that ran, if the event has it.
        """
        if reference.startswith(_DIGEST):
            return cls(digest=digest or reference)

        name, _, pinned = reference.partition("@")
        folder, slash, last = name.rpartition("/")
        word, _, tag = last.partition(":")

        return cls(f"{folder}{slash}{word}", tag, digest or pinned)
