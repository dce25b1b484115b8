from __future__ import annotations

from pathlib import Path

import numpy as np
import pysam
import pytest

from genomodel.calls.copy_number.job import AssayFiles, run_engine
from genomodel.calls.copy_number.profile import make_profile
from genomodel.core.specimens import Library

LENGTHS = {"chr1": 2_000_000, "chr2": 2_000_000}
READ = 100
REGIONS = [
    (chrom, 200_000 + 100_000 * gene + 600 * exon, 200_250 + 100_000 * gene + 600 * exon, f"{chrom}G{gene}")
    for chrom in LENGTHS
    for gene in range(10)
    for exon in range(6)
]


def alignment(path: Path, depth: float, stray: float, copies: dict[str, float], seed: int) -> Path:
    rng = np.random.default_rng(seed)
    contigs = [{"SN": chrom, "LN": size} for chrom, size in LENGTHS.items()]
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": contigs}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for index, (contig, size) in enumerate(LENGTHS.items()):
            starts = list(rng.integers(0, size - READ, size=int(stray * size / READ)))
            for chrom, start, end, gene in REGIONS:
                if chrom == contig:
                    n = rng.poisson(depth * copies.get(gene, 2.0) / 2 * (end - start) / READ)
                    starts += list(rng.integers(start - READ // 2, end - READ // 2, size=n))
            for start in sorted(starts):
                read = pysam.AlignedSegment()
                read.query_name, read.query_sequence, read.flag = f"r{start}", "A" * READ, 0
                read.reference_id, read.reference_start = index, int(start)
                read.mapping_quality, read.cigarstring = 60, f"{READ}M"
                out.write(read)
    pysam.index(str(path))
    return path


@pytest.mark.slow
def test_stray_reads_between_baits_are_bins_of_no_gene(tmp_path: Path) -> None:
    rng, fasta, bed = np.random.default_rng(1), tmp_path / "genome.fa", tmp_path / "panel.bed"
    bases = {chrom: rng.choice(np.frombuffer(b"ACGT", dtype=np.uint8), size=size) for chrom, size in LENGTHS.items()}
    fasta.write_bytes(b"".join(b">%s\n%s\n" % (chrom.encode(), text.tobytes()) for chrom, text in bases.items()))
    pysam.faidx(str(fasta))
    bed.write_text("".join("\t".join(map(str, region)) + "\n" for region in REGIONS))
    tumor = alignment(tmp_path / "t.bam", 200, 0.4, {"chr1G5": 10.4, "chr2G3": 0.6}, seed=1)
    normal = alignment(tmp_path / "n.bam", 100, 0.3, {}, seed=2)
    assay = AssayFiles(Library.CAPTURE, fasta, bed)
    ratios = run_engine(tumor, assay, normal=normal, segmentation="haar")
    assert sum(not bin_.gene for bin_ in ratios.bins) > 10
    profile = make_profile(ratios, assay, purity=0.7, sex="male")
    strong = {call.gene: call.state.value for call in profile.calls if call.state.value != "neutral"}
    assert strong == {"chr1G5": "amplification", "chr2G3": "deep_deletion"}
    assert set(profile.assayed_genes or ()) == {gene for *_, gene in REGIONS}
