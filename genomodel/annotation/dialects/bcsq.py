"""``BCSQ``, as written by ``bcftools csq``, local or haplotype-aware."""

from __future__ import annotations

import re

from genomodel.annotation.dialects.base import MANE_SELECT, UNMARKED, Effect, Effects, Parser
from genomodel.annotation.hgvs import from_residues, three_letter
from genomodel.annotation.terms import variant_class
from genomodel.calls.vcf_text import VcfHeader, VcfRecord
from genomodel.core.variants import Consequence

PRIMARY_TRANSCRIPTS = "GM_TRANSCRIPT"
"""INFO key under which ``genomodel annotate`` names the transcripts to report, one per gene."""

FOLLOWS_STOP = "follows_stop_on_haplotype"
"""Added to the terms of a consequence that bcftools marks with ``*``: another variant ends the protein before it."""

BITS_PER_NUMBER = 30
"""Bits that bcftools csq uses of each integer of the FORMAT/BCSQ mask; two per consequence, one per haplotype."""

_SO_NAMES = {
    "missense": "missense_variant",
    "synonymous": "synonymous_variant",
    "frameshift": "frameshift_variant",
    "inframe_altering": "protein_altering_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_donor": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "stop_retained": "stop_retained_variant",
    "start_retained": "start_retained_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "3_prime_utr": "3_prime_UTR_variant",
    "non_coding": "non_coding_transcript_exon_variant",
    "intron": "intron_variant",
    "intergenic": "intergenic_variant",
    "coding_sequence": "coding_sequence_variant",
}
_CHANGE = re.compile(r"^(\d+)([A-Z*?]*)(?:\.\.(\d+))?(?:>(\d+)([A-Z*?]*)(?:\.\.(\d+))?)?$")
_DNA = re.compile(r"^(\d+)([A-Za-z]+)>([A-Za-z<>*]+)$")


def make_bcsq_parser(header: VcfHeader, key: str = "BCSQ", tumor: str | None = None) -> Parser | None:
    """Return the parser for this file, ``None`` when the header declares no ``BCSQ``.

    An entry ``@pos`` points to the record at ``pos`` that holds the joint consequence of neighbors on one haplotype;
    it is followed. With a tumor sample, the FORMAT bitmask leaves out consequences of haplotypes of other samples.
    """
    if header.description("INFO", key) is None:
        return None
    seen: dict[int, list[str]] = {}
    current = ""

    def parse(record: VcfRecord) -> tuple[Effects, ...]:
        nonlocal current
        if record.chrom != current:
            seen.clear()
            current = record.chrom
        text = record.info.get(key, "")
        if not text:
            return ((),) * len(record.alts)
        entries = _of_tumor(text.split(","), record, key, tumor)
        held = [entry for entry in text.split(",") if not entry.startswith("@")]
        seen.setdefault(record.pos, []).extend(held)
        resolved = [entry for entry in entries if not entry.startswith("@")]
        for entry in entries:
            if entry.startswith("@") and entry[1:].isdigit():
                resolved += [other for other in seen.get(int(entry[1:]), []) if _names(other, record)]
        primary = frozenset(filter(None, record.info.get(PRIMARY_TRANSCRIPTS, "").split(",")))
        return tuple(
            _effects_of_allele(dict.fromkeys(resolved), record, index, primary) for index in range(len(record.alts))
        )

    return parse


def _of_tumor(entries: list[str], record: VcfRecord, key: str, tumor: str | None) -> list[str]:
    mask = record.sample(tumor).get(key, "") if tumor is not None else ""
    try:
        numbers = [int(part) for part in mask.split(",")] if mask else []
    except ValueError as error:
        raise record.error(f"FORMAT {key} of sample {tumor!r} is {mask!r}, not a bitmask", column=key) from error
    chosen = []
    for index, entry in enumerate(entries):
        bit = 2 * index
        number, shift = divmod(bit, BITS_PER_NUMBER)
        if number < len(numbers) and numbers[number] >> shift & 0b11:
            chosen.append(entry)
    return chosen or entries


def _names(entry: str, record: VcfRecord) -> bool:
    """Whether a joint consequence speaks of one of this record's alleles."""
    changes = entry.split("|")[6].split("+") if entry.count("|") >= 6 else []
    return any(f"{record.pos}{record.ref}>{alt}" in changes for alt in record.alts)


def _effects_of_allele(entries: dict[str, None], record: VcfRecord, index: int, primary: frozenset[str]) -> Effects:
    """Effects on one allele; an entry without residues (``splice_region``) joins the one of its transcript that has."""
    kept: list[list[str]] = []
    for entry in entries:
        fields = (entry.split("|") + [""] * 7)[:7]
        changes = fields[6].split("+")
        if len(record.alts) > 1 and any(_DNA.match(change) for change in changes):
            here = [change for change in changes if change.startswith(f"{record.pos}{record.ref}>")]
            if here and f"{record.pos}{record.ref}>{record.alts[index]}" not in here:
                continue
        partner = next((other for other in kept if other[1:4] == fields[1:4] and "" in (other[5], fields[5])), None)
        if partner is None or not fields[2]:
            kept.append(fields)
        else:
            partner[0] = "&".join(dict.fromkeys([*partner[0].split("&"), *fields[0].split("&")]))
            partner[5] = partner[5] or fields[5]
    return tuple(_effect(fields, primary) for fields in kept)


def _effect(fields: list[str], primary: frozenset[str]) -> Effect:
    words, gene, transcript, biotype, _, amino_acids, _ = fields
    follows_stop = "*" in words
    terms = tuple(_SO_NAMES.get(word, word) for word in words.replace("*", "").split("&") if word)
    change, ref, alt = protein_change(amino_acids, frameshift="frameshift_variant" in terms)
    consequence = Consequence(
        gene=gene,
        transcript=transcript,
        terms=(*terms, FOLLOWS_STOP) if follows_stop else terms,
        variant_class=variant_class(terms, ref, alt),
        hgvs_p=three_letter(change),
        protein_change=change,
        source="BCSQ",
    )
    return Effect(consequence=consequence, tier=MANE_SELECT if transcript in primary else UNMARKED, biotype=biotype)


def protein_change(text: str, *, frameshift: bool = False) -> tuple[str, str, str]:
    """Turn bcftools' amino-acid notation into a one-letter change and its residues.

    ``600V>600E`` gives ``V600E``; ``745KELREAT>745KT`` gives ``E746_A750del``; ``892S`` (unchanged) gives ``S892=``.
    The position left of ``>`` counts; the one on the right moves with other variants of the haplotype. Notation
    shortened by ``--trim-protein-seq`` (``1450REV..2844>1450QKY..1472``) is enough for a frameshift, not for others.

    Returns
    -------
    tuple
        Change (empty when the notation does not say), reference residues, alternate residues.
    """
    match = _CHANGE.match(text)
    if match is None:
        return "", "", ""
    start, ref, cut, alt_start, alt, alt_end = match.groups()
    if alt_start is None:
        return (f"{ref[0]}{start}=" if ref else ""), ref, ref
    if "?" in ref + alt:
        first = f"{ref[0]}{start}" if ref else ""
        stop = f"*{int(start) + ref.index('*')}ext*?" if "*" in ref and "*" not in alt else ""
        return stop or (f"{first}?" if start == "1" and ref[:1] == "M" else ""), ref, alt
    if cut is None and alt_end is None:
        return from_residues(ref, alt, int(start), frameshift=frameshift), ref, alt
    if not frameshift:
        return "", ref, alt
    change = from_residues(ref, alt, int(start), frameshift=True)
    named = re.match(r"^([A-Z])(\d+)([A-Z])fs$", change)
    if named and alt_end is not None:
        change += f"*{int(alt_end) - int(alt_start) - (int(named.group(2)) - int(start)) + 1}"
    return change, ref, alt
