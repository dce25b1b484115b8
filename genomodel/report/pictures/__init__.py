"""Pictures of a report, as inline SVG."""
