"""The reference of a container image, taken apart."""

from __future__ import annotations

from attrs import frozen

from .._values import Value

_DIGEST = "sha256:"


@frozen(slots=False, eq=False, repr=False)
class Image(Value):
    """
    An image as a task definition names it. What is not said is empty.

    Attributes:
        repository: The registry and the repository, such as ``public.ecr.aws/nginx/nginx``.
        tag: The tag, such as ``1.4.2``.
        digest: What it is by content, ``sha256:`` and 64 hex digits.
    """

    repository: str = ""
    tag: str = ""
    digest: str = ""

    @classmethod
    def of(cls, reference: str, digest: str | None = None) -> Image:
        """
        Take a reference apart.

        Args:
            reference: What ``image`` holds: ``REPOSITORY[:TAG][@DIGEST]``, or the digest alone.
            digest: The digest of the image that ran, where the event has it.
        """
        if reference.startswith(_DIGEST):
            return cls(digest=digest or reference)

        name, _, pinned = reference.partition("@")
        folder, slash, last = name.rpartition("/")
        word, _, tag = last.partition(":")

        return cls(f"{folder}{slash}{word}", tag, digest or pinned)
