"""Reads at an allele, from the FORMAT fields of the common callers.

Each caller writes counts its own way; one union file may hold several ways. The first way that has its fields decides:
Strelka tier-1 counts (``AU CU GU TU``; ``TAR TIR``), freebayes (``RO AO``), VarDict (``VD``, and ``RD`` by strand; its
``AD`` once was by strand too), VarScan (``RD`` with a single ``AD``), ``AD`` by allele (GATK, DRAGEN, TNscope and most
others), ``DP4`` (LoFreq). An allele fraction is taken from the counts where both are known, else from ``AF``, ``VAF``
or ``FREQ``. What a file does not say stays ``None``.
"""

from __future__ import annotations

from functools import lru_cache

from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import AlleleCounts

KEPT = 20_000
"""Counts that are kept to be used again: a genome's variants repeat few."""
Fields = dict[str, str]
Pair = tuple[int | None, int | None]


def count_reads(record: VcfRecord, fields: Fields, allele: int) -> AlleleCounts:
    """Return depth, reference and alternate reads and the allele fraction of one allele in one sample.

    Parameters
    ----------
    record
        The VCF record.
    fields
        FORMAT values of the sample, missing ones left out, as :meth:`VcfRecord.sample` gives them.
    allele
        Index of the alternate allele in ``record.alts``.

    Raises
    ------
    InputError
        A count is not a number, is negative, or a fraction lies outside 0 to 1.
    """
    ref, alt = _strelka(record, fields, allele)
    from_strelka = alt is not None
    for way in (_freebayes, _vardict, _varscan, _allelic_depths, _strands):
        if alt is None:
            ref, alt = way(record, fields, allele)
    depth = _number(record, fields, "DP")
    parts = [] if "VD" in fields else _numbers(record, fields, "AD")
    if depth is None and len(parts) == len(record.alts) + 1 and None not in parts:
        depth = sum(part for part in parts if part is not None)
    known = (ref or 0) + (alt or 0)
    if depth is None:
        depth = known if ref is not None and alt is not None else None
    elif depth < known:
        # Callers count filtered reads in one field and unfiltered ones in another; a depth below its parts is wrong.
        depth = known
    stated = _stated_fraction(record, fields, allele)
    fraction = _fraction(ref, alt, known if from_strelka else depth, stated)
    return _counts(depth, ref, alt, fraction)


@lru_cache(maxsize=KEPT)
def _counts(depth: int | None, ref: int | None, alt: int | None, fraction: float | None) -> AlleleCounts:
    return AlleleCounts(depth=depth, ref_reads=ref, alt_reads=alt, allele_fraction=fraction)


def _fraction(ref: int | None, alt: int | None, depth: int | None, stated: float | None) -> float | None:
    if alt is None:
        return stated
    if depth:
        return round(alt / depth, 6)
    return stated if depth is None and ref is None else None


def _strelka(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    """Tier-1 counts; the fraction they give is alt / (alt + ref), as the Strelka user guide defines it."""
    if "TIR" in fields and "TAR" in fields:
        return _first(record, fields, "TAR"), _first(record, fields, "TIR")
    ref_key, alt_key = record.ref.upper() + "U", record.alts[allele].upper() + "U" if record.alts else ""
    if len(record.ref) == 1 and ref_key in fields and alt_key in fields:
        return _first(record, fields, ref_key), _first(record, fields, alt_key)
    return None, None


def _freebayes(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    return _number(record, fields, "RO"), _at(_numbers(record, fields, "AO"), allele, len(record.alts))


def _vardict(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    strands = _numbers(record, fields, "RD")
    if "VD" not in fields or len(strands) != 2 or len(record.alts) != 1:
        return None, None
    known = [reads for reads in strands if reads is not None]
    return (sum(known) if len(known) == len(strands) else None), _number(record, fields, "VD")


def _varscan(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    alts = _numbers(record, fields, "AD")
    if "RD" in fields and len(alts) == 1:
        return _number(record, fields, "RD"), alts[0]
    return None, None


def _allelic_depths(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    parts = _numbers(record, fields, "AD")
    return (parts[0], parts[allele + 1]) if len(parts) == len(record.alts) + 1 else (None, None)


def _strands(record: VcfRecord, fields: Fields, allele: int) -> Pair:
    parts = _numbers(record, fields, "DP4")
    if len(parts) != 4 or None in parts or len(record.alts) != 1:
        return None, None
    known = [part or 0 for part in parts]
    return known[0] + known[1], known[2] + known[3]


def _stated_fraction(record: VcfRecord, fields: Fields, allele: int) -> float | None:
    for key in ("AF", "VAF", "FREQ", "FA"):
        values = fields.get(key, "").split(",")
        if not fields.get(key) or len(values) != len(record.alts):
            continue
        text = values[allele]
        if text in ("", "."):
            continue
        try:
            value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
        except ValueError as error:
            raise record.error(f"allele fraction {text!r} is not a number", column=key) from error
        if not 0 <= value <= 1:
            raise record.error(f"allele fraction {text!r} lies outside 0 to 1", column=key)
        return round(value, 6)
    return None


def _at(values: list[int | None], allele: int, n_alleles: int) -> int | None:
    return values[allele] if len(values) == n_alleles else None


def _first(record: VcfRecord, fields: Fields, key: str) -> int | None:
    values = _numbers(record, fields, key)
    return values[0] if values else None


def _number(record: VcfRecord, fields: Fields, key: str) -> int | None:
    values = _numbers(record, fields, key)
    return values[0] if len(values) == 1 else None


def _numbers(record: VcfRecord, fields: Fields, key: str) -> list[int | None]:
    if key not in fields:
        return []
    result: list[int | None] = []
    for text in fields[key].split(","):
        if text in ("", "."):
            result.append(None)
            continue
        try:
            value = int(text)
        except ValueError as error:
            raise record.error(f"read count {text!r} is not a whole number", column=key) from error
        if value < 0:
            raise record.error(f"read count {text!r} is negative", column=key)
        result.append(value)
    return result
