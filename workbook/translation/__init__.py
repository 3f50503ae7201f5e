"""English and Korean in step: which pages there are, how they may differ, and which section is stale."""
