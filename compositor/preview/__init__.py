"""The preview that ``watch`` shows: editions in, a page on this machine that follows them out."""
