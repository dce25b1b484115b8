from __future__ import annotations

import numpy as np
import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.variants import Fusion, VariantClass
from genomodel.profile.tissues import screen_tissue
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.bundle import Bundle, load_bundle
from genomodel.response.dataset import ResponseData
from genomodel.response.identity import JoinCounts
from genomodel.response.types import ScreenedDrug

NO_JOINS = JoinCounts(0, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.fixture(scope="session")
def released() -> Bundle:
    return load_bundle()


def tumor(
    code: str,
    *changes: str,
    amplified: tuple[str, ...] = (),
    fusions: tuple[tuple[str, str], ...] = (),
) -> TumorAlterations:
    """A tumor that was looked at everywhere; changes as ``BRAF V600E``."""
    tissue = screen_tissue(resolve_tumor_type(code))
    mutations = []
    for text in changes:
        gene, change = text.split()
        kind = VariantClass.TRUNCATING if change.endswith("*") else VariantClass.MISSENSE
        kind = VariantClass.INFRAME_DELETION if change.endswith("del") else kind
        mutations.append(GeneAlteration(gene=gene, variant_class=kind, protein_change=change))
    return TumorAlterations(
        id="P1",
        tissue=tissue.coarse,
        tissue_fine=tissue.fine,
        mutations=tuple(mutations),
        mutation_genes=("*",),
        copy_number=dict.fromkeys(amplified, CopyNumberState.AMPLIFICATION),
        copy_number_genes=("*",),
        shallow_copy_number_genes=("*",),
        fusions=tuple(Fusion(gene_5=one, gene_3=other) for one, other in fusions),
        fusions_assayed=True,
        msi_high=False,
    )


@pytest.fixture(scope="session")
def made_data() -> ResponseData:
    """150 made lines in three tissues: BRAF V600E lowers two drugs, TP53 raises a third, the fourth is noise."""
    rng = np.random.default_rng(0)
    lines, rows = [], []
    for i in range(150):
        tissue = ("skin", "breast", "ovary")[i % 3]
        braf, tp53 = rng.random() < 0.4, rng.random() < 0.5
        mutations = []
        if braf:
            mutations.append(GeneAlteration(gene="BRAF", variant_class=VariantClass.MISSENSE, protein_change="V600E"))
        if tp53:
            mutations.append(GeneAlteration(gene="TP53", variant_class=VariantClass.MISSENSE, protein_change="R175H"))
        lines.append(
            TumorAlterations(
                id=f"L{i:03}",
                tissue=tissue,
                tissue_fine=tissue,
                mutations=tuple(mutations),
                mutation_genes=("*",),
                copy_number_genes=("*",),
                shallow_copy_number_genes=("*",),
                fusions_assayed=True,
                msi_high=False,
            )
        )
        shift = i % 3
        means = [shift - 2.0 * braf, shift - 1.5 * braf, 1.0 + 1.5 * tp53, 0.0]
        rows.append([mean + 0.4 * rng.standard_normal() for mean in means])
    drugs = tuple(ScreenedDrug(name, "GDSC2") for name in ("Dabrafenib", "PLX-4720", "Nutlin-3a (-)", "Olaparib"))
    ln_ic50 = np.array(rows)
    ln_ic50[rng.random(ln_ic50.shape) < 0.1] = np.nan
    ln_ic50[0] = 0.0
    names = tuple(line.id for line in lines)
    return ResponseData(tuple(lines), names, tuple(range(len(lines))), drugs, ln_ic50, NO_JOINS)
