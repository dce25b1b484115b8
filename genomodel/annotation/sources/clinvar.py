"""What ClinVar says of an allele, from its VCF: germline, oncogenicity and somatic clinical impact.

Each classification has fields of its own with its review status and conditions; files of earlier years, such as that of
2021-10-25, declare the germline one alone. An allele known only as a part of a haplotype has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from genomodel.annotation.sources.base import Facts, InfoField, RowReader, Source, declared_info, decode, encode
from genomodel.calls.vcf_text import MISSING, VcfHeader
from genomodel.core.errors import InputError
from genomodel.core.variants import ClinVarRecord

ID_INFO = "GM_CLINVAR_ID"
COLUMNS = {
    "CLNSIG": "germline",
    "CLNREVSTAT": "germline_review",
    "CLNDN": "germline_conditions",
    "ONC": "oncogenicity",
    "ONCREVSTAT": "oncogenicity_review",
    "ONCDN": "oncogenicity_conditions",
    "SCI": "somatic_impact",
    "SCIREVSTAT": "somatic_impact_review",
    "SCIDN": "somatic_impact_conditions",
}
"""Fields of ClinVar's VCF and what they are called here."""
_DESCRIPTIONS = {
    "CLNSIG": "germline classification",
    "CLNREVSTAT": "review status of the germline classification",
    "CLNDN": "conditions of the germline classification",
    "ONC": "oncogenicity",
    "ONCREVSTAT": "review status of the oncogenicity",
    "ONCDN": "conditions of the oncogenicity",
    "SCI": "somatic clinical impact",
    "SCIREVSTAT": "review status of the somatic clinical impact",
    "SCIDN": "conditions of the somatic clinical impact",
}


def info_name(column: str) -> str:
    """Return the INFO field of an annotated file that holds a field of ClinVar."""
    return f"GM_CLINVAR_{column}"


def make_reader(header: VcfHeader) -> RowReader:
    """Return the reader of a file's rows.

    Raises
    ------
    InputError
        The header declares no classification.
    """
    declared = declared_info(header)
    columns = [column for column in COLUMNS if column in declared]
    if "CLNSIG" not in columns:
        fix = "Give ClinVar's own VCF (clinvar.vcf.gz of the genome build of the calls)"
        raise InputError("the ClinVar VCF declares no classification (INFO CLNSIG)", path=header.path, fix=fix)

    def read(identifier: str, info: Mapping[str, str], _: int, n_alleles: int) -> Facts | None:
        if n_alleles != 1:
            return None
        said = {info_name(name): encode(plain(info[name])) for name in columns if info.get(name, MISSING) != MISSING}
        return {ID_INFO: encode(identifier), **said}

    return read


def plain(value: str) -> str:
    """Return a value of ClinVar's VCF as words: spaces for ``_``, and ``; `` between what ``|`` parts.

    VEP writes ``&`` for both ``|`` and the comma; of ClinVar's own values, only a comma is followed by ``_``.
    """
    parts = value.replace("&_", ",_").replace("&", "|").split("|")
    return "; ".join(part.replace("_", " ").strip() for part in parts if part not in ("", MISSING))


_WRITTEN = frozenset((ID_INFO, *map(info_name, COLUMNS)))


def record_of(value: Callable[[str], str], identifier: str) -> ClinVarRecord | None:
    """Make the record of what a function returns for each of ClinVar's fields, ``None`` when all are empty."""
    said = {name: value(column) for column, name in COLUMNS.items()}
    if not identifier and not any(said.values()):
        return None
    return ClinVarRecord(variation_id=identifier, **said)


def written_record(info: Mapping[str, str], allele: int) -> ClinVarRecord | None:
    """Return the record that ``genomodel annotate`` wrote for an allele of a record."""
    if _WRITTEN.isdisjoint(info):
        return None

    def value(name: str) -> str:
        values = info.get(name, "").split(",")
        return decode(values[allele]) if allele < len(values) else ""

    return record_of(lambda column: value(info_name(column)), value(ID_INFO))


def _first(found: Sequence[Facts]) -> Facts:
    return found[0]


CLINVAR = Source(
    id="clinvar",
    title="ClinVar",
    fields=(
        InfoField(ID_INFO, "String", "Variation ID of ClinVar"),
        *(InfoField(info_name(name), "String", f"ClinVar: {_DESCRIPTIONS[name]}") for name in COLUMNS),
    ),
    make_reader=make_reader,
    join=_first,
)
