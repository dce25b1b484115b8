"""The words of every code, as they were reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.oncogenicity import Oncogenicity
from genomodel.core.variants import (
    ClinVarRecord,
    VariantClass,
)
from genomodel.interpretation.oncogenicity import OncogenicitySources, SourceName
from tests.interpretation.builders import SPLICE, TRUNCATING, variant
from tests.interpretation.oncogenicity_builders import (
    NOBODY,
    SILENT,
    B,
    D,
    U,
    classified_row,
    expected_rows,
    knowing,
    of,
    scored,
    study,
)

pytestmark = pytest.mark.usefixtures("nothing_remembered")
WORDS = Path(__file__).with_name("oncogenicity_words.tsv")
ROW = "\t".join


def further() -> list[Oncogenicity]:
    """Return variants whose words the table of variants does not need."""
    splices = ("c.376-1G>A", "c.375+1G>T", "c.782+5G>A", "c.993+1G>A", "")
    stops = (("ENST00000420246.6", "11/12"), ("ENST00000420246.6", "12/12"), ("ENST00000420246.6", ""), ("", ""))
    plain = variant("EGFR", "A1000V")
    silent = variant("TTN", "A10=", SILENT)
    both = (study("EGFR", "A1000V"), study("EGFR", "A1000V", supports=False, id="EID2"))
    founder = {"clinvar": ClinVarRecord(variation_id="1", germline="Pathogenic"), "population_groups": {"NFE": 0.02}}
    scores = tuple(scored(name, verdict) for name, verdict in (("SpliceAI", B), ("phyloP", B)))
    return [
        *(of(variant("TP53", "", SPLICE, hgvs_c=name)) for name in splices),
        *(of(variant("TP53", "E388*", TRUNCATING, transcript=name, exon=exon)) for name, exon in stops),
        *(of(variant(gene, "Q20*", TRUNCATING)) for gene in ("TSC2", "CDK12", "TTN")),
        *(of(variant("TP53", change, TRUNCATING)) for change in ("", "K320fs")),
        of(variant("FBXW7", "Q615*", TRUNCATING)),
        of(variant("TP53", "X125_splice", SPLICE).model_copy(update={"in_silico": (scored("SpliceAI", D),)})),
        of(variant("TP53", "Q20*", TRUNCATING, terms=("transcript_ablation",))),
        of(variant("TP53", "*394Qext*9", VariantClass.STOP_LOST)),
        of(variant("TTN", "A1_A2del", VariantClass.INFRAME_DELETION)),
        of(plain, knowing(*both)),
        of(plain, knowing(both[1])),
        of(plain, knowing(study("EGFR", "A1000V", id="AID7", level=""))),
        of(plain, OncogenicitySources(NOBODY, without=frozenset(SourceName))),
        of(silent.model_copy(update={"in_silico": scores})),
        of(silent.model_copy(update={"in_silico": scores[:1]})),
        of(silent.model_copy(update={"in_silico": (scores[0], scored("phyloP", D))})),
        of(plain.model_copy(update={"in_silico": (scored("REVEL", U), scored("CADD", U))})),
        of(plain.model_copy(update=founder)),
        of(plain.model_copy(update={"population_frequency": 0.3})),
        of(plain.model_copy(update={"population_frequency": 0.001})),
        of(plain.model_copy(update={"population_frequency": 5e-6, "population_covered": True})),
    ]


def told() -> str:
    """Return what is told of codes, each once, in the order of the table of codes."""
    results = [*map(classified_row, expected_rows()), *further()]
    lines = {
        (number, code.code, code.key, code.state.value, str(code.points), code.reason, code.source)
        for result in results
        for number, code in enumerate(result.codes)
    }
    return "\n".join(ROW(line[1:]) for line in sorted(lines)) + "\n"


def test_words_of_every_code_are_the_reviewed_ones() -> None:
    """Boards read the words; ``python -m tests.interpretation.test_oncogenicity_words`` writes them anew."""
    assert told() == WORDS.read_text(encoding="utf-8")


if __name__ == "__main__":
    WORDS.write_text(told(), encoding="utf-8")
