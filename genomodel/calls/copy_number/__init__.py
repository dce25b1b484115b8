"""Copy number: CNVkit as engine, genes called from its bins, and the tables that people give."""

from genomodel.calls.copy_number.foreign import purity_beside
from genomodel.calls.copy_number.foreign_genes import Context
from genomodel.calls.copy_number.tables import read_copy_number, reason_not_assessed, table_of
from genomodel.calls.regions import read_region_depths

__all__ = ["Context", "purity_beside", "read_copy_number", "read_region_depths", "reason_not_assessed", "table_of"]
