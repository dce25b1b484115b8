"""Small files in each caller's own dialect: headers as the callers write them, cut to what is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.origin import Observation, judge
from genomodel.calls.counts import count_reads
from genomodel.calls.given import needs_merging, open_given
from genomodel.calls.vcf_text import VcfReader, choose_samples
from genomodel.core.errors import InputError
from genomodel.core.variants import AlleleCounts, Origin

CONTIGS = ("##contig=<ID=chr1,length=248956422>", "##contig=<ID=chr7,length=159345973>")


def form(kind: str, name: str, number: str, type_: str, text: str) -> str:
    return f'##{kind}=<ID={name},Number={number},Type={type_},Description="{text}">'


STRELKA_SNV = (
    "##source=strelka",
    "##content=strelka somatic snv calls",
    form("INFO", "QSS", "1", "Integer", "Quality score for any somatic snv"),
    form("INFO", "SGT", "1", "String", "Most likely somatic genotype excluding normal noise states"),
    form("INFO", "SomaticEVS", "1", "Float", "Somatic Empirical Variant Score (EVS)"),
    form("FORMAT", "DP", "1", "Integer", "Read depth for tier1 (used+filtered)"),
    *(form("FORMAT", f"{base}U", "2", "Integer", f"Number of '{base}' alleles used in tiers 1,2") for base in "ACGT"),
    '##FILTER=<ID=LowEVS,Description="Somatic Empirical Variant Score (SomaticEVS) is below threshold">',
)
STRELKA_INDEL = (
    "##source=strelka",
    "##content=strelka somatic indel calls",
    form(
        "INFO", "QSI", "1", "Integer", "Quality score for the ALT haplotype to be present at a significantly different"
    ),
    form("FORMAT", "DP", "1", "Integer", "Read depth for tier1"),
    form("FORMAT", "TAR", "2", "Integer", "Reads strongly supporting alternate allele for tiers 1,2"),
    form("FORMAT", "TIR", "2", "Integer", "Reads strongly supporting indel allele for tiers 1,2"),
    form("FORMAT", "TOR", "2", "Integer", "Other reads (weak support or insufficient indel breakpoint overlap)"),
    '##FILTER=<ID=LowEVS,Description="Somatic Empirical Variant Score (SomaticEVS) is below threshold">',
)
VARDICT = (
    "##source=VarDict_v1.8.3",
    form("INFO", "STATUS", "1", "String", "Somatic or germline status"),
    form("INFO", "SSF", "1", "Float", "P-value"),
    form("FORMAT", "DP", "1", "Integer", "Total Depth"),
    form("FORMAT", "VD", "1", "Integer", "Variant Depth"),
    form("FORMAT", "AD", "R", "Integer", "Allelic depths for the ref and alt alleles in the order listed"),
    form("FORMAT", "ALD", "2", "Integer", "Variant forward, reverse reads"),
    form("FORMAT", "RD", "2", "Integer", "Reference forward, reverse reads"),
    form("FORMAT", "AF", "A", "Float", "Allele Frequency"),
)
OLD_VARDICT = (*VARDICT[:5], form("FORMAT", "AD", "2", "Integer", "Variant forward, reverse reads"), *VARDICT[7:])
DRAGEN = (
    '##DRAGENCommandLine=<ID=dragen,Version="SW: 05.121.732.4.3.13",'
    'CommandLineOptions="--RGSM P9-B --RGSM-tumor P9-T -f">',
    "##source=DRAGEN_SNV",
    form("FORMAT", "SQ", "1", "Float", "Somatic quality"),
    form("FORMAT", "AD", "R", "Integer", "Allelic depths (counting only informative reads out of the total reads)"),
    form("FORMAT", "AF", "A", "Float", "Allele fractions for alt alleles in the order listed"),
    form("FORMAT", "DP", "1", "Integer", "Approximate read depth"),
    '##FILTER=<ID=weak_evidence,Description="Somatic variant score does not meet threshold">',
)
TNSCOPE = (
    '##SentieonCommandLine.TNscope=<ID=TNscope,Version="sentieon-genomics-202308",'
    'CommandLine="driver -r ref.fa -i t.bam -i n.bam --algo TNscope --tumor_sample S2 --normal_sample S1 out.vcf.gz">',
    form("FORMAT", "AD", "R", "Integer", "Allelic depths for the ref and alt alleles in the order listed"),
    form("FORMAT", "AF", "1", "Float", "Allele fraction of the event in the tumor"),
    form("FORMAT", "AFDP", "1", "Integer", "Read depth to calculate AF"),
    '##FILTER=<ID=germline_risk,Description="Evidence indicates this site is germline, not somatic">',
    '##FILTER=<ID=t_lod_fstar,Description="Tumor does not meet likelihood threshold">',
)
DEEPSOMATIC = (
    "##source=deepsomatic",
    '##FILTER=<ID=RefCall,Description="Genotyping model thinks this site is reference.">',
    '##FILTER=<ID=GERMLINE,Description="Non somatic variants">',
    form("FORMAT", "DP", "1", "Integer", "Read depth"),
    form("FORMAT", "AD", "R", "Integer", "Read depth for each allele"),
    form("FORMAT", "VAF", "A", "Float", "Variant allele fractions."),
)
LOFREQ = (
    "##source=lofreq somatic",
    form("INFO", "DP", "1", "Integer", "Raw Depth"),
    form("INFO", "AF", "1", "Float", "Allele Frequency"),
    form("INFO", "SB", "1", "Integer", "Phred-scaled strand bias at this position"),
    form("INFO", "DP4", "4", "Integer", "Counts for ref-forward bases, ref-reverse, alt-forward and alt-reverse bases"),
)
MUTECT2 = (
    "##source=Mutect2",
    "##normal_sample=NB",
    "##tumor_sample=TB",
    form("FORMAT", "AD", "R", "Integer", "Allelic depths for the ref and alt alleles in the order listed"),
    form("FORMAT", "AF", "A", "Float", "Allele fractions of alternate alleles in the tumor"),
    form("FORMAT", "DP", "1", "Integer", "Approximate read depth"),
)
STRELKA_KEYS = "DP:FDP:SDP:SUBDP:AU:CU:GU:TU"
VARDICT_KEYS = "GT:DP:VD:AD:RD:AF:BIAS"


def write(path: Path, meta: tuple[str, ...], samples: tuple[str, ...], *rows: str) -> Path:
    columns = [
        "#CHROM",
        "POS",
        "ID",
        "REF",
        "ALT",
        "QUAL",
        "FILTER",
        "INFO",
        *(("FORMAT", *samples) if samples else ()),
    ]
    lines = ["##fileformat=VCFv4.2", *meta, *CONTIGS, "\t".join(columns)]
    path.write_text("\n".join([*lines, *("\t".join(row.split()) for row in rows)]) + "\n", encoding="utf-8")
    return path


def snvs(folder: Path, *rows: str) -> Path:
    counted = (
        "chr1 100 . C T . PASS QSS=90;SGT=CC->CT KEYS 40:0:0:0:0,0:40,41:0,0:0,0 50:0:0:0:0,0:40,40:0,0:10,11",
        "chr7 300 . A G . LowEVS QSS=9;SGT=AA->AG KEYS 40:0:0:0:40,40:0,0:0,0:0,0 50:0:0:0:48,48:0,0:2,3:0,0",
    )
    written = rows or tuple(row.replace("KEYS", STRELKA_KEYS) for row in counted)
    return write(folder / "snvs.vcf", STRELKA_SNV, ("NORMAL", "TUMOR"), *written)


def indels(folder: Path) -> Path:
    row = "chr1 200 . AT A . PASS SOMATIC;QSI=70 DP:DP2:TAR:TIR:TOR 30:30:30,30:0,0:1,1 75:75:35,48:12,13:29,15"
    return write(folder / "indels.vcf", STRELKA_INDEL, ("NORMAL", "TUMOR"), row)


DIALECTS = {
    "strelka2": (
        STRELKA_SNV, ("NORMAL", "TUMOR"),
        f"chr1 100 . C T . PASS SOMATIC {STRELKA_KEYS} 40:0:0:0:0,0:40,41:0,0:0,0 50:0:0:0:0,0:40,40:0,0:10,11",
        ("TUMOR", 40, 10, 0.2), ("NORMAL", 40, 0, 0.0), Origin.SOMATIC,
    ),
    "vardict": (
        VARDICT, ("P9", "P9-match"),
        f"chr1 100 . C T 90 PASS STATUS=StrongSomatic;SSF=0.0001 {VARDICT_KEYS} "
        "0/1:100:20:80,20:50,30:0.2:2,2 0/0:60:0:60,0:30,30:0:2,0",
        ("P9", 80, 20, 0.2), ("P9-match", 60, 0, 0.0), Origin.SOMATIC,
    ),
    "vardict, depths by strand": (
        OLD_VARDICT, ("P9", "P9-match"),
        f"chr1 100 . C T 90 PASS STATUS=StrongSomatic;SSF=0.0001 {VARDICT_KEYS} "
        "0/1:100:20:9,11:50,30:0.2:2,2 0/0:60:0:0,0:30,30:0:2,0",
        ("P9", 80, 20, 0.2), ("P9-match", 60, 0, 0.0), Origin.SOMATIC,
    ),
    "vardict, inherited and passed": (
        VARDICT, ("P9", "P9-match"),
        f"chr1 100 . C T 90 PASS STATUS=Germline;SSF=0.9 {VARDICT_KEYS} "
        "0/1:100:52:48,52:24,24:0.52:2,2 0/1:60:30:30,30:15,15:0.5:2,2",
        ("P9", 48, 52, 0.52), ("P9-match", 30, 30, 0.5), Origin.GERMLINE,
    ),
    "dragen": (
        DRAGEN, ("P9-B", "P9-T"),
        "chr1 100 . C T . PASS DP=160;SOMATIC GT:SQ:AD:AF:DP 0/0:0.0:59,0:0.000:59 0/1:35.1:80,20:0.200:100",
        ("P9-T", 80, 20, 0.2), ("P9-B", 59, 0, 0.0), Origin.SOMATIC,
    ),
    "dragen, weak": (
        DRAGEN, ("P9-B", "P9-T"),
        "chr1 100 . C T . weak_evidence DP=160 GT:SQ:AD:AF:DP 0/0:0.0:59,0:0.000:59 0/1:1.1:97,3:0.030:100",
        ("P9-T", 97, 3, 0.03), ("P9-B", 59, 0, 0.0), Origin.NOT_CALLED,
    ),
    "tnscope": (
        TNSCOPE, ("S1", "S2"),
        "chr1 100 . C T 40 PASS SOR=0.7 GT:AD:AF:AFDP 0/0:59,0:0:59 0/1:80,20:0.2:100",
        ("S2", 80, 20, 0.2), ("S1", 59, 0, 0.0), Origin.SOMATIC,
    ),
    "tnscope, germline": (
        TNSCOPE, ("S1", "S2"),
        "chr1 100 . C T 40 germline_risk SOR=0.7 GT:AD:AF:AFDP 0/1:30,30:0.5:60 0/1:50,50:0.5:100",
        ("S2", 50, 50, 0.5), ("S1", 30, 30, 0.5), Origin.GERMLINE,
    ),
    "deepsomatic": (
        DEEPSOMATIC, ("P9",),
        "chr1 100 . C T 43.8 PASS . GT:GQ:DP:AD:VAF:PL 1/1:43:100:80,20:0.2:43,52,0",
        ("P9", 80, 20, 0.2), None, Origin.UNCERTAIN,
    ),
    "deepsomatic, germline": (
        DEEPSOMATIC, ("P9",),
        "chr1 100 . C T 3.7 GERMLINE . GT:GQ:DP:AD:VAF:PL 0/0:4:8:4,4:0.5:1,0,34",
        ("P9", 4, 4, 0.5), None, Origin.GERMLINE,
    ),
    "lofreq": (
        LOFREQ, (),
        "chr1 100 . C T 400 PASS DP=100;AF=0.200000;SB=0;DP4=40,40,10,10",
        ("TUMOR", 80, 20, 0.2), None, Origin.UNCERTAIN,
    ),
    "mutect2": (
        MUTECT2, ("NB", "TB"),
        "chr1 100 . C T,G . PASS DP=160 GT:AD:AF:DP 0/0:59,0,1:0.01,0.02:60 0/1/2:75,20,5:0.2,0.05:100",
        ("TB", 75, 20, 0.2), ("NB", 59, 0, 0.0), Origin.SOMATIC,
    ),
}  # fmt: skip
Told = tuple[str, int, int, float]


@pytest.mark.parametrize(("meta", "samples", "row", "tumor", "normal", "origin"), DIALECTS.values(), ids=list(DIALECTS))
def test_each_caller_s_calls_come_out_with_the_counts_of_tumor_and_normal(
    tmp_path: Path,
    meta: tuple[str, ...],
    samples: tuple[str, ...],
    row: str,
    tumor: Told,
    normal: Told | None,
    origin: Origin,
) -> None:
    out = tmp_path / "given.vcf.gz"
    given = open_given([write(tmp_path / "calls.vcf", meta, samples, row)], out)
    assert (given.tumor, given.normal) == (tumor[0], normal[0] if normal else None)
    reader = VcfReader(out)
    (record,) = reader
    assert choose_samples(reader.header) == (given.tumor, given.normal)
    assert list(record.filters) == row.split()[6].split(";")
    read: list[AlleleCounts] = []
    for told in filter(None, (tumor, normal)):
        fields = record.sample(told[0])
        depths = fields["AD"].split(",")
        assert (int(depths[0]), int(depths[1]), float(fields["AF"].split(",")[0])) == told[1:]
        read.append(count_reads(record, fields, 0))
        assert (read[-1].ref_reads, read[-1].alt_reads, read[-1].allele_fraction) == told[1:]
    seen = [Observation(counts) for counts in read]
    assert judge(record, seen[0], seen[1] if normal else None).origin is origin


def test_snvs_and_indels_become_one_sorted_file(tmp_path: Path) -> None:
    out = tmp_path / "given.vcf.gz"
    given = open_given([snvs(tmp_path), indels(tmp_path)], out)
    reader = VcfReader(out)
    records = [(record.chrom, record.pos, record.filters) for record in reader]
    assert records == [("chr1", 100, ("PASS",)), ("chr1", 200, ("PASS",)), ("chr7", 300, ("LowEVS",))]
    assert (given.n_records, given.sources) == (3, ("strelka",))
    assert reader.header.description("INFO", "QSS") is not None
    assert reader.header.description("INFO", "QSI") is not None
    assert sum(line.startswith("##FORMAT=<ID=DP,") for line in reader.header.meta) == 1
    indel = next(record for record in VcfReader(out) if record.pos == 200)
    assert indel.sample("TUMOR")["AD"] == "35,12"
    assert float(indel.sample("TUMOR")["AF"]) == pytest.approx(12 / 47, abs=1e-5)
    assert Path(f"{out}.tbi").is_file()


def test_the_order_of_the_files_does_not_matter(tmp_path: Path) -> None:
    places = []
    for index, paths in enumerate(([snvs(tmp_path), indels(tmp_path)], [indels(tmp_path), snvs(tmp_path)])):
        open_given(paths, tmp_path / f"{index}.vcf")
        places.append([(record.chrom, record.pos) for record in VcfReader(tmp_path / f"{index}.vcf")])
    assert places[0] == places[1]


def test_what_needs_merging(tmp_path: Path) -> None:
    alone = snvs(tmp_path)
    without = write(tmp_path / "lofreq.vcf", LOFREQ, (), "chr1 100 . C T 400 PASS DP=100;AF=0.2;DP4=40,40,10,10")
    assert not needs_merging([alone])
    assert needs_merging([without])
    assert needs_merging([alone, indels(tmp_path)])


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    first, out = snvs(tmp_path), tmp_path / "out.vcf.gz"
    with pytest.raises(InputError, match="the same calls are given twice"):
        open_given([first, first], out)
    other = write(tmp_path / "other.vcf", MUTECT2, ("NB", "TB"))
    with pytest.raises(InputError, match=r"its samples \(NB, TB\) are not those of snvs.vcf"):
        open_given([first, other], out)
    build = write(tmp_path / "build.vcf", STRELKA_INDEL, ("NORMAL", "TUMOR"))
    build.write_text(build.read_text().replace("248956422", "249250621"), encoding="utf-8")
    with pytest.raises(InputError, match="chr1 has 249250621 bases in its header"):
        open_given([first, build], out)
    annotated = write(
        tmp_path / "csq.vcf", (form("INFO", "CSQ", ".", "String", "Format: Allele|Consequence"),), ("NORMAL", "TUMOR")
    )
    with pytest.raises(InputError, match="annotated otherwise"):
        open_given([first, annotated], out)
    unsorted = snvs(tmp_path, *[f"chr{chrom} 100 . C T . PASS . DP 1 1" for chrom in (7, 1)])
    with pytest.raises(InputError, match="another order than in the header"):
        open_given([unsorted, indels(tmp_path)], out)
    assert not out.exists()
