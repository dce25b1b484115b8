"""From reads and raw calls to somatic decisions."""
