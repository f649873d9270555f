"""The process that a build runs in: its limits, the work beside it, its cache and its output folder."""
