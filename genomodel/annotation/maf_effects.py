"""What a row of a MAF says of further transcripts: the column ``all_effects`` of vcf2maf, which the GDC's files have.

The row itself speaks of one transcript, of BRAF in the GDC's files the one that counts V600E as V640E
(https://github.com/BioinformaticsFMRP/TCGAbiolinks/issues/624). The order of the fields is that of vcf2maf 1.6
(https://github.com/mskcc/vcf2maf): symbol, term, protein change, transcript, RefSeq, and what later versions append.
"""

from __future__ import annotations

import re

from genomodel.annotation.choose import choose_consequence
from genomodel.annotation.dialects.base import Effect
from genomodel.annotation.hgvs import one_letter, three_letter
from genomodel.annotation.terms import variant_class
from genomodel.core.variants import Consequence, VariantClass
from genomodel.resources.mane import without_version

ALL_EFFECTS = "all_effects"
_LEAST = 4
_BESIDE_EXON = re.compile(r"c\.(\d+)[+-]\d")
_CODING = re.compile(r"(?:\S+:)?([cn]\..+)")


def with_all_effects(own: Consequence | None, text: str) -> tuple[Consequence | None, tuple[Consequence, ...]]:
    """Return the consequence to report and all the others, by the rule for annotated VCFs; the row's own is the pick.

    Parameters
    ----------
    own
        What the row itself says; a row without a gene keeps its silence.
    text
        Value of ``all_effects``: entries parted by ``;``, of which the first four fields are symbol, term, protein
        change and transcript. Entries without transcript or term are passed over.
    """
    if own is None:
        return None, ()
    found = [Effect(own, picked=True)]
    for entry in text.split(";"):
        fields = [part.strip() for part in entry.split(",")]
        if len(fields) < _LEAST or not (fields[0] and fields[1] and fields[3]):
            continue
        if without_version(fields[3]) != without_version(own.transcript):
            found.append(Effect(_of_entry(fields)))
    return choose_consequence(tuple(found))


def _of_entry(fields: list[str]) -> Consequence:
    change = one_letter(fields[2])
    terms = tuple(filter(None, fields[1].split("&")))
    coding = next((match[1] for part in fields[_LEAST:] if (match := _CODING.fullmatch(part))), "")
    kind = variant_class(terms)
    beside = _BESIDE_EXON.match(coding)
    if kind is VariantClass.SPLICE and beside and not change:
        # vcf2maf names the residue beside a splice site for the row's own transcript only.
        change = f"X{(int(beside[1]) + 2) // 3}_splice"
    return Consequence(
        gene=fields[0],
        transcript=fields[3],
        terms=terms,
        variant_class=kind,
        hgvs_c=coding,
        hgvs_p=three_letter(change),
        protein_change=change,
        source="MAF",
    )
