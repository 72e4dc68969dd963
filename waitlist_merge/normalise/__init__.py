"""Canonical text to typed values, with the original kept where it was changed."""
