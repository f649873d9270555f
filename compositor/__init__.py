"""Compositor: one Markdown manuscript, three editions that agree."""

__version__ = "0.1.0"
