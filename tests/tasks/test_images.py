"""References of images, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.tasks.images import Image
from rows import each
from strategies import CHARACTERS

DIGEST = "sha256:" + "4f" * 32
OTHER = "sha256:" + "12" * 32


@each(
    ("reference", "digest", "image"),
    [
        pytest.param("nginx", None, Image("nginx"), id="name"),
        pytest.param("nginx:1.27", None, Image("nginx", "1.27"), id="tag"),
        pytest.param("host:5000/a/b", None, Image("host:5000/a/b"), id="port"),
        pytest.param("host:5000/a/b:2", None, Image("host:5000/a/b", "2"), id="port-and-tag"),
        pytest.param(f"a/b@{DIGEST}", None, Image("a/b", "", DIGEST), id="digest"),
        pytest.param(f"a/b:2@{DIGEST}", None, Image("a/b", "2", DIGEST), id="tag-and-digest"),
        pytest.param(f"a/b@{DIGEST}", OTHER, Image("a/b", "", OTHER), id="digest-that-ran"),
        pytest.param("a/b:2", DIGEST, Image("a/b", "2", DIGEST), id="digest-of-the-event"),
        pytest.param(DIGEST, None, Image("", "", DIGEST), id="digest-alone"),
        pytest.param("", None, Image(), id="nothing"),
    ],
)
def test_a_reference_is_taken_apart(reference: str, digest: str | None, image: Image) -> None:
    assert Image.of(reference, digest) == image


@given(st.text(CHARACTERS), st.none() | st.text(CHARACTERS))
def test_any_text_is_taken_apart(reference: str, digest: str | None) -> None:
    """Nothing is invented: each part stands in what came."""
    image = Image.of(reference, digest)
    assert image.repository in reference
    assert image.tag in reference
    assert image.digest in f"{reference} {digest}"
