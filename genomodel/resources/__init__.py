"""What is known before any patient: shipped tables and the registry of outside data."""
