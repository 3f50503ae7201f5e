"""The runner: replays a lesson in a scratch project on a real MySQL and compares what happens with what it shows."""
