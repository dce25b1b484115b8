"""Write the committed JSON schema again: ``python -m genomodel.report.schema``."""

from __future__ import annotations

from genomodel.files import write_text
from genomodel.report.schema import SCHEMA_PATH, schema_text

if __name__ == "__main__":
    write_text(SCHEMA_PATH, schema_text())
    print(f"wrote {SCHEMA_PATH.name}")
