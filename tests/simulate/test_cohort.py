from __future__ import annotations

import gzip
import itertools
import shutil
import subprocess
from pathlib import Path

import pytest

from genomodel.cohort.clinical import clinical_facts
from genomodel.cohort.laboratory import read_laboratory
from genomodel.core.errors import InputError
from genomodel.files import sha256_of
from genomodel.simulate.cohort import PATIENTS
from genomodel.simulate.genome import build_genome
from genomodel.simulate.run import PATIENT_COLUMNS, sheets, simulate_cohort
from genomodel.simulate.truth import left_align, true_variants

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cohort") / "demo"
    assert simulate_cohort(out, 1)
    return out


def rows_of(sheet: Path) -> list[list[str]]:
    return [line.split("\t") for line in sheet.read_text().splitlines()[2:]]


def digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): sha256_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_seed_writes_the_same_bytes(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = tmp_path / "again"
    assert simulate_cohort(again, 1)
    first, second = digests(cohort), digests(again)
    for name in ("samples.tsv", "patients.tsv", "config.yaml", "laboratory.yaml", "simulated.json"):
        first.pop(name)
        second.pop(name)
    assert first == second


def test_complete_folder_is_left_alone_and_a_damaged_one_is_mended(cohort: Path, tmp_path: Path) -> None:
    copy = tmp_path / "demo"
    shutil.copytree(cohort, copy)
    victim = copy / "reads" / "demo-lung-1.normal.L1.R1.fastq.gz"
    before = victim.read_bytes()
    stamp = victim.stat().st_mtime_ns
    assert not simulate_cohort(copy, 1)
    assert victim.stat().st_mtime_ns == stamp
    victim.write_bytes(before[:1000])
    assert simulate_cohort(copy, 1)
    assert victim.read_bytes() == before


def test_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("precious")
    with pytest.raises(InputError, match="not made by genomodel simulate"):
        simulate_cohort(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_every_text_file_says_that_the_genome_is_synthetic(cohort: Path) -> None:
    for path in sorted(cohort.rglob("*")):
        if path.suffix in (".fai", ".tbi") or path.is_dir():
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert b"ynthetic" in data[:20_000], path


def test_committed_sheets_are_those_of_the_simulator() -> None:
    folder = ROOT / "config" / "demo"
    for name, text in sheets(Path("demo")).items():
        assert (folder / name).read_text().replace("config/demo/", "demo/") == text, name


def test_one_demo_patient_has_clinical_facts_and_the_laboratory_says_that_it_is_synthetic(cohort: Path) -> None:
    patients = [dict(zip(PATIENT_COLUMNS, row, strict=True)) for row in rows_of(cohort / "patients.tsv")]
    told = [row for row in patients if row["second_id"]]
    assert [row["patient"] for row in told] == ["demo-lung-1"]
    assert all(told[0].values())
    assert "Synthetic" in str(read_laboratory(cohort / "laboratory.yaml").laboratory.name)
    clinical = clinical_facts(told[0])
    assert (clinical.line, clinical.stage, clinical.prior_therapies) == (2, "IVA", ("Erlotinib",))


def test_patients_cover_what_the_demo_is_to_show() -> None:
    assert len(PATIENTS) >= 5
    assert {"SKCM", "LUAD", "COAD", "IDC"} <= {spec.tumor_type for spec in PATIENTS}
    assert [spec.patient for spec in PATIENTS if not spec.normal] == ["demo-pancreas"]
    fractions = {change.fraction for spec in PATIENTS for change in spec.changes}
    assert {0.05, 0.10} <= fractions


def test_variants_of_a_patient_keep_their_distance() -> None:
    genome = build_genome(1)
    for spec in PATIENTS:
        variants = true_variants(genome, spec)
        for left, right in itertools.pairwise(variants):
            assert left.contig != right.contig or right.pos - left.pos > 30, (spec.patient, left, right)
        for variant in variants:
            contig = genome.contigs[variant.contig]
            assert contig[variant.pos : variant.pos + len(variant.ref)] == variant.ref
            assert left_align(contig, variant.pos, variant.ref, variant.alt) == (variant.pos, variant.ref, variant.alt)


def consequences(cohort: Path, patient: str) -> dict[tuple[str, int], str]:
    """Run the real bcftools csq over a truth VCF, each variant by itself as the truth states no phase."""
    reference = cohort / "reference"
    done = subprocess.run(
        ["bcftools", "csq", "--local-csq", "--samples", "-", "-f", reference / "genome.fa",
         "-g", reference / "genes.gff3", "--force", cohort / "truth" / f"{patient}.vcf.gz"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    rows = [line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#")]
    return {(row[0], int(row[1])): row[7].split("BCSQ=")[-1] if "BCSQ=" in row[7] else "" for row in rows}


EXPECTED = {
    "demo-melanoma": {"BRAF": ("missense", "600V>600E"), "PTEN": ("stop_gained", "233R>233*")},
    "demo-lung-1": {"EGFR": ("missense", "858L>858R"), "TP53": ("missense", "273R>273H")},
    "demo-lung-2": {"EGFR": ("inframe_deletion", "745KELREA>745K"), "PIK3CA": ("missense", "545E>545K")},
    "demo-colon": {
        "KRAS": ("missense", "12G>12D"),
        "APC": ("stop_gained", "1450R>1450*"),
        "TP53": ("missense", "175R>175H"),
        "PIK3CA": ("missense", "1047H>1047R"),
    },
    "demo-breast": {"PIK3CA": ("missense", "1047H>1047R"), "TP53": ("missense", "248R>248Q")},
    "demo-pancreas": {"KRAS": ("missense", "12G>12V"), "CDKN2A": ("stop_gained", "80R>80*")},
}


@pytest.mark.parametrize("patient", EXPECTED)
def test_bcftools_csq_reads_the_designed_protein_changes(cohort: Path, patient: str) -> None:
    said = consequences(cohort, patient)
    for gene, (term, change) in EXPECTED[patient].items():
        hits = [text for text in said.values() if f"|{gene}|" in text and text.split("|")[5:6] == [change]]
        assert hits, (gene, change, said)
        assert all(hit.split("|")[0] == term for hit in hits)
    if patient == "demo-lung-1":
        assert any("790T>790M" in text for text in said.values())
    if patient == "demo-colon":
        assert any(text.startswith("frameshift") and "|APC|" in text for text in said.values())


def test_germline_variants_make_or_lose_no_stop(cohort: Path) -> None:
    genome = build_genome(1)
    for spec in PATIENTS:
        said = consequences(cohort, spec.patient)
        for variant in (v for v in true_variants(genome, spec) if not v.label and len(v.ref) == len(v.alt)):
            text = said[variant.contig, variant.pos + 1]
            assert not text.startswith(("stop", "start", "frameshift")), (variant, text)
