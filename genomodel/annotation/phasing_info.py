"""How the phase of alleles of one codon, and what they make together, stands in the INFO of a VCF.

``GM_PHASE`` holds what the reads tell of a pair of alleles, ``GM_JOINT`` what alleles make together on a transcript.
Both count alleles of the record from 1 and name those of other records by their keys; fields are parted by ``|`` and
percent-encoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, unquote

from genomodel.annotation.derived_info import consequence_of, fields_of
from genomodel.annotation.phasing import Linkage
from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import Consequence, Phase, VariantClass

PHASE_INFO, JOINT_INFO = "GM_PHASE", "GM_JOINT"
HEADER_LINES = (
    f'##INFO=<ID={PHASE_INFO},Number=.,Type=String,Description="Phase of alleles of one codon. '
    'Format: allele|partner|phase|also_alone|told_by|basis">',
    f'##INFO=<ID={JOINT_INFO},Number=.,Type=String,Description="Consequence of alleles of one codon on one molecule. '
    "Format: allele|partners|gene|transcript|terms|class|hgvs_c|hgvs_p|protein_change|exon|intron|codons|mane|source|"
    'derived">',
)
_PLAIN = "+:>*-_.()/?"
_JOINT_FIELDS = 15
_COUNTED = "reads"


def write_linkage(allele: int, own: str, partner: str, linkage: Linkage) -> str:
    """Return an entry of ``GM_PHASE`` for an allele, counted from 1, with its key and that of its partner."""
    alone = [name for name, key in (("own", own), ("partner", partner)) if key in linkage.also_alone]
    told_by = _COUNTED if linkage.counted else "annotation"
    return _joined((str(allele), partner, linkage.phase.value, "&".join(alone), told_by, linkage.basis))


def read_linkage(text: str, keys: Sequence[str], record: VcfRecord) -> tuple[frozenset[str], Linkage] | None:
    """Read an entry of ``GM_PHASE``.

    Parameters
    ----------
    text
        One entry.
    keys
        Keys of the record's alleles, in their order.
    record
        Whose entry it is.

    Raises
    ------
    InputError
        It is not as :func:`write_linkage` writes it.
    """
    fields = _fields(text, 6, keys, PHASE_INFO, record)
    own, partner = keys[int(fields[0]) - 1], fields[1]
    names = {"own": own, "partner": partner}
    if fields[2] not in tuple(Phase) or not set(filter(None, fields[3].split("&"))) <= set(names):
        raise record.error(f"{text[:60]!r} is no entry of {PHASE_INFO}", column=PHASE_INFO)
    alone = frozenset(names[name] for name in fields[3].split("&") if name)
    return frozenset((own, partner)), Linkage(Phase(fields[2]), fields[5], alone, fields[4] == _COUNTED)


def write_joint(allele: int, partners: Sequence[str], joint: Consequence) -> str:
    """Return an entry of ``GM_JOINT`` for an allele, counted from 1, with the keys of its partners."""
    return _joined(
        (
            str(allele),
            "&".join(partners),
            *fields_of(joint),
            joint.source,
            "&".join(joint.derived),
        )
    )


def read_joint(text: str, keys: Sequence[str], record: VcfRecord) -> tuple[frozenset[str], Consequence]:
    """Read an entry of ``GM_JOINT``; parameters and errors as of :func:`read_linkage`."""
    fields = _fields(text, _JOINT_FIELDS, keys, JOINT_INFO, record)
    if fields[5] not in tuple(VariantClass):
        raise record.error(f"{fields[5]!r} is no class of variants", column=JOINT_INFO)
    consequence = consequence_of(fields[2:], source=fields[13], derived=_listed(fields[14]))
    return frozenset((keys[int(fields[0]) - 1], *_listed(fields[1]))), consequence


def _joined(fields: Sequence[str]) -> str:
    return "|".join(quote(part, safe=_PLAIN + "&") for part in fields)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("&") if part)


def _fields(text: str, wanted: int, keys: Sequence[str], column: str, record: VcfRecord) -> list[str]:
    fields = [unquote(part) for part in text.split("|")]
    if len(fields) != wanted or not fields[0].isdigit() or not 1 <= int(fields[0]) <= len(keys):
        fix = "Annotate the file again with genomodel annotate"
        raise record.error(f"{text[:60]!r} is no entry of {column}", column=column, fix=fix)
    return fields
