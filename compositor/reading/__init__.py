"""Reading: the author's files in, a validated Manuscript out."""
