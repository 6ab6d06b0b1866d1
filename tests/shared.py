"""Where the real documents and collections stand, and how a test says that it needs them."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
SEEDS = SHARED / "seeds"
SAMPLES = SHARED / "samples"
COLLECTIONS = SHARED / "collections"

needs_shared = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="needs the real documents, which are kept beside the project, not in it"
)
