"""History: lessons in, git commits and tags out. It runs no command of a lesson, and makes the same SHAs everywhere."""
