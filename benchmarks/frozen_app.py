"""The template as it is, with a garbage collector that leaves alone what is there after the imports."""

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "template_app"))

from app.main import app

__all__ = ["app"]

gc.collect()
gc.freeze()
gc.set_threshold(50_000, 50, 50)  # young objects, rounds of the young, rounds of the middle-aged
