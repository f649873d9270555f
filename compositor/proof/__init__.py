"""The proof: finished editions are read back and compared with the document that was set."""
