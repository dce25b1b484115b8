"""Write the committed JSON schemas again: ``python -m genomodel.report.schema``."""

from __future__ import annotations

from genomodel.files import write_text
from genomodel.report.schema import SCHEMAS, schema_path, schema_text

if __name__ == "__main__":
    for name in SCHEMAS:
        write_text(schema_path(name), schema_text(name))
        print(f"wrote {schema_path(name).name}")
