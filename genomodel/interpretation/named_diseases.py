"""Which disease joined genes make of a tumor whose type was given less exactly: PML::RARA of an acute myeloid leukemia.

Classifications define some types by a fusion: the WHO's of 2022 has "acute myeloid leukemia with defining genetic
abnormalities" (Park 2024, doi:10.1007/s44313-024-00016-8), among them the promyelocytic one, whose diagnosis PML::RARA
confirms (Sanz et al. 2019, recommendation 1.3, doi:10.1182/blood-2019-01-894980). A claim for such a type is then about
this tumor, if the fusion is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.findings import Direction
from genomodel.core.knowledge import Statement
from genomodel.core.patients import TumorType
from genomodel.resources.oncotree import all_types, widened

DEFINING_TIER = "I-A"
"""Of claims on a diagnosis that may define it; that studies found it in a disease (I-B) does not exclude others."""


def disease_named(claims: Iterable[Statement], genes: tuple[str, ...], tumor: TumorType) -> TumorType | None:
    """Return the one type beneath a tumor's that joined genes define, ``None`` for none, or where it may be several.

    Parameters
    ----------
    claims
        The statements that the fusion satisfies. One on a diagnosis defines it where its tier is I-A and it asks for
        nothing else; all others on a diagnosis are alternatives.
    genes
        The joined genes. Another type beneath the tumor's that OncoTree names by both of them is an alternative, as
        acute myeloid leukemia with BCR::ABL1 is to the chronic one.
    tumor
        The type as it was given; one that is not told further is taken for the type above it.
    """
    types, tumor = all_types(), widened(tumor)
    told = [claim for claim in claims if claim.evidence.direction is Direction.FOR_DIAGNOSIS]
    alternatives = _beneath(told, tumor)
    finest = [kind for kind in alternatives if not any(other.is_a(kind.code) for other in alternatives - {kind})]
    if len(finest) != 1 or finest[0] not in _beneath(filter(_defines, told), tumor):
        return None
    (found,) = finest
    named = (kind for kind in types.values() if kind.is_a(tumor.code) and all(gene in kind.name for gene in genes))
    return found if all(kind.is_a(found.code) or found.is_a(kind.code) for kind in named) else None


def _defines(claim: Statement) -> bool:
    return claim.tier == DEFINING_TIER and not claim.evidence.conditions


def _beneath(claims: Iterable[Statement], tumor: TumorType) -> set[TumorType]:
    """Return the types of claims that lie beneath a tumor's."""
    types = all_types()
    codes = {code for claim in claims for code in claim.evidence.tumor_types if code in types and code != tumor.code}
    return {types[code] for code in codes if types[code].is_a(tumor.code)}


def named_words(disease: TumorType, genes: tuple[str, ...], tumor: TumorType) -> str:
    """Say under which diagnosis a claim is about a tumor."""
    return f"if the diagnosis is {disease.name}, as {'::'.join(genes)} says of this {tumor.name}: confirm it"
