"""The verbs about knowledge bases, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genomodel.files import write_noun
from genomodel.interpretation.knowledge_bases import bases
from genomodel.resources.registry import resource
from tests.cli.conftest import Run
from tests.interpretation.knowledge_bases.releases import EVIDENCE, full_release, write_civic
from tests.interpretation.knowledge_bases.test_oncokb import SECRET, StandIn, serving
from tests.report.exports.builders import interpreted, write_vcf

ALLELES = {
    "BRAF V600E": (("7", 140453136, "A", "T"), ("7", 140753336, "A", "T")),
    "KRAS G12D": (("12", 25398284, "C", "T"), ("12", 25245350, "C", "T")),
    "EGFR L858R": (("7", 55259515, "T", "G"), ("7", 55191822, "T", "G")),
    "EGFR T790M": (("7", 55249071, "C", "T"), ("7", 55181378, "C", "T")),
    "EGFR E746_A750del": (
        ("7", 55242464, "AGGAATTAAGAGAAGC", "A"),
        ("7", 55174771, "AGGAATTAAGAGAAGC", "A"),
    ),
    "TP53 R175H": (("17", 7578406, "C", "T"), ("17", 7675088, "C", "T")),
    "NRAS Q61R": (("1", 115256529, "T", "C"), ("1", 114713908, "T", "C")),
    "PIK3CA H1047R": (("3", 178952085, "A", "G"), ("3", 179234297, "A", "G")),
    "KIT D816V": (("4", 55599321, "A", "T"), ("4", 54733155, "A", "T")),
    "VHL R167Q": (("3", 10191507, "G", "A"), ("3", 10149823, "G", "A")),
    "VHL c.464-1G>A": (("3", 10191470, "G", "A"), ("3", 10149786, "G", "A")),
    "JAK2 V617F": (("9", 5073770, "G", "T"), ("9", 5073770, "G", "T")),
    "MET c.3028G>A": (("7", 116412043, "G", "A"), ("7", 116771989, "G", "A")),
}
"""Alleles by their places on GRCh37 and GRCh38, as dbSNP and ClinVar have them."""


def vcf(path: Path, build: str, side: int) -> Path:
    lines = ["##fileformat=VCFv4.2", f"##reference={build}", '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">']
    lines += ['##FORMAT=<ID=AD,Number=R,Type=Integer,Description="d">']
    chroms = [*map(str, range(1, 23)), "X"]
    lines += [f"##contig=<ID=chr{chrom}>" for chrom in chroms]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT")
    places = sorted((pair[side] for pair in ALLELES.values()), key=lambda place: (chroms.index(place[0]), place[1]))
    lines += [f"chr{c}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT:AD\t0/1:60,40" for c, pos, ref, alt in places]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_list_says_what_is_here_and_what_is_not(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ONCOKB_TOKEN", raising=False)
    code, out, _ = run("kb", "list")
    assert code == 0
    rows = {line.split("│")[1].strip(): line for line in out.splitlines() if line.startswith("│")}
    assert "shipped" in rows["core"]
    assert "absent" in rows["civic"]
    assert "2024-08-01" in rows["civic"]
    assert "no token" in rows["oncokb"]
    assert "not for training models" in out


def test_validate_prints_the_table_and_exits_0(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("kb", "validate", full_release(tmp_path))
    assert code == 0
    assert "position and allele" in out
    assert "items named by assertions are not accepted evidence: AID7 EID99" in out


def test_validate_exits_2_with_all_problems(run: Run, tmp_path: Path) -> None:
    rows = [EVIDENCE, EVIDENCE | {"significance": "Miracle"}]
    code, out, err = run("kb", "validate", write_civic(tmp_path, evidence=rows))
    assert (code, out) == (2, "")
    assert "'1' is the id of row 2 already" in err
    assert "'Miracle'" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("spec", ["civik", "oncokb"])
def test_what_is_no_knowledge_base_exits_2(run: Run, spec: str) -> None:
    code, _, err = run("kb", "validate", spec)
    assert code == 2
    assert len(err.splitlines()) == 1


def test_fetch_finds_a_mirror_and_prints_the_licence(
    run: Run, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    code, out, _ = run("kb", "fetch", "moalmanac")
    assert code == 0
    assert "GPL-2.0" in out
    assert "molecular-oncology-almanac.json" in out


def test_diff_in_three_forms(run: Run, tmp_path: Path) -> None:
    old = write_civic(tmp_path / "old", evidence=[EVIDENCE])
    new = write_civic(tmp_path / "new", evidence=[EVIDENCE | {"evidence_level": "B"}, EVIDENCE | {"evidence_id": "2"}])
    code, out, _ = run("kb", "diff", old, new)
    assert code == 0
    level = next(line for line in out.splitlines() if "another level" in line and "EID1" in line)
    assert [cell for cell in ("BRAF V600E", "A", "B") if cell in level] == ["BRAF V600E", "A", "B"]
    assert "two sources" not in out
    _, out, _ = run("kb", "diff", old, new, "--format", "tsv")
    assert out.splitlines()[1:] == [
        "EID2\tnew\tBRAF V600E\t\tMelanoma; Vemurafenib; A; Supports Sensitivity/Response",
        "EID1\tlevel\tBRAF V600E\tA\tB",
    ]
    _, out, _ = run("kb", "diff", old, new, "--format", "json")
    assert json.loads(out)["counts"]["level"] == 1


def test_diff_names_rows_of_kinds_with_few_and_counts_the_others(run: Run, tmp_path: Path) -> None:
    many = [EVIDENCE | {"evidence_id": str(number)} for number in range(1, 23)]
    old = write_civic(tmp_path / "old", evidence=many[:1])
    _, out, _ = run("kb", "diff", old, write_civic(tmp_path / "new", evidence=many))
    assert "EID2" not in out
    _, out, _ = run("kb", "diff", old, write_civic(tmp_path / "other", evidence=many[1:3]))
    assert "EID1 " in out
    assert "EID3 " in out
    assert "No row is in both" in out


def test_diff_names_the_patients_of_written_interpretations(run: Run, tmp_path: Path) -> None:
    old = write_civic(tmp_path / "old", evidence=[EVIDENCE])
    new = write_civic(tmp_path / "new", evidence=[EVIDENCE | {"evidence_level": "B"}])
    made = interpreted(write_vcf(tmp_path))
    assert any(finding.oncogenicity is not None for finding in made.content.findings)
    write_noun(tmp_path / "P1.json", made)
    code, out, err = run("kb", "diff", old, new, "--interpretations", tmp_path / "P1.json")
    assert code == 0, err
    assert "1 patients, 1 whose findings change" in out


def test_diff_refuses_what_is_no_interpretation(run: Run, tmp_path: Path) -> None:
    folder = write_civic(tmp_path / "old", evidence=[EVIDENCE])
    bad = tmp_path / "p.json"
    bad.write_text('{"content": {"patient": 3}}')
    code, _, err = run("kb", "diff", folder, folder, "--interpretations", bad)
    assert code == 2
    assert "no interpretation of this version" in err
    code, _, err = run("kb", "diff", folder, folder, "--interpretations", tmp_path / "old")
    assert code == 2
    assert "no interpretation files" in err


def matched(run: Run, path: Path, build: str, shared_data: Path, *knowledge: str) -> dict[str, Any]:
    genome = shared_data / "genome"
    options = [option for name in knowledge for option in ("--knowledge", name)]
    places = ("--reference", genome / f"{build}.sparse.fa.gz", "--gff", genome / f"{build}.genes.gff3")
    arguments = ("--tumor-type", "NSCLC", "--genome", build, "--every-tumor-type", "--format", "json")
    code, out, err = run("kb", "match", path, *options, *places, *arguments)
    assert code == 0, err
    return dict(json.loads(out)["patients"][0])


def test_a_patient_matches_the_same_evidence_in_both_builds(
    run: Run, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    """CIViC's places are nearly all of GRCh37; on GRCh38 HGVS and protein names decide."""
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    found = {}
    for side, build in enumerate(("GRCh37", "GRCh38")):
        path = vcf(tmp_path / f"{build}.vcf", build, side)
        answer = matched(run, path, build, shared_data, "civic", "moalmanac", "core")
        found[build] = {item["evidence"]["id"]: item for item in answer["statements"]}
    assert set(found["GRCh37"]) == set(found["GRCh38"])
    biomarkers = {item["evidence"]["biomarker"] for item in found["GRCh37"].values()}
    for name in ("BRAF V600E", "KRAS G12D", "EGFR L858R", "EGFR Exon 19 Deletion", "TP53 R175H", "JAK2 V617F"):
        assert name in biomarkers
    assert {"VHL R167Q (c.500G>A)", "VHL Splice Site (c.464-1G>A)", "MET Exon 14 Skipping Mutation"} <= biomarkers
    resolutions = {
        build: sorted({item["resolution"] for item in statements.values()}) for build, statements in found.items()
    }
    assert "genomic" in resolutions["GRCh37"]
    record_property("shown", f"both builds: {len(found['GRCh37'])} statements each; resolutions {resolutions}")


def test_match_shows_what_speaks_against_and_gives_no_tier(
    run: Run, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = full_release(
        tmp_path / "civic",
        [EVIDENCE, EVIDENCE | {"evidence_id": "2", "evidence_direction": "Does Not Support"}],
    )
    path = vcf(tmp_path / "GRCh37.vcf", "GRCh37", 0)
    answer = matched(run, path, "GRCh37", shared_data, str(folder))
    told = [(item["evidence"]["id"], item["against"], item["resolution"]) for item in answer["statements"]]
    assert told == [("EID1", False, "genomic"), ("AID7", False, "genomic"), ("EID2", True, "genomic")]
    assert "tier" not in answer["statements"][0]


def idh1(path: Path) -> Path:
    lines = ["##fileformat=VCFv4.2", "##reference=GRCh37", '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">']
    lines += ['##FORMAT=<ID=AD,Number=R,Type=Integer,Description="d">', "##contig=<ID=chr2>"]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT")
    path.write_text("\n".join([*lines, "chr2\t209113112\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:60,40"]) + "\n")
    return path


def test_a_claim_that_may_hold_is_shown_and_hidden_ones_are_counted(
    run: Run, shared_data: Path, tmp_path: Path
) -> None:
    """Vorasidenib is approved for grade 2: an oligodendroglioma without grade may be of it."""
    genome = shared_data / "genome"
    places = ("--reference", genome / "GRCh37.sparse.fa.gz", "--gff", genome / "GRCh37.genes.gff3")
    path = idh1(tmp_path / "idh1.vcf")
    code, out, err = run("kb", "match", path, "--tumor-type", "ODG", *places, "--format", "json")
    assert code == 0, err
    (patient,) = json.loads(out)["patients"]
    cautions = {item["evidence"]["id"]: item["caution"] for item in patient["statements"]}
    assert "grade not given" in cautions["idh1-glioma-vorasidenib"]
    assert "idh1-aml-olutasidenib" not in cautions
    assert patient["on_other_tumor_types"] >= 5
    _, out, _ = run("kb", "match", path, *places, "--format", "json")
    (blank,) = json.loads(out)["patients"]
    assert blank["on_other_tumor_types"] == 0
    assert len(blank["statements"]) == len(cautions) + patient["on_other_tumor_types"]
    assert {item["tumor_type"] for item in blank["statements"]} == {"other"}
    _, out, _ = run("kb", "match", path, "--tumor-type", "ODG", *places)
    assert f"{patient['on_other_tumor_types']} more are about other tumor types" in " ".join(out.split())


def test_match_without_a_token_for_oncokb_exits_2_before_anything_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONCOKB_TOKEN", raising=False)
    code, _, err = run("kb", "match", tmp_path / "absent.vcf", "--knowledge", "oncokb", "--tumor-type", "LUAD")
    assert code == 2
    assert "ONCOKB_TOKEN" in err


def test_a_damaged_base_is_said_in_the_list_and_hides_no_other(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    path = tmp_path / resource("moalmanac_db").mirror_path
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    code, out, _ = run("kb", "list")
    assert code == 0
    assert "damaged" in out
    assert "core" in out


def test_match_asks_oncokb_and_prints_its_terms(
    run: Run, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCOKB_TOKEN", SECRET)
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    genome = shared_data / "genome"
    places = ("--reference", genome / "GRCh37.sparse.fa.gz", "--gff", genome / "GRCh37.genes.gff3")
    arguments = (*places, "--format", "json")
    path = vcf(tmp_path / "GRCh37.vcf", "GRCh37", 0)
    with serving(StandIn()) as server:
        monkeypatch.setenv("ONCOKB_URL", server.address)
        code, out, err = run("kb", "match", path, "--knowledge", "oncokb", "--tumor-type", "SKCM", *arguments)
    assert code == 0, err
    assert "not for training models" in err
    assert SECRET not in out + err
    (patient,) = json.loads(out)["patients"]
    biomarkers = [item["evidence"]["biomarker"] for item in patient["statements"]]
    assert {"BRAF V600E", "VHL X155_splice"} <= set(biomarkers)
    asked = [parameters["alteration"][0] for _, parameters, _ in server.asked]
    assert len(asked) == len(set(asked))
    assert {"V600E", "G12D", "E746_A750del"} <= set(asked)


def test_every_registered_base_is_named_in_the_help_of_errors() -> None:
    assert {"core", "civic", "civic-2026-05", "moalmanac", "oncokb"} == set(bases.BASES)
