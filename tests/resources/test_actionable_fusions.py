from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.resources.actionable_fusions import FIVE, exon_losses, fusion_genes


def test_every_gene_with_evidence_on_fusions_is_listed() -> None:
    with_evidence = {
        rule.evidence.gene
        for rules in rules_by_gene().values()
        for rule in rules
        if any(clause.kind == "fusion" for clause in rule.profile.criteria())
    }
    assert with_evidence <= set(fusion_genes())


def test_every_row_cites_statements_that_are_about_its_gene_in_its_role(shared_data: Path) -> None:
    path = shared_data / "knowledge" / "civic_2026-05" / "AcceptedClinicalEvidenceSummaries.tsv"
    with path.open(encoding="utf-8", newline="") as handle:
        profiles = {row["evidence_id"]: row["molecular_profile"] for row in csv.DictReader(handle, delimiter="\t")}
    database = json.loads((shared_data / "moalmanac_db" / "molecular-oncology-almanac.json").read_text())
    assertions = {str(item["assertion_id"]): item for item in database}
    for gene, row in fusion_genes().items():
        kinds = set()
        for source in row.source.split():
            where, _, number = source.partition(":")
            kinds.add(where)
            if where == "MOAlmanac":
                assert gene in (assertions[number]["gene1"], assertions[number]["gene2"]), (gene, source)
            else:
                profile = profiles[number.removeprefix("EID")]
                role = f"{gene}::" if row.role == FIVE else f"::{gene}"
                assert role in profile, (gene, source, profile)
        known = any(gene in (item.get("gene1"), item.get("gene2")) for item in assertions.values())
        assert kinds == ({"MOAlmanac", "CIViC"} if known else {"CIViC"}), gene


def test_named_losses_of_exons_lie_between_exons_of_their_transcript(shared_data: Path) -> None:
    transcripts = {"MET": "NM_000245", "EGFR": "NM_005228"}
    for loss in exon_losses():
        with gzip.open(shared_data / "genome" / f"{loss.build}.refGene.txt.gz", "rt") as handle:
            row = next(
                columns
                for columns in (line.split("\t") for line in handle)
                if columns[1] == transcripts[loss.gene] and columns[2] == f"chr{loss.chrom}"
            )
        starts, ends = ([int(text) for text in row[n].split(",") if text] for n in (9, 10))
        first, last = loss.exons
        assert loss.last_base_before == ends[first - 2]
        assert loss.first_base_after == starts[last] + 1
        lost = sum(ends[n - 1] - starts[n - 1] for n in range(first, last + 1))
        assert lost % 3 == 0, "the reader of RNA tables calls these losses in frame"
