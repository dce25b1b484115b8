"""Personalized-oncology genomics: from a tumor's variants to a report for the molecular tumor board."""

__version__ = "0.1.0"
