"""Rows of the sheets from a FHIR bundle, with all that could not be mapped."""
