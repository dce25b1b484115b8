"""Exports of interpretations: each one module and one row of the registry."""
