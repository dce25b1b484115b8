from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.calls.identity import people
from tests.workflow.conftest import snakemake, write_config

pytestmark = pytest.mark.slow


def test_samples_exchanged_between_patients_are_found_where_doubts_are_reported(tmp_path: Path) -> None:
    assay = people.write_assay(tmp_path)
    (tmp_path / "genome.fa").symlink_to(assay.fasta)
    (tmp_path / "genes.gff3").write_text("##gff-version 3\n")
    rng = np.random.default_rng(9)
    persons = [people.person(rng, assay.frequency) for _ in range(3)]
    owners = {"A": (0, 1), "B": (1, 0), "C": (2, 2)}
    rows = ["patient\ttype\tbam\n"]
    for number, (patient, (of_tumor, of_normal)) in enumerate(owners.items()):
        for kind, owner in (("tumor", of_tumor), ("normal", of_normal)):
            shares = people.share(persons[owner])
            seed = 10 * number + (kind == "tumor")
            bam = people.write_reads(assay, f"{patient}.{kind}", shares, depth=40, seed=seed)
            rows.append(f"{patient}\t{kind}\t{bam}\n")
    (tmp_path / "samples.tsv").write_text("".join(rows))
    sheet = "".join(f"{p}\tLUAD\tpanel\t{assay.bed}\t{'identity=known' if p == 'B' else ''}\n" for p in owners)
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\tassay_bed\twaive\n" + sheet)
    config = write_config(tmp_path, tmp_path)
    target = tmp_path / "results" / "identity" / "cohort" / "matches.json"
    refused = snakemake(tmp_path, config, str(target), "--keep-going")
    assert refused.returncode != 0
    logs = tmp_path / "results" / "logs" / "check_samples"
    assert "Tumor and normal are of two persons" in (logs / "A.log").read_text()
    assert (tmp_path / "results" / "identity" / "B.json").is_file()
    config.write_text(config.read_text() + f"samples_check: report\ncalling:\n  common_sites: {assay.common_sites()}\n")
    done = snakemake(tmp_path, config, str(target))
    assert done.returncode == 0, done.stdout + done.stderr
    found = {
        (m["patient"], m["type"], m["other_patient"], m["other_type"])
        for m in json.loads(target.read_text())["matches"]
    }
    assert found == {("A", "normal", "B", "tumor"), ("B", "normal", "A", "tumor")}
    assert "common sites" in json.loads((tmp_path / "results" / "identity" / "A.json").read_text())["sites"]
