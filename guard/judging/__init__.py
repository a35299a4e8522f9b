"""Judges: from a case to what is to be seen in it."""
