"""The student's companion: where you are, start, check, hint, diff, solution."""
