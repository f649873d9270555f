"""Setting: a Manuscript in, the one tree that every edition is printed from out."""
