"""WordprocessingML: the XHTML that every edition is printed from in, what Word calls paragraphs, runs, fields and notes out."""
