"""Made-up reports that a bundle is tried on, beside those of all forms."""

from __future__ import annotations

from collections.abc import Callable

from genomodel.core.laboratory import Laboratory, Person
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.rearrangements import (
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementKind,
    Support,
)
from genomodel.core.report import PatientReport
from genomodel.core.review import ReportVersion, Signature
from genomodel.core.specimens import Accession, Library, Preservation, Specimen
from genomodel.core.variants import Variant
from tests.report import reports
from tests.report.told import told_report

PERSON = Person(id="ada", name="Ada Example", role="molecular pathologist", licence="L-17", may_sign=True)


def laboratory_report() -> PatientReport:
    """Return a signed report with all that sheet and laboratory file can say."""
    base = told_report()
    patient = base.patient.model_copy(
        update={
            "second_id": "H-0815",
            "requester": "Dr. Requester",
            "diagnosis": "Melanoma of the skin",
            "tumor_specimen": Specimen(library=Library.CAPTURE, preservation=Preservation.FFPE),
            "tumor_accession": Accession(
                specimen="S26-1",
                block="A1",
                site="skin",
                collected="2026-10-01",
                received="2026-10-02",
                cellularity=0.7,
            ),
        }
    )
    lab = Laboratory(
        name="Example laboratory",
        address="1 Example Street",
        contact="lab@example.org",
        accreditation="ISO 15189 X-1",
        director="Dr. Director",
        identifier_system="https://example.org/patients",
    )
    signature = Signature(person=PERSON, time="2026-11-02T10:11:12+01:00")
    return base.model_copy(
        update={
            "patient": patient,
            "laboratory": lab,
            "status": "final",
            "signature": signature,
            "version": ReportVersion(number=1),
            "reported_on": "2026-11-02",
        }
    )


def amended_report() -> PatientReport:
    """Return the same in its second version."""
    version = ReportVersion(number=2, reason="a new statement", predecessor_sha256="0" * 64)
    return laboratory_report().model_copy(update={"version": version})


def failed_report() -> PatientReport:
    """Return a report of a sample that failed, which nothing may call final."""
    return reports.typical_report().model_copy(update={"status": "failed", "failures": ("quality: depth 12",)})


def events_report(*, confirmed: bool = True) -> PatientReport:
    """Return a report with a fusion, copy number, a long allele and a high instability."""
    fused = Rearrangement(
        kind=RearrangementKind.FUSION,
        five=JoinedGene(gene="EML4", chrom="chr2", pos=42_295_516),
        three=JoinedGene(gene="ALK", chrom="chr2", pos=29_223_528),
        frame=Frame.IN_FRAME,
        support=(Support(material=Material.DNA, program="delly", split_reads=9),),
        confirmed=confirmed,
        unconfirmed_reason="" if confirmed else "no matched normal",
    )
    fusion = reports.finding(1, "ALK", (reports.match("ALK"),)).model_copy(
        update={"id": "P1:EML4::ALK_fusion", "label": "EML4::ALK fusion", "variant": None, "rearrangement": fused}
    )
    unstable = reports.finding(2, "MSI", (reports.match("MSI", therapy="Drugmsi"),)).model_copy(
        update={"id": "P1:msi_high", "label": "microsatellite instability, high", "variant": None, "support": "31 %"}
    )
    long = reports.variant(3, "EGFR", "E746_A750del")
    long = long.model_copy(update={"variant": Variant(chrom="chrX", pos=55, ref="A" * 213, alt="G" * 200)})
    crowded = reports.crowded_report().interpretation.findings
    base = reports.report(
        (fusion, unstable, crowded[-1], reports.finding(3, "EGFR").model_copy(update={"id": "P1:3", "variant": long}))
    )
    msi = MicrosatelliteAssay(method="counted", status=InstabilityClass.HIGH, score=0.31)
    return base.model_copy(update={"assays": base.assays.model_copy(update={"msi": msi})})


MADE: dict[str, Callable[[], PatientReport]] = {
    **{name: made for name, made in reports.ALL.items() if name != "crowded"},
    "told": told_report,
    "told-hostile": lambda: told_report(f"{reports.HOSTILE}\x00\x1b\u202e"),
    "laboratory": laboratory_report,
    "amended": amended_report,
    "failed": failed_report,
    "events": events_report,
}
