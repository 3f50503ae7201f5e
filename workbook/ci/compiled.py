"""Put bytecode beside the packages that a job has installed, where the person's project has compiled the same ones.

A job's environment is new, and Python would compile every package anew: most of the time of its first steps. Bytecode
names the size and second of its source, so what does not fit is compiled as ever.
"""

import sys
from pathlib import Path

from workbook.runner import bytecode


def main(stores: list[str]) -> None:
    """Do it for the environment in the current directory.

    Args:
        stores: folders like `site-packages` that hold bytecode; of one that is not there, nothing is said.
    """
    for store in map(Path, stores):
        if store.is_dir():
            bytecode.seed(Path.cwd(), store)


if __name__ == "__main__":
    main(sys.argv[1:])
