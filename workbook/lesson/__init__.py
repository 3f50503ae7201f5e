"""Lessons: the only source. Markdown in, files, diffs, commands, outputs and contracts out."""
