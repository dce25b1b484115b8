from __future__ import annotations

from pathlib import Path

import pytest

from tests.calls.copy_number.foreign_builders import GFF, write


@pytest.fixture
def gff(tmp_path: Path) -> str:
    return str(write(tmp_path, "genes.gff3", GFF))
