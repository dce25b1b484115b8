"""What changed between two reports of one patient."""

from genomodel.report.changes.change import Change
from genomodel.report.changes.compare import changes

__all__ = ["Change", "changes"]
