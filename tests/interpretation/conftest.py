from __future__ import annotations

import importlib

import pytest

from genomodel.interpretation.oncogenicity import recurrence
from genomodel.interpretation.oncogenicity.codes import codes
from genomodel.interpretation.oncogenicity.combine import counted
from genomodel.interpretation.oncogenicity.differences import distance
from genomodel.interpretation.oncogenicity.known_alleles import established
from genomodel.interpretation.oncogenicity.null_variants import recurrent_stop
from genomodel.interpretation.oncogenicity.studies import shipped_studies
from genomodel.interpretation.oncogenicity.subject import role_of


@pytest.fixture
def nothing_remembered() -> None:
    """Have each test ask the rules anew, not what an earlier one left."""
    module = importlib.import_module("genomodel.interpretation.oncogenicity.classify")
    module._classified.cache_clear()
    for remembered in (
        counted,
        codes,
        established,
        recurrence._counts,
        role_of,
        recurrent_stop,
        distance,
        shipped_studies,
    ):
        remembered.cache_clear()
