"""What reviewers decide about a patient's findings: their table, and how it is applied to a report."""
