"""What looks like a secret leaves no account: one table of shapes."""

from ._redaction import redact, redact_and_cut

__all__ = [
    "redact",
    "redact_and_cut",
]
