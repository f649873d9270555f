"""Pages of the PDF: how they are filled, looked at and mended."""
