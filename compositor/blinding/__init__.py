"""Copies for referees: who wrote an article, the copy that does not say so, and the search for what still does."""
