"""From interpretation and prediction to JSON, HTML and PDF."""
