from __future__ import annotations

import csv
import gzip
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, EvidenceType, TherapyInteraction, VariantOrigin
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.knowledge_bases.civic_rows import _diseases, disease_of, split_therapies
from genomodel.interpretation.knowledge_bases.loaded import Reach, reach_of
from genomodel.interpretation.knowledge_bases.summary import resolution_rows, summary_lines
from genomodel.interpretation.matching.registry import check_criterion
from genomodel.resources.oncotree import all_types
from tests.interpretation.knowledge_bases.releases import (
    ASSERTION,
    EVIDENCE,
    PROFILE,
    VARIANT,
    full_release,
    table,
    write_civic,
)


def test_an_accepted_row_is_a_statement_with_all_that_it_says(tmp_path: Path) -> None:
    loaded = load_civic([full_release(tmp_path)])
    evidence = loaded.statements[0].evidence
    criterion = loaded.statements[0].profile.criterion
    assert (evidence.id, evidence.gene, evidence.biomarker, evidence.level) == ("EID1", "BRAF", "BRAF V600E", "A")
    assert (evidence.evidence_type, evidence.direction) == (EvidenceType.PREDICTIVE, Direction.SENSITIVITY)
    assert (evidence.origin, evidence.supports) == (VariantOrigin.SOMATIC, True)
    assert (evidence.source_id, evidence.source_date, evidence.knowledge_base) == ("PMID:1", "2024-01-02", "civic")
    assert "MEL" in evidence.tumor_types
    assert criterion is not None
    assert (criterion.kind, criterion.value) == ("allele", "V600E")
    assert {(place.build.value, place.start) for place in criterion.places} == {("GRCh37", 140453136)}
    assert criterion.hgvs == ("NC_000007.13:g.140453136A>T", "NM_004333.4:c.1799T>A")


def test_an_assertion_carries_its_tier_and_names_evidence_that_is_not_accepted(tmp_path: Path) -> None:
    loaded = load_civic([full_release(tmp_path)])
    assertion = loaded.statements[1]
    assert (assertion.evidence.id, assertion.tier) == ("AID7", "I-A")
    assert assertion.evidence.agency == "NCCN Melanoma 2.2018"
    assert any("EID99" in condition for condition in assertion.evidence.conditions)
    assert any("AID7 EID99" in note for note in loaded.notes)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_flagged": "true"}, "flagged"),
        ({"evidence_status": "submitted"}, "submitted"),
        ({"evidence_direction": "N/A"}, "direction"),
    ],
)
def test_what_is_no_claim_is_left_out_and_counted(tmp_path: Path, change: dict[str, str], reason: str) -> None:
    loaded = load_civic([write_civic(tmp_path, evidence=[EVIDENCE, EVIDENCE | {"evidence_id": "2"} | change])])
    assert [statement.evidence.id for statement in loaded.statements] == ["EID1"]
    assert [item.id for item in loaded.left_out] == ["EID2"]
    assert reason in loaded.left_out[0].reason
    assert [card.id for card in loaded.cards] == ["EID1", "EID2"]


def test_what_speaks_against_its_claim_is_kept_as_such(tmp_path: Path) -> None:
    row = EVIDENCE | {"evidence_direction": "Does Not Support", "significance": "Resistance"}
    evidence = load_civic([write_civic(tmp_path, evidence=[row])]).statements[0].evidence
    assert (evidence.supports, evidence.direction) == (False, Direction.RESISTANCE)


@pytest.mark.parametrize(
    ("kind", "origin", "significance", "expected"),
    [
        ("Diagnostic", "N/A", "Negative", (EvidenceType.DIAGNOSTIC, VariantOrigin.NOT_STATED, "against_diagnosis")),
        ("Prognostic", "Unknown", "Poor Outcome", (EvidenceType.PROGNOSTIC, VariantOrigin.NOT_STATED, "poor_outcome")),
        ("Predisposing", "Rare Germline", "N/A", (EvidenceType.PREDISPOSING, VariantOrigin.GERMLINE, "not_stated")),
        ("Oncogenic", "Mixed", "Oncogenicity", (EvidenceType.ONCOGENIC, VariantOrigin.EITHER, "oncogenicity")),
        ("Functional", "Somatic", "Neomorphic", (EvidenceType.FUNCTIONAL, VariantOrigin.SOMATIC, "neomorphic")),
    ],
)
def test_kinds_origins_and_directions(
    tmp_path: Path, kind: str, origin: str, significance: str, expected: tuple[str, str, str]
) -> None:
    row = EVIDENCE | {"evidence_type": kind, "variant_origin": origin, "significance": significance}
    evidence = load_civic([write_civic(tmp_path, evidence=[row])]).statements[0].evidence
    assert (evidence.evidence_type, evidence.origin, evidence.direction) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("Dabrafenib", ("Dabrafenib",)),
        ("Trametinib,Dabrafenib", ("Trametinib", "Dabrafenib")),
        (
            "FGF/VEGF Receptor Tyrosine Kinase Inhibitor, PD173074,Fexagratinib",
            ("FGF/VEGF Receptor Tyrosine Kinase Inhibitor, PD173074", "Fexagratinib"),
        ),
        ("HER2 Inhibitor CP-724,714,Lapatinib", ("HER2 Inhibitor CP-724,714", "Lapatinib")),
        ("A66,BYL719", ("A66", "BYL719")),
    ],
)
def test_therapies_are_split_where_drugs_end(text: str, names: tuple[str, ...]) -> None:
    assert split_therapies(text) == names


def test_several_therapies_say_how_they_belong_together(tmp_path: Path) -> None:
    row = EVIDENCE | {"therapies": "Trametinib,Dabrafenib", "therapy_interaction_type": "Combination"}
    evidence = load_civic([write_civic(tmp_path, evidence=[row])]).statements[0].evidence
    assert (evidence.therapy, evidence.interaction) == ("Trametinib + Dabrafenib", TherapyInteraction.COMBINATION)


def test_a_disease_without_a_code_matches_no_tumor_type_and_is_listed(tmp_path: Path) -> None:
    rows = [
        EVIDENCE | {"disease": "Von Hippel-Lindau Disease", "doid": "14175"},
        EVIDENCE | {"evidence_id": "2", "disease": "A disease that nobody mapped", "doid": "1"},
        EVIDENCE | {"evidence_id": "3", "disease": "Cancer", "doid": "162"},
        EVIDENCE | {"evidence_id": "4", "disease": "Solid Tumor", "doid": ""},
        EVIDENCE | {"evidence_id": "5", "disease": "Her2-receptor Positive Breast Cancer", "doid": "0060079"},
    ]
    loaded = load_civic([write_civic(tmp_path, evidence=rows)])
    assert [statement.scope for statement in loaded.statements] == ["listed", "listed", "any", "solid", "listed"]
    assert [bool(statement.evidence.tumor_types) for statement in loaded.statements] == [False] * 4 + [True]
    assert loaded.statements[4].evidence.conditions == ("HER2-positive",)
    assert loaded.unmapped == {"Von Hippel-Lindau Disease": 1, "A disease that nobody mapped": 1}


def test_every_code_of_the_table_of_diseases_is_one_of_oncotree() -> None:
    by_name, by_doid = _diseases()
    codes = {code for disease in (*by_name.values(), *by_doid.values()) for code in disease.codes}
    assert codes <= set(all_types())
    assert {disease.scope for disease in by_name.values()} == {"listed", "solid", "any"}
    assert all(disease.scope == "listed" or not disease.codes for disease in by_name.values())


def test_a_renamed_disease_is_found_by_its_number() -> None:
    found = disease_of("Malignant melanoma as it may be called one day", "1909")
    assert found is not None
    assert "MEL" in found.codes


def test_newer_releases_say_feature_for_gene(tmp_path: Path) -> None:
    folder = full_release(tmp_path)
    variants = folder / "01-Aug-2024-variants.tsv"
    variants.write_text(variants.read_text().replace("\tgene\t", "\tfeature_name\t", 1))
    criterion = load_civic([folder]).statements[0].profile.criterion
    assert criterion is not None
    assert criterion.places


def test_evidence_alone_has_handles_from_names_and_says_so(tmp_path: Path) -> None:
    loaded = load_civic([write_civic(tmp_path, evidence=[EVIDENCE])])
    criterion = loaded.statements[0].profile.criterion
    assert criterion is not None
    assert (criterion.value, criterion.places, criterion.hgvs) == ("V600E", (), ())
    assert any("names alone" in note for note in loaded.notes)


def test_evidence_of_one_release_joins_variants_of_another_by_name(tmp_path: Path) -> None:
    evidence = write_civic(tmp_path / "new", evidence=[EVIDENCE, EVIDENCE | {"evidence_id": "2"} | _named("KIT D816V")])
    variants = write_civic(tmp_path / "old", variants=[VARIANT])
    loaded = load_civic([evidence, variants])
    first, second = (statement.profile.criterion for statement in loaded.statements)
    assert first is not None
    assert second is not None
    assert (bool(first.places), bool(second.places)) == (True, False)
    assert any("1 of 2 profiles" in note for note in loaded.notes)


def _named(profile: str) -> dict[str, str]:
    return {"molecular_profile": profile, "molecular_profile_id": "77"}


def test_a_profile_of_an_absent_variant_is_said_and_never_matches(tmp_path: Path) -> None:
    absent = {"name": "CK High", "molecular_profile_id": "5", "variant_ids": "4946"}
    row = EVIDENCE | {"evidence_id": "2", "molecular_profile": "CK High", "molecular_profile_id": "5"}
    folder = write_civic(tmp_path, evidence=[EVIDENCE, row], profiles=[PROFILE, absent], variants=[VARIANT])
    loaded = load_civic([folder])
    assert reach_of(loaded.profiles["CK High"]) is Reach.NOT_AT_ALL
    assert any("CK High" in note for note in loaded.notes)


def test_a_profile_that_cannot_be_read_is_text_with_its_reason(tmp_path: Path) -> None:
    loaded = load_civic([write_civic(tmp_path, evidence=[EVIDENCE | _named("BRAF V600E AND KIT D816V OR KIT V560D")])])
    (criterion,) = loaded.statements[0].profile.criteria()
    assert criterion.kind == "text"
    assert "without parentheses" in criterion.gap


def test_what_must_be_there_is_told_by_its_coarsest_part_and_alternatives_by_the_finest(tmp_path: Path) -> None:
    names = ["BRAF V600E AND EGFR Expression", "BRAF V600E OR EGFR Expression", "NOT KIT D816V", "KIT V560"]
    rows = [EVIDENCE | _named(name) | {"evidence_id": str(number)} for number, name in enumerate(names)]
    loaded = load_civic([write_civic(tmp_path, evidence=rows)])
    assert [reach_of(statement.profile) for statement in loaded.statements] == [
        Reach.TEXT,
        Reach.PROTEIN,
        Reach.PROTEIN,
        Reach.CODON,
    ]


def test_html_and_formulas_are_counted_and_never_shown_as_such(tmp_path: Path) -> None:
    row = EVIDENCE | {
        "evidence_statement": 'See <a href="x">here</a> &amp; there.',
        "citation": "<b>Someone</b> et al.",
        "therapies": "=cmd()",
    }
    loaded = load_civic([write_civic(tmp_path, evidence=[row])])
    assert loaded.statements[0].evidence.source_name == "Someone et al."
    assert any("1 statements hold HTML" in note for note in loaded.notes)
    assert any("1 shown values start like a formula" in note for note in loaded.notes)


def test_quotes_doubled_in_a_field_are_one(tmp_path: Path) -> None:
    loaded = load_civic([write_civic(tmp_path, evidence=[EVIDENCE | {"citation": 'The "best" paper'}])])
    assert loaded.statements[0].evidence.source_name == 'The "best" paper'


def test_the_version_comes_from_the_name_or_is_said_to_be_unknown(tmp_path: Path) -> None:
    dated = load_civic([full_release(tmp_path / "a")]).version
    assert (dated.version, dated.date, len(dated.sha256)) == ("2024-08-01", "2024-08-01", 64)
    bare = tmp_path / "evidence.tsv"
    bare.write_text(table("evidence", [EVIDENCE]))
    assert load_civic([bare]).version.version == "unknown, last review 2024-01-02"


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.removesuffix(b"\n"),
        gzip.compress,
    ],
    ids=["byte-order mark", "CRLF", "no last line end", "gzip"],
)
def test_spellings_of_the_same_file_are_read_alike(tmp_path: Path, rewrite: Callable[[bytes], bytes]) -> None:
    plain = tmp_path / "plain.tsv"
    plain.write_text(table("evidence", [EVIDENCE]))
    other = tmp_path / "other.tsv"
    other.write_bytes(rewrite(plain.read_bytes()))
    assert load_civic([other]).statements == load_civic([plain]).statements


TWO = table("evidence", [EVIDENCE, EVIDENCE | {"evidence_id": "2"}])


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (b"", ["empty"]),
        (TWO.replace("p<0.05", "größer").encode("latin-1"), ["UTF-8"]),
        (TWO.encode()[:-60], ["row 3", "columns where the header has", "cut off"]),
        (TWO.replace("2024-01-02 03", '"2024-01-02 03').encode(), ["cannot be read"]),
        (gzip.compress(TWO.encode())[:-20], ["truncated"]),
        (TWO.splitlines()[0].encode(), ["no rows"]),
        (TWO.replace("\tsignificance\t", "\tclinical_significance\t").encode(), ["'significance'", "renamed to"]),
        (
            TWO.replace("\tdoid\t", "\tdisease_ontology_id\t").replace("\trating\t", "\tstars\t").encode(),
            ["doid", "rating"],
        ),
        (TWO.replace("\tdoid\t", "\tdisease\t").encode(), ["given twice: disease"]),
        (TWO.replace("\t2\tSomatic", "\t1\tSomatic").encode(), ["row 3", "'1' is the id of row 2"]),
        (TWO.replace("Predictive", "Predictive+").encode(), ["row 2", "row 3", "'Predictive+'", "evidence_type"]),
        (b"gene\tsymbol\nA\tB\n", ["no table of CIViC"]),
        (b"<html><body>404</body></html>\n", ["no rows"]),
        (b"<html>\n<body>404</body>\n</html>\n", ["no table of CIViC"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_bad_file_is_refused_with_what_is_wrong(tmp_path: Path, content: bytes, messages: list[str]) -> None:
    path = tmp_path / "evidence.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        load_civic([path])
    assert str(path) in error.value.message
    for message in messages:
        assert message in error.value.message


def test_errors_of_all_files_are_listed_together(tmp_path: Path) -> None:
    folder = full_release(tmp_path)
    for kind, before, after in (("evidence", "evidence_level", "level"), ("variants", "variant_types", "types")):
        path = folder / f"01-Aug-2024-{kind}.tsv"
        path.write_text(path.read_text().replace(before, after))
    with pytest.raises(InputError) as error:
        load_civic([folder])
    assert "evidence_level" in error.value.message
    assert "variant_types" in error.value.message


def test_a_release_without_evidence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table of evidence"):
        load_civic([write_civic(tmp_path, assertions=[ASSERTION], variants=[VARIANT])])


def test_a_second_table_of_a_kind_is_refused(tmp_path: Path) -> None:
    one, two = (write_civic(tmp_path / name, evidence=[EVIDENCE]) for name in "ab")
    with pytest.raises(InputError, match="second table of evidence"):
        load_civic([one, two])


def test_the_full_release_is_parsed_to_the_last_row(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = shared_data / "knowledge" / "civic_2024-08-01"
    start = time.perf_counter()
    loaded = load_civic([folder])
    seconds = time.perf_counter() - start
    rows = _rows(folder / "01-Aug-2024-ClinicalEvidenceSummaries.tsv")
    assert len(rows) == 4375
    evidence = [item for item in loaded.statements if item.evidence.id.startswith("EID")]
    left_out = [item for item in loaded.left_out if item.id.startswith("EID")]
    assert len(evidence) + len(left_out) == 4375
    assert Counter(item.reason.split()[0] for item in left_out) == {"flagged": 61, "neither": 59}
    names = {row["name"].strip() for row in _rows(folder / "01-Aug-2024-MolecularProfileSummaries.tsv")}
    assert len(names) == 1739
    assert set(loaded.profiles) == names | {"ZFTA Fusion"}
    assert not [name for name, profile in loaded.profiles.items() if _unknown(profile)]
    table_rows = {name: (int(profiles or 0), int(statements)) for name, profiles, statements in resolution_rows(loaded)}
    assert sum(profiles for name, (profiles, _) in table_rows.items() if name != "all") == len(loaded.profiles)
    assert table_rows["all"] == (1740, 4441)
    assert {name: count for name, (count, _) in table_rows.items()} == {
        "position and allele": 731,
        "HGVS name": 27,
        "protein allele": 197,
        "codon": 28,
        "exon, region or named class": 48,
        "gene and class (mutation, copy number, fusion …)": 470,
        "only by its text": 237,
        "not at all": 2,
        "left out (reasons below)": 0,
        "all": 1740,
    }
    for name, profiles, statements in resolution_rows(loaded):
        record_property("shown", f"CIViC 2024-08-01, {name}: {profiles} profiles, {statements} rows")
    for line in summary_lines(loaded):
        record_property("shown", f"CIViC 2024-08-01: {line}")
    record_property("shown", f"CIViC 2024-08-01 loaded in {seconds:.1f} s")
    assert any("Kataegis Positive, CK High" in note for note in loaded.notes)


def _unknown(profile: object) -> bool:
    return "no shape that is known" in str(profile)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def test_a_profile_names_the_variants_that_its_row_lists(shared_data: Path) -> None:
    """The parser's leaves are those of the ids, which the release gives beside the name."""
    folder = shared_data / "knowledge" / "civic_2024-08-01"
    variants = {row["variant_id"]: row for row in _rows(folder / "01-Aug-2024-VariantSummaries.tsv")}
    loaded = load_civic([folder])
    wrong = []
    for row in _rows(folder / "01-Aug-2024-MolecularProfileSummaries.tsv"):
        ids = [part.strip() for part in row["variant_ids"].split(",")]
        listed = {" ".join(variants[number]["variant"].split()) for number in ids if number in variants}
        named = {item.name for item in loaded.profiles[row["name"].strip()].criteria()}
        if listed and named != listed and not any(" or " in name or " and " in name for name in listed):
            wrong.append((row["name"], listed, named))
    assert wrong == []


@pytest.mark.parametrize("release", ["civic_2024-08-01", "civic_2026-05"])
def test_every_criterion_is_one_that_matching_knows(shared_data: Path, release: str) -> None:
    loaded = load_civic([shared_data / "knowledge" / release])
    criteria = [item for profile in loaded.profiles.values() for item in profile.criteria()]
    assert len(criteria) > 1700
    for criterion in criteria:
        check_criterion(criterion)
        if criterion.kind == "fusion" and criterion.value:
            assert criterion.gene in criterion.value.replace("::", ":").split(":")


def test_the_later_release_is_read_without_variants(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    loaded = load_civic([shared_data / "knowledge" / "civic_2026-05"])
    assert (loaded.n_rows, len(loaded.statements) + len(loaded.left_out)) == (4854, 4854)
    assert not [name for name, profile in loaded.profiles.items() if _unknown(profile)]
    for name, profiles, statements in resolution_rows(loaded):
        record_property("shown", f"CIViC 2026-05, names alone, {name}: {profiles} profiles, {statements} rows")


def test_every_disease_of_both_releases_is_in_the_table(shared_data: Path) -> None:
    missing = set()
    for path in (shared_data / "knowledge").glob("civic_*/*EvidenceSummaries.tsv"):
        missing |= {row["disease"] for row in _rows(path) if row["disease"] and not disease_of(row["disease"], "")}
    assert missing == set()
