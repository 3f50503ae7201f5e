"""Sentences on a screen of 80 columns, in which a Korean letter takes two."""

from rich.cells import cell_len

COLUMNS = 80


def fold(sentence: str, indent: int = 0, hanging: int = 0) -> str:
    """Break each line of a sentence between words; a word that is longer than the screen (a path) stays whole.

    Args:
        indent: spaces before every line.
        hanging: further spaces before every line but the first.
    """
    folded = []
    for line in sentence.split("\n"):
        current = " " * indent
        for number, word in enumerate(line.split(" ")):
            longer = f"{current} {word}" if number else f"{current}{word}"
            if cell_len(longer) > COLUMNS and current.strip():
                folded.append(current.rstrip())
                longer = " " * (indent + hanging) + word
            current = longer
        folded.append(current.rstrip())
    return "\n".join(folded)
