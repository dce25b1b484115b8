"""Which signed reports lie beside those of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import TypeAdapter

from genomodel.core.findings import Finding
from genomodel.report.signing.chain import SIGNED, signed_folder, version_number


@dataclass(frozen=True, slots=True)
class SignedReport:
    """The newest signed version of a patient's report."""

    number: int
    date: str
    """ISO date of the signature, empty where the report does not tell."""
    link: str
    """Relative to the folder of the reports."""
    findings: tuple[tuple[str, str], ...] | None = None
    """Gene and tier of each finding, sorted; ``None`` where the report does not tell."""


def newest_signed(reports: Path, patient_id: str) -> SignedReport | None:
    """Return the newest signed report of a patient, ``None`` where there is none.

    Whether it is as it was signed is for ``genomodel verify-report``, which reads the whole chain.
    """
    folder = signed_folder(reports, patient_id)
    if not patient_id or Path(patient_id).name != patient_id or not folder.is_dir():
        return None
    numbers = [number for path in folder.iterdir() if (number := version_number(path)) is not None]
    for number in sorted(numbers, reverse=True):
        place = folder / f"v{number}"
        if (place / f"{patient_id}.json").is_file():
            raw = _content(place / f"{patient_id}.json")
            named = [f"{patient_id}.{kind}" for kind in ("html", "pdf", "json")]
            name = next(name for name in named if (place / name).is_file())
            link = "/".join(map(quote, (SIGNED, patient_id, place.name, name)))
            return SignedReport(number, _date(raw), link, _findings(raw))
    return None


def _content(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _date(raw: dict[str, Any]) -> str:
    signature = raw.get("signature")
    time = signature.get("time", "") if isinstance(signature, dict) else ""
    return time[:10] if isinstance(time, str) else ""


def _findings(raw: dict[str, Any]) -> tuple[tuple[str, str], ...] | None:
    try:
        found = TypeAdapter(tuple[Finding, ...]).validate_python(raw["interpretation"]["findings"])
    except (KeyError, TypeError, ValueError):
        return None
    return tuple(sorted((finding.gene, finding.tier or "") for finding in found))
