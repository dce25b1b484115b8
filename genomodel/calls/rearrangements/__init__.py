"""Rearrangements: breakends of structural-variant callers and fusions of RNA callers as fusions of genes."""
