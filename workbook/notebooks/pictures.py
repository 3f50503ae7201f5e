"""The notebooks' pictures, small enough to be committed."""

import base64
import io

from nbformat import NotebookNode
from PIL import Image

COLOURS = 128
"""Enough for a plot with smooth letters; a quarter of the size that matplotlib's true colours take."""


def shrink(notebook: NotebookNode) -> None:
    """Give every picture of the outputs a palette in place of true colours."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = base64.b64encode(_with_palette(base64.b64decode(data["image/png"]))).decode()


def _with_palette(png: bytes) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    smaller = io.BytesIO()
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(smaller, "PNG", optimize=True)
    return smaller.getvalue()
