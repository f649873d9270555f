"""The editions: each module prints one from the set document. The table below is all there is."""
