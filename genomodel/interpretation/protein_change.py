"""The reading of protein changes, under the name by which this room has known it."""

from genomodel.annotation.protein_change import ProteinChange, parse_protein_change

__all__ = ["ProteinChange", "parse_protein_change"]
