"""The join of the public tables; needs them in the data mirror or the cache, and is skipped otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genomodel.core.errors import InputError
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.response.dataset import ResponseData, load_data
from genomodel.response.sources import read_sources


@pytest.fixture(scope="module")
def real_data(shared_data: Path) -> Iterator[ResponseData]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOMODEL_MIRROR", str(shared_data))
        try:
            yield load_data()
        except InputError as error:
            pytest.skip(f"training tables cannot be had: {error}")


@pytest.mark.slow
def test_lines_are_joined_by_identity(real_data: ResponseData) -> None:
    joins = real_data.joins
    assert joins.screened == 978
    assert joins.by_exact_name + joins.by_response_profile >= 970
    assert joins.genotype_confirmed >= 850
    assert joins.copies_confirmed >= 240
    assert joins.copies_confirmed + joins.copies_neutral >= 900
    assert real_data.ln_ic50.shape == (966, 664)
    assert real_data.expression is not None
    assert real_data.expression.shape[0] == 966
    assert np.isnan(real_data.expression).any(axis=1).sum() < 110
    assert joins.repeated_measurements == 18_067 + 6_288


@pytest.mark.slow
def test_a_screen_of_unknown_lines_is_refused(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    try:
        tables = read_sources()
    except InputError as error:
        pytest.skip(f"training tables cannot be had: {error}")
    strange = {screen: table.head(3).assign(line="nobody") for screen, table in tables.responses.items()}
    strange = {screen: table.drop_duplicates(["line", "drug"]) for screen, table in strange.items()}
    with pytest.raises(InputError, match=r"none of the 1 screened cell lines, nobody the first, has an identifier"):
        load_data(replace(tables, responses=strange))


@pytest.mark.slow
def test_lines_of_one_patient_share_a_group(real_data: ResponseData) -> None:
    assert real_data.joins.groups_of_siblings > 0
    assert len(set(real_data.groups)) < len(real_data.groups)


@pytest.mark.slow
def test_lines_whose_stripped_names_collide_stay_apart(real_data: ResponseData) -> None:
    rows = {line.id: line for line in real_data.lines}
    assert rows["KM-H2"].tissue == "lymphoma"
    assert rows["KMH-2"].tissue == "thyroid"
    assert ("BRAF", "V600E") not in {(m.gene, m.protein_change) for m in rows["KM-H2"].mutations}
    ids = [line.id for line in real_data.lines]
    one, other = real_data.ln_ic50[ids.index("TT")], real_data.ln_ic50[ids.index("T-T")]
    known = ~np.isnan(one) & ~np.isnan(other)
    assert not np.allclose(one[known], other[known])


@pytest.mark.slow
def test_well_known_lines_have_their_drivers(real_data: ResponseData) -> None:
    changes = {line.id: {(m.gene, m.protein_change) for m in line.mutations} for line in real_data.lines}
    assert ("BRAF", "V600E") in changes["A375"]
    assert ("KRAS", "G13D") in changes["HCT-116"]
    assert ("KRAS", "G12S") in changes["A549"]
    assert ("EGFR", "E746_A750del") in changes["HCC-827"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MV-4-11", "MOLM-13"])
def test_lines_with_a_tandem_duplication_of_flt3_have_its_driver(real_data: ResponseData, name: str) -> None:
    """The duplication is in no table of variants that the lines come from; the driver table knows it."""
    (line,) = (line for line in real_data.lines if line.id == name)
    driver = (Feature(FeatureKind.DRIVER, "FLT3"),)
    assert build_profile(line, driver).features["FLT3:driver"] == 1.0
    assert [mutation.known_driver for mutation in line.mutations if mutation.gene == "FLT3"] == [True]
    carriers = [line.id for line in real_data.lines if build_profile(line, driver).features["FLT3:driver"]]
    assert len(carriers) < 0.1 * len(real_data.lines)


@pytest.mark.slow
def test_screens_are_never_pooled(real_data: ResponseData) -> None:
    names = [drug.name for drug in real_data.drugs]
    assert "Dabrafenib|GDSC1" in names
    assert "Dabrafenib|GDSC2" in names
    assert len(set(names)) == len(names)
