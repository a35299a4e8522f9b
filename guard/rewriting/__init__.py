"""Rewriting a draft toward a step that may really be taken, and the check that nothing was invented."""
