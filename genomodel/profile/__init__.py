"""The one function that turns a tumor, or a cell line, into model features."""
