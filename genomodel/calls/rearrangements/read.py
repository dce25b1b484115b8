"""Files of rearrangements, of whatever program, as one assay of a tumor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from genomodel.calls.rearrangements.assess import (
    DnaSearch,
    dna_answers,
    dna_loss_answers,
    rna_answers,
    rna_loss_answers,
)
from genomodel.calls.rearrangements.merge import merge_assays
from genomodel.calls.rearrangements.rna_tables import read_rna_table
from genomodel.calls.rearrangements.sv_vcf import read_sv_file
from genomodel.cohort.assay import read_assay_bed
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay, Patient
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.files import read_text, require_file

VCF_START = "##fileformat=VCF"


def read_rearrangements(
    paths: Sequence[str], *, gff: str | None = None, patient: Patient | None = None
) -> RearrangementAssay:
    """Read what was found of one tumor's rearrangements.

    Parameters
    ----------
    paths
        JSON of ``genomodel rearrangements``, VCFs of structural variants, tables of RNA fusion callers, in any mix.
    gff
        Gene models, which VCFs need and tables do not.
    patient
        Whose assay says which introns were sequenced, and whose sample names tell the columns of a VCF.

    Raises
    ------
    InputError
        A file is missing, damaged, or of a program or version that is not known.
    """
    return merge_assays([_read_one(Path(path), gff, patient) for path in paths])


def _read_one(path: Path, gff: str | None, patient: Patient | None) -> RearrangementAssay:
    text = read_text(require_file(path, "table of rearrangements"), "table of rearrangements")
    if text.lstrip().startswith("{"):
        try:
            return RearrangementAssay.model_validate_json(text)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            fix = "Make it again with genomodel rearrangements of this version"
            raise InputError(f"this is no result of genomodel rearrangements ({where})", path=path, fix=fix) from error
    if text.startswith(VCF_START):
        found = read_sv_file(
            path,
            gff,
            tumor=patient.tumor_sample if patient else None,
            normal=patient.normal_sample if patient else None,
        )
        assay = patient.assay if patient else Assay.UNKNOWN
        regions = read_assay_bed(patient.assay_bed).regions if patient and patient.assay_bed else None
        search = DnaSearch(assay, found.models, regions, None, unresolved=found.unresolved)
        answers, losses = dna_answers(search), dna_loss_answers(search)
        every = assay is Assay.WGS and found.assay.matched_normal is True and all(item.assessable for item in answers)
        return found.assay.model_copy(update={"genes": answers, "exon_losses": losses, "every_pair": every})
    table = read_rna_table(path, gff)
    losses = rna_loss_answers(splicing=not table.every_pair)
    listed = bool(table.calls or table.other_fusions or table.left_out)
    genes = rna_answers(listed=listed) if table.every_pair else ()
    return table.model_copy(update={"genes": genes, "exon_losses": losses, "every_pair": table.every_pair and listed})
