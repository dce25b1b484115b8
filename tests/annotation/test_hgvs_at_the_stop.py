"""Names of changes at the stop codon, from the HGVS recommendations, on real genes.

https://hgvs-nomenclature.org/stable/recommendations/protein/ : what lengthens the protein behind its last residue is an
extension (extension/, "prioritisation"); a change that starts before the stop codon and takes it away is described as
a frameshift (delins/ and deletion/, "starting N-terminal of and including the termination codon"); a stop codon that
stays one is ``Ter123=``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.core.variants import VariantClass
from tests.annotation.hgvs_oracle_grounds import real, synthetic

LOST, INSERTED = VariantClass.STOP_LOST, VariantClass.INFRAME_INSERTION
SYNONYMOUS, MISSENSE = VariantClass.SYNONYMOUS, VariantClass.MISSENSE
REAL = (
    # Residues are added before the stop, with and without an end of their own; the stop codon itself is not lost.
    ("GRCh37", "ENST00000298171.4", "chr14:81610686 A>ACGGTTTTGTATATGCAAA", "p.Ter765TyrextTer6", INSERTED),
    ("GRCh37", "NM_004985", "chr12:25362731 A>ATACTGG", "p.Ter189ProextTer2", INSERTED),
    ("GRCh37", "ENST00000392485.2", "chr17:74732245 A>ACGCTCAGACCGGATG", "p.Ter222HisextTer3", INSERTED),
    # The stop codon is lost with residues before it.
    ("GRCh37", "ENST00000369535.4", "chr1:115251154 TGTTACA>TGTT", "p.Met189LysfsTer23", LOST),
    ("GRCh37", "ENST00000345146.4", "chr2:209101802 CTTAAA>CTTTTG", "p.Leu414ProfsTer6", LOST),
    ("GRCh37", "ENST00000257904.8", "chr12:58142306 GCTCACT>G", "p.Glu303AlafsTer46", LOST),
    ("GRCh37", "ENST00000540499.2", "chr15:90627498 CTACTGC>C", "p.Gln400GlyfsTer?", LOST),
    # It stays, or another in its place, whatever of the bases behind it changes.
    ("GRCh37", "ENST00000430669.4", "chr9:98209192 CCTCAG>CGTCAT", "p.Asn1381Lys", MISSENSE),
    ("GRCh37", "ENST00000355739.6", "chr13:103528248 ACCT>ACCTGATTGG", "p.Ter1187=", SYNONYMOUS),
    ("GRCh37", "NM_033360", "chr12:25368373 GATTAC>GATTTCAC", "p.Ter190=", SYNONYMOUS),
    ("GRCh38", "ENST00000221972.5", "chr19:41880976 C>CGTAGAT", "p.Ter227=", SYNONYMOUS),
)
SYNTHETIC = (
    ("SYNT00000000008", "chr9:781 TTACGCT>T", "p.Ala156AspfsTer14", LOST),
    ("SYNT00000000005", "chr5:11449 AT>GC", "p.Ile2843MetfsTer?", LOST),
)


def told(engine: TranscriptEngine, transcript: str, allele: str) -> tuple[str, VariantClass]:
    place, _, bases = allele.partition(" ")
    chrom, _, pos = place.partition(":")
    ref, _, alt = bases.partition(">")
    found = next(c for c in engine.consequences(chrom, int(pos), ref, alt) if c.transcript == transcript)
    return found.hgvs_p, found.variant_class


@pytest.mark.parametrize(("build", "transcript", "allele", "name", "kind"), REAL)
def test_changes_at_the_stop_codon_of_real_genes(
    shared_data: Path, build: str, transcript: str, allele: str, name: str, kind: VariantClass
) -> None:
    genome = real(shared_data, build)
    chrom = allele.partition(":")[0]
    with TranscriptEngine.open(genome.fasta, genome.gff, [chrom]) as engine:
        assert told(engine, transcript, allele) == (name, kind)


@pytest.mark.parametrize(("transcript", "allele", "name", "kind"), SYNTHETIC)
def test_changes_at_the_stop_codon_of_the_simulator(
    tmp_path: Path, transcript: str, allele: str, name: str, kind: VariantClass
) -> None:
    genome = synthetic(tmp_path)
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        assert told(engine, transcript, allele) == (name, kind)
