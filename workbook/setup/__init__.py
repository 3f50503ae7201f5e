"""What `make setup` does, with nothing but the standard library: this runs before anything is installed."""
