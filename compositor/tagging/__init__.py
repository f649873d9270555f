"""Tagging: the set XHTML in, elements of JATS (Journal Publishing tag set, NISO Z39.96-2021, version 1.3) out."""
