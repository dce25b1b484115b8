"""Releasing a report: what keeps it from being signed, its final version, and the chain of a patient's versions."""
