"""The flat table: every allele of every record once, safe to open, the same bytes for the same interpretation."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from genomodel.core.interpretation_file import InterpretationFile
from genomodel.files import write_noun
from genomodel.interpretation.read_file import read_interpretation
from genomodel.report.exports.table import COLUMNS, cell_text, write_table
from tests.cli.test_report_bad_input import COLUMNS as VCF_COLUMNS
from tests.cli.test_report_bad_input import HEADER
from tests.report.exports.builders import ASIDE, enriched, interpreted, write_vcf

DOCS = Path(__file__).resolve().parents[3] / "docs" / "interpretation.md"


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return enriched(interpreted(write_vcf(tmp_path)))


def rows_of(made: InterpretationFile, path: Path) -> list[dict[str, str]]:
    write_table(made, path)
    with path.open(newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def test_each_allele_of_each_record_is_one_line_with_its_disposition(made: InterpretationFile, tmp_path: Path) -> None:
    rows = rows_of(made, tmp_path / "t.tsv")
    assert [*rows[0]] == [column.name for column in COLUMNS]
    dispositions = made.content.dispositions
    assert [(row["record"], row["variant"]) for row in rows] == [(str(d.record), d.variant) for d in dispositions]
    assert Counter(row["disposition"] for row in rows) == Counter(d.kind.value for d in dispositions)
    assert len(rows) == 7


def test_a_finding_has_counts_tier_oncogenicity_and_evidence(made: InterpretationFile, tmp_path: Path) -> None:
    row = rows_of(made, tmp_path / "t.tsv")[0]
    assert (row["gene"], row["protein_change"], row["tier"]) == ("BRAF", "V600E", "I-A")
    assert (row["tumor_depth"], row["tumor_alt_reads"], row["tumor_fraction"]) == ("100", "30", "0.3")
    assert (row["normal_depth"], row["normal_alt_reads"]) == ("80", "0")
    assert (row["oncogenicity"], row["oncogenicity_points"]) == ("likely_oncogenic", "7")
    assert row["oncogenicity_codes"] == "OS3(+4),OS2(+2),OP4(+1)"
    assert row["second_allele"] == "monoallelic"
    assert "core:t-both I-B sensitivity A + B [HR-positive: not_given]" in row["evidence"]
    assert row["conflicts"] == "a conflict"


@pytest.mark.parametrize("consent", [None, True, False])
def test_of_inherited_alleles_nothing_is_told_where_the_patient_refused(tmp_path: Path, consent: bool | None) -> None:
    made = interpreted(write_vcf(tmp_path), consent=consent)
    inherited = next(row for row in rows_of(made, tmp_path / "t.tsv") if row["record"] == "3")
    assert inherited["tier"] == ""
    assert inherited["disposition"] == "germline" or consent is False
    told = [inherited[name] for name in ("protein_change", "tumor_depth", "normal_alt_reads")]
    assert told == (["", "", ""] if consent is False else ["A580T", "100", "40"])
    if consent is False:
        assert "140753400" not in (tmp_path / "t.tsv").read_text()
        assert "140753400" not in made.to_json()


def test_what_only_would_have_a_tier_has_none(made: InterpretationFile, tmp_path: Path) -> None:
    for row in rows_of(made, tmp_path / "t.tsv"):
        if row["disposition"] in {"filtered", "germline", "not_called", "withheld"}:
            assert (row["tier"], row["evidence"]) == ("", "")


def test_an_allele_set_aside_keeps_its_name_and_has_neither_tier_nor_evidence(tmp_path: Path) -> None:
    made = interpreted(write_vcf(tmp_path, HEADER + VCF_COLUMNS + ASIDE))
    (aside,) = made.content.set_aside
    assert aside.evidence
    (row,) = rows_of(made, tmp_path / "t.tsv")
    assert (row["label"], row["disposition"]) == ("BRAF p.V600E", "germline")
    assert (row["tier"], row["evidence"], row["sources"]) == ("", "", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("+cmd", "'+cmd"),
        ("-2+cmd|x", "'-2+cmd|x"),
        ("-1", "-1"),
        ("a\tb\nc", "a b c"),
        (None, ""),
        (0.1, "0.1"),
    ],
)
def test_no_cell_is_a_formula_or_ends_its_line(value: str | float | None, text: str) -> None:
    assert cell_text(value) == text


def test_the_same_interpretation_gives_the_same_bytes(made: InterpretationFile, tmp_path: Path) -> None:
    write_noun(tmp_path / "P1.json", made)
    again = read_interpretation(tmp_path / "P1.json")
    write_table(made, tmp_path / "a.tsv")
    write_table(again, tmp_path / "b.tsv")
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()


def test_a_tumor_type_that_is_not_given_is_an_empty_cell(tmp_path: Path) -> None:
    blank = interpreted(write_vcf(tmp_path, name="P3"), "P3", "")
    assert {row["tumor_type"] for row in rows_of(blank, tmp_path / "t.tsv")} == {""}


def test_every_column_is_documented_in_its_order() -> None:
    behind = DOCS.read_text(encoding="utf-8").partition("### Flat table")[2]
    table = re.split(r"\n#{2,3} ", behind)[0]
    named = [row.split("|")[1].strip().strip("`") for row in table.splitlines() if row.startswith("| `")]
    assert named == [column.name for column in COLUMNS]
