"""The template as the lessons build it, and a project made from it."""

from tests.new.conftest import template

__all__ = ["template"]
