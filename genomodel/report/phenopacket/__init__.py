"""A report as a GA4GH Phenopacket of schema version 2.0, for research databases."""
