"""The transcript engine: alleles of a genome in, consequences on every transcript out, from bases alone.

Names of DNA and protein changes follow the HGVS recommendations (den Dunnen et al. 2016, doi:10.1002/humu.22981;
https://hgvs-nomenclature.org), terms the Sequence Ontology as Ensembl uses it. A protein change that the bases do not
tell stays empty with ``p.?``: beside a lost splice site, where the genome has ``N``, in transcripts whose coding bases
do not read through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from genomodel.annotation.coding.dna import name_edits
from genomodel.annotation.coding.edits import Edit, make_edit, move, reach
from genomodel.annotation.coding.effects import UPSTREAM, effect_on_transcript
from genomodel.annotation.coding.gff import read_transcripts
from genomodel.annotation.coding.places import best_place, exon_label, intron_label
from genomodel.annotation.coding.reading_frame import Effect, Frame, read_frame
from genomodel.annotation.coding.sequence import Sequence
from genomodel.annotation.coding.transcripts import Transcript
from genomodel.annotation.hgvs import UNKNOWN_PROTEIN, three_letter
from genomodel.annotation.terms import severity
from genomodel.calls.gene_models import PLUS_CLINICAL, SELECT
from genomodel.core.builds import spellings
from genomodel.core.codons import reverse_complement
from genomodel.core.errors import InputError
from genomodel.core.variants import PROTEIN_CHANGING, Consequence, VariantClass

SOURCE = "bases"
_BASES = frozenset("ACGTN")
_BIN = 1 << 16
_MANE = {SELECT: "select", PLUS_CLINICAL: "plus_clinical"}


def _is_readable(ref: str, alt: str) -> bool:
    return _BASES.issuperset(ref + alt) and "N" not in ref


class TranscriptEngine:
    """Consequences of alleles on the transcripts of gene models; use it as a context manager."""

    def __init__(self, sequence: Sequence, transcripts: Iterable[Transcript]) -> None:
        self.sequence = sequence
        self.transcripts: dict[str, Transcript] = {}
        """By name with version, as printed."""
        self._bins: dict[tuple[str, int], list[Transcript]] = defaultdict(list)
        for transcript in transcripts:
            self.transcripts[transcript.name] = transcript
            first, after = transcript.on_strand(*transcript.span)
            first, after = max(first - UPSTREAM, 0), after + UPSTREAM
            for number in range(first // _BIN, after // _BIN + 1):
                self._bins[transcript.chrom, number].append(transcript)
        self._contigs = frozenset(transcript.chrom for transcript in self.transcripts.values())
        self.frame = lru_cache(4096)(self._read_frame)
        """Reading frame of a transcript, ``None`` of one without coding bases."""

    @classmethod
    def open(cls, reference: str | Path, gff: str | Path, contigs: Collection[str] = ()) -> TranscriptEngine:
        """Read gene models and open the genome.

        Parameters
        ----------
        reference
            FASTA, plain or bgzipped; an index is made beside it when there is none.
        gff
            Gene models in Ensembl's GFF3 style.
        contigs
            Contigs whose gene models are wanted; empty takes all.

        Raises
        ------
        InputError
            A file is missing or damaged, or the gene models hold no usable transcript.
        """
        transcripts = read_transcripts(gff, contigs)
        return cls(Sequence(reference), transcripts)

    def __enter__(self) -> TranscriptEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the genome."""
        self.sequence.close()

    def consequences(self, chrom: str, pos: int, ref: str, alt: str) -> tuple[Consequence, ...]:
        """Return what an allele does to every transcript that it overlaps or lies closely before, the best first.

        The order: MANE Select, MANE Plus Clinical, canonical, first of its LRG, others; a changed protein on a MANE
        transcript before all; then the most severe term, and the longest coding sequence.

        Parameters
        ----------
        chrom, pos, ref, alt
            As in a VCF: 1-based position, bases of the forward strand in either case, indels aligned as they may be.

        Returns
        -------
        tuple of Consequence
            Empty for alleles that are no bases (``*``, ``<DEL>``, an ``N`` as reference), that change nothing or meet
            no transcript.

        Raises
        ------
        InputError
            The reference allele is not what the genome holds near a gene; its ``N`` fits any base.
        """
        return self.joint(chrom, [(pos, ref, alt)])

    def joint(self, chrom: str, alleles: Iterable[tuple[int, str, str]]) -> tuple[Consequence, ...]:
        """Return what several alleles do together, all on one molecule.

        Parameters
        ----------
        alleles
            1-based position, reference and alternate bases of each.

        Raises
        ------
        InputError
            A reference allele is not what the genome holds.
        ValueError
            The alleles overlap.
        """
        given = [(pos, ref.upper(), alt.upper()) for pos, ref, alt in alleles]
        if not given or not all(ref and alt and _is_readable(ref, alt) for _, ref, alt in given):
            return ()
        chrom = self._contig(chrom)
        near = self._near(chrom, min(pos for pos, *_ in given) - 1, max(pos + len(ref) for pos, ref, _ in given))
        if not near:
            return ()
        edits = []
        for pos, ref, alt in given:
            self._check(chrom, pos, ref)
            edit = make_edit(pos - 1, ref, alt)
            if edit.ref or edit.alt:
                edits.append(edit)
        edits = _joined(sorted(edits, key=lambda edit: (edit.start, edit.end)), chrom, self.sequence)
        if not edits:
            return ()
        found = []
        for transcript in near:
            consequence = self._on(transcript, edits)
            if consequence is not None:
                found.append((_rank(consequence, transcript), consequence))
        return tuple(consequence for _, consequence in sorted(found, key=lambda pair: pair[0]))

    def _contig(self, chrom: str) -> str:
        return next((name for name in spellings(chrom) if name in self._contigs), chrom)

    def _near(self, chrom: str, first: int, after: int) -> list[Transcript]:
        """Return transcripts of the bins that a stretch lies in, each once."""
        numbers = range(max(first, 0) // _BIN, after // _BIN + 1)
        return list(dict.fromkeys(item for number in numbers for item in self._bins.get((chrom, number), ())))

    def _check(self, chrom: str, pos: int, ref: str) -> None:
        held = self.sequence.genome(chrom, pos - 1, pos - 1 + len(ref))
        if held != ref and any(base not in (mine, "N") for base, mine in zip(held, ref, strict=True)):
            text = f"{chrom}:{pos} is {held} in the genome, the allele has {ref}"
            raise InputError(text, fix="Use the FASTA of the genome build that the calls were made on")

    def _read_frame(self, transcript: Transcript) -> Frame | None:
        return None if transcript.coding is None else read_frame(transcript, self.sequence.spliced(transcript))

    def _on(self, transcript: Transcript, edits: list[Edit]) -> Consequence | None:
        first, after = transcript.span
        own = [_on_strand(edit, transcript) for edit in edits]
        own.sort(key=lambda edit: (edit.start, edit.end))
        if own[-1].end < first - UPSTREAM or own[0].start > after:
            return None
        named: list[Edit] = []
        placed: list[Edit] = []
        for index, edit in enumerate(own):
            left, right = reach(edit, transcript, self.sequence)
            # Of several edits none is moved over another.
            left = min(left, edit.start - placed[-1].end) if placed else left
            right = min(right, own[index + 1].start - edit.end) if index + 1 < len(own) else right
            named.append(move(edit, right))
            placed.append(best_place(edit, left, right, transcript))
        effect = effect_on_transcript(placed, transcript, self.frame(transcript))
        return None if effect is None else self._consequence(transcript, named, placed, effect)

    def _consequence(
        self, transcript: Transcript, named: list[Edit], placed: list[Edit], effect: Effect
    ) -> Consequence:
        whole = placed[0] if len(placed) == 1 else Edit(placed[0].start, placed[-1].end, "N", "N")
        splice = effect.variant_class is VariantClass.SPLICE
        return Consequence(
            gene=transcript.gene,
            transcript=transcript.name,
            terms=effect.terms,
            variant_class=effect.variant_class,
            hgvs_c=name_edits(named, transcript, self.sequence),
            hgvs_p=UNKNOWN_PROTEIN if splice or effect.unknown else three_letter(effect.change),
            protein_change=effect.change,
            exon=exon_label(whole, transcript),
            intron=intron_label(whole, transcript),
            codons=effect.codons,
            mane=_MANE.get(transcript.standing, ""),
            source=SOURCE,
        )


def _on_strand(edit: Edit, transcript: Transcript) -> Edit:
    if transcript.forward:
        return edit
    return Edit(-edit.end, -edit.start, reverse_complement(edit.ref), reverse_complement(edit.alt))


def _joined(edits: list[Edit], chrom: str, sequence: Sequence) -> list[Edit]:
    """Join edits of one molecule that have at most one unchanged base between them, as HGVS names such changes."""
    found: list[Edit] = []
    for edit in edits:
        if not found or edit.start - found[-1].end > 1:
            found.append(edit)
            continue
        last = found.pop()
        if edit.start < last.end or (edit.start == last.start and not edit.ref and not last.ref):
            raise ValueError("alleles of one molecule overlap")
        between = sequence.genome(chrom, last.end, edit.start)
        found.append(make_edit(last.start, last.ref + between + edit.ref, last.alt + between + edit.alt))
    return [edit for edit in found if edit.ref or edit.alt]


def _rank(consequence: Consequence, transcript: Transcript) -> tuple[bool, int, int, int, str]:
    changing = consequence.variant_class in PROTEIN_CHANGING
    return (
        not (changing and transcript.standing == SELECT),
        transcript.standing,
        severity(consequence.terms),
        -transcript.coding_length,
        transcript.name,
    )
