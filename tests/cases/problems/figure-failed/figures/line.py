"""Draws a line."""

open("data/absent.csv").close()
