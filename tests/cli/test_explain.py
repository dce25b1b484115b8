"""The chain from record to tier on one screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.findings import DispositionKind
from genomodel.core.interpretation_file import SCHEMA_VERSION, InterpretationFile
from genomodel.report.explanation.screen import HEIGHT, WIDTH, explain
from tests.cli.conftest import Run
from tests.interpretation.builders import interpreted as interpretation_of
from tests.report.exports.builders import enriched, interpreted, write_vcf


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return enriched(interpreted(write_vcf(tmp_path)))


@pytest.fixture
def written(made: InterpretationFile, tmp_path: Path) -> Path:
    path = tmp_path / "results" / "interpretation" / "P1.json"
    path.parent.mkdir(parents=True)
    path.write_text(made.to_json())
    return path


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    "name",
    [
        "chr7:140753336:A>T",
        "7:140753336:a>t",
        "BRAF V600E",
        "braf p.V600E",
        "BRAF:p.V600E",
        "BRAF p.Val600Glu",
        "P1:chr7:140753336:A>T",
        "1",
    ],
)
def test_every_name_of_a_variant_leads_to_its_chain(run: Run, written: Path, name: str) -> None:
    outcome = run("explain", "P1", name, "--from", written.parents[1])
    assert outcome.code == 0, outcome
    told = flat(outcome.out)
    for words in (
        "BRAF p.V600E of P1",
        "1 of P1.vcf: chr7:140753336:A>T (GRCh38); filters PASS",
        "tumor 30 of 100 reads (30.0%); normal 0 of 80 reads",
        "missense variant of BRAF, ENST00000646891",
        "by CSQ",
        "not looked up",
        "likely oncogenic, 7 points",
        "OS3 +4 many [hot]",
        "excluded by another code: OM1",
        "not evaluated, source absent: OP1",
        "monoallelic, certainty low: no loss seen",
        "evidence I-A",
        "tier I-A",
        "disposition finding:",
        "Research use only",
    ):
        assert words in told, words


def test_the_chain_fits_one_screen_and_says_what_it_leaves_out(made: InterpretationFile) -> None:
    lines = explain(made, "BRAF V600E").splitlines()
    assert HEIGHT - 3 <= len(lines) <= HEIGHT
    assert all(len(line) <= WIDTH for line in lines)
    assert any("--all" in line for line in lines)
    everything = flat(explain(made, "BRAF V600E", everything=True))
    for match in made.content.findings[0].evidence:
        assert f"core:{match.evidence.id}," in everything
    for words in ("condition open, not given: HR-positive", "conflict: a conflict", "suggested ESCAT I-A"):
        assert words in everything
    assert "--all" not in everything


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("chr7:140753340:C>G", ("BRAF p.T599S", "benign, -8 points", "SBVS1 -8 20 % of EAS")),
        ("chr7:140753340:C>T", ("disposition synonymous",)),
        ("5", ("filtered", "weak, odd", "frameshift variant")),
        ("4", ("chr7:140753500:G>.",)),
        ("BRAF amplification", ("12.0 copies", "Many copies")),
        ("AGK::BRAF fusion", ("arriba in RNA: 7 split reads, 3 pairs", "not confirmed: no normal", "in-frame")),
        ("TMB", ("high: 12.1 per Mb", "400 mutations in 33 Mb")),
        ("msi", ("stable",)),
        ("signatures", ("SBS7a 75% (70% to 80%) ultraviolet light",)),
        ("HRR", ("not shown: no gene lost",)),
    ],
)
def test_other_alleles_events_and_markers_are_explained_too(
    made: InterpretationFile, name: str, says: tuple[str, ...]
) -> None:
    told = flat(explain(made, name))
    for words in says:
        assert words in told


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ERBB2 amplification", ("ERBB2 amplification of P2", "not looked at: the input holds no copy number")),
        ("her2 amplification", ("ERBB2 amplification of P2", "no finding")),
        ("CDKN2A homozygous deletion", ("CDKN2A deep deletion of P2", "Copy number: ")),
        ("ALK fusion", ("ALK fusion of P2", "not looked at: the input holds no rearrangements", "Gene fusions")),
    ],
)
def test_an_event_that_nobody_looked_for_is_found_by_gene_and_kind(
    tmp_path: Path, name: str, says: tuple[str, ...]
) -> None:
    shown = explain(interpreted(write_vcf(tmp_path, name="P2"), "P2"), name)
    for words in says:
        assert words in flat(shown)
    assert not [line for line in shown.splitlines() if line.startswith(("evidence", "tier"))]


def test_an_event_that_is_no_finding_is_told_with_the_state_of_its_gene(made: InterpretationFile) -> None:
    told = flat(explain(made, "TP53 deep deletion"))
    assert "copy number loss" in told
    assert "TP53 deep deletion: no finding" in told
    assert "unknown: the gene is not in the input" in flat(explain(made, "ERBB2 amplification"))
    assert "Many copies" in flat(explain(made, "braf  Amplified"))
    assert "in-frame" in flat(explain(made, "BRAF fusion"))
    with pytest.raises(InputError, match="nothing here is named 'BRAFF amplification'"):
        explain(made, "BRAFF amplification")


def test_an_inherited_allele_is_explained_unless_the_patient_refused(tmp_path: Path) -> None:
    vcf = write_vcf(tmp_path)
    told = flat(explain(interpreted(vcf), "chr7:140753400:G>A"))
    for words in ("p.Ala580Thr", "normal 40 of 80 reads", "disposition germline", "population: no frequency"):
        assert words in told
    refused = interpreted(vcf, consent=False)
    with pytest.raises(InputError, match="nothing here is named"):
        explain(refused, "chr7:140753400:G>A")
    told = flat(explain(refused, "3"))
    for words in ("for want of consent", "evidence not shown"):
        assert words in told
    for words in ("A580T", "40 of 80", "50 of 100", "missense", "140753400"):
        assert words not in told


def test_an_allele_that_counts_elsewhere_does_not_deny_its_evidence(tmp_path: Path) -> None:
    path = write_vcf(tmp_path)
    lines = path.read_text().splitlines(keepends=True)
    first = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    path.write_text("".join((*lines[: first + 1], *lines[first:])))
    told = flat(explain(interpreted(path), "2"))
    for words in ("evidence shown at the record that its disposition names", "tier I-A", "duplicate: The same allele"):
        assert words in told
    assert "no statement matches" not in told


@pytest.mark.parametrize("kind", ["germline", "filtered"])
def test_a_tier_that_is_not_given_says_on_what_it_rests(made: InterpretationFile, kind: str) -> None:
    dispositions = [
        item.model_copy(update={"kind": DispositionKind(kind), "tier": ""}) for item in made.content.dispositions
    ]
    told = explain(
        made.model_copy(update={"content": made.content.model_copy(update={"dispositions": tuple(dispositions)})}),
        "BRAF V600E",
    )
    by = {
        "germline": "none; inherited, so not given; by its statements: I-A",
        "filtered": "none; were it of the tumor: I-A",
    }
    assert f"tier {by[kind]}" in flat(told)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("BRAF V600K", ("nothing here is named", "BRAF p.V600E")),
        ("BRAF", ("alleles or events", "BRAF p.V600E", "BRAF amplification")),
        ("TTN Q1*", ("nothing here is named", "chrom:pos:ref>alt")),
        ("77", ("nothing here is named",)),
    ],
)
def test_what_is_not_there_gives_the_nearest_names(run: Run, written: Path, name: str, says: tuple[str, ...]) -> None:
    outcome = run("explain", "P1", name, "--from", written.parents[1])
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    for words in says:
        assert words in outcome.err


def test_the_file_itself_may_be_named(run: Run, written: Path) -> None:
    assert run("explain", written, "BRAF", "V600E").code == 0


@pytest.mark.parametrize(("patient", "says"), [("P9", "There are: P1"), ("none.json", "does not exist")])
def test_a_patient_that_is_not_there_is_named_with_those_that_are(
    run: Run, written: Path, monkeypatch: pytest.MonkeyPatch, patient: str, says: str
) -> None:
    monkeypatch.chdir(written.parents[2])
    outcome = run("explain", patient, "BRAF V600E")
    assert outcome.code == 2
    assert says in outcome.err


def test_a_file_of_another_schema_version_is_refused(run: Run, written: Path) -> None:
    version = f'"schema_version": "{SCHEMA_VERSION}"'
    written.write_text(written.read_text().replace(version, '"schema_version": "0.1"', 1))
    outcome = run("explain", written, "BRAF V600E")
    assert outcome.code == 2
    assert "'0.1'" in outcome.err
    assert "genomodel interpret" in outcome.err


def test_a_marker_that_nobody_looked_for_says_so(tmp_path: Path) -> None:
    plain = interpreted(write_vcf(tmp_path, name="P2"), "P2")
    assert "not looked at" in explain(plain, "MSI")


@pytest.mark.parametrize("name", ["KRAS and NRAS wild type", "kras", "NRAS"])
def test_genes_of_wild_type_are_explained_by_either_name(name: str, made: InterpretationFile) -> None:
    wild = interpretation_of("COAD", assayed_genes=("KRAS", "NRAS")).findings
    content = made.content.model_copy(update={"findings": (*made.content.findings, *wild)})
    told = flat(explain(made.model_copy(update={"content": content}), name))
    assert "KRAS and NRAS wild type at codons 12, 13, 59, 61, 117 and 146 of P1" in told
    assert "I-A Cetuximab: sensitivity" in told


def test_alleles_of_one_name_are_offered_by_their_places(made: InterpretationFile) -> None:
    found = made.content.findings[0]
    assert found.variant is not None
    place = found.variant.variant
    twin = found.variant.model_copy(update={"variant": place.model_copy(update={"alt": "G"})})
    first = next(item for item in made.content.dispositions if item.variant == place.key)
    other = first.model_copy(update={"variant": twin.variant.key})
    content = made.content.model_copy(
        update={
            "findings": (*made.content.findings, found.model_copy(update={"variant": twin})),
            "dispositions": (*made.content.dispositions, other),
        }
    )
    with pytest.raises(InputError) as raised:
        explain(made.model_copy(update={"content": content}), found.gene)
    told = str(raised.value)
    assert place.key in told
    assert twin.variant.key in told


def test_what_a_maf_does_not_tell_leaves_no_hole_in_the_words(run: Run, tmp_path: Path) -> None:
    columns = ("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")
    head = (*columns, "Variant_Classification", "HGVSp_Short", "Tumor_Sample_Barcode", "NCBI_Build")
    row = ("BRAF", "7", "140453136", "A", "T", "Missense_Mutation", "p.V600E", "S1", "37")
    maf = tmp_path / "one.maf"
    maf.write_text("\t".join(head) + "\n" + "\t".join(row) + "\n")
    assert run("interpret", maf, "--tumor-type", "SKCM", "--out", tmp_path).code == 0
    told = flat(run("explain", tmp_path / "S1.json", "BRAF V600E").out)
    assert "of BRAF, transcript not named, p.Val600Glu; by MAF" in told
    assert ", ," not in told
