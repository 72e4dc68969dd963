"""One combined elective waiting list from several organisations' own extracts."""
