"""What genome and gene models say of each allele and transcript, as it stands in the INFO of a VCF: ``GM_HGVS``.

One entry per allele and transcript, its fields parted by ``|``, characters that INFO or the entry reserves
percent-encoded as VCF 4.3 asks (section 1.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import Consequence, VariantClass

DERIVED_INFO = "GM_HGVS"
_FORMAT = "allele|gene|transcript|terms|class|hgvs_c|hgvs_p|protein_change|exon|intron|codons|mane"
DERIVED_LINE = (
    f'##INFO=<ID={DERIVED_INFO},Number=.,Type=String,Description="Consequence on each transcript by genome and gene '
    f'models alone, percent-encoded. Format: {_FORMAT}">'
)
_FIELDS = _FORMAT.count("|") + 1
_RESERVED = re.compile(r"[%;=,|\s]")


def write_derived(allele: int, consequence: Consequence) -> str:
    """Return the entry of an allele, counted from 1, on one transcript."""
    fields = (str(allele), *fields_of(consequence))
    return "|".join(_RESERVED.sub(lambda match: f"%{ord(match.group()):02X}", field) for field in fields)


def read_derived(record: VcfRecord) -> tuple[tuple[Consequence, ...], ...]:
    """Return the consequences by the bases of each alternate allele, the best first.

    Raises
    ------
    InputError
        An entry is not as :func:`write_derived` writes it.
    """
    found: list[list[Consequence]] = [[] for _ in record.alts]
    for text in filter(None, record.info.get(DERIVED_INFO, "").split(",")):
        fields = [unquote(part) for part in text.split("|")]
        known = len(fields) == _FIELDS and fields[0].isdigit() and fields[4] in tuple(VariantClass)
        if not known or not 1 <= int(fields[0]) <= len(record.alts):
            fix = "Annotate the file again with genomodel annotate"
            raise record.error(f"{text[:60]!r} is no entry of {DERIVED_INFO}", column=DERIVED_INFO, fix=fix)
        found[int(fields[0]) - 1].append(consequence_of(fields[1:], source="bases"))
    return tuple(map(tuple, found))


def fields_of(consequence: Consequence) -> tuple[str, ...]:
    """Return what INFO fields say of a consequence, in the order that :func:`consequence_of` reads."""
    return (
        consequence.gene,
        consequence.transcript,
        "&".join(consequence.terms),
        consequence.variant_class.value,
        consequence.hgvs_c,
        consequence.hgvs_p,
        consequence.protein_change,
        consequence.exon,
        consequence.intron,
        consequence.codons,
        consequence.mane,
    )


def consequence_of(fields: Sequence[str], *, source: str, derived: tuple[str, ...] = ()) -> Consequence:
    """Return the consequence of fields as :func:`fields_of` gives them; what follows them is not looked at."""
    gene, transcript, terms, variant_class, hgvs_c, hgvs_p, change, exon, intron, codons, mane = fields[:11]
    return Consequence(
        gene=gene,
        transcript=transcript,
        terms=tuple(filter(None, terms.split("&"))),
        variant_class=VariantClass(variant_class),
        hgvs_c=hgvs_c,
        hgvs_p=hgvs_p,
        protein_change=change,
        exon=exon,
        intron=intron,
        codons=codons,
        mane=mane,
        source=source,
        derived=derived,
    )


def entries(by_allele: Iterable[tuple[Consequence, ...]]) -> list[str]:
    """Return all entries of a record, from the consequences of each of its alleles in order."""
    return [write_derived(number, one) for number, found in enumerate(by_allele, 1) for one in found]
