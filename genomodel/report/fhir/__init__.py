"""A report as a FHIR R4 (4.0.1) bundle after the HL7 Genomics Reporting guide, STU3 (3.0.0)."""
