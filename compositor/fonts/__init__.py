"""Fonts: ours and the author's, cut and completed for what is set in them."""
