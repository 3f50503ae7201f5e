"""A real MySQL, always: one rung a module (given, docker, local), and the ladder over them."""
