"""`python -m workbook`: the same as the command `workbook`."""

from workbook.cli import main

if __name__ == "__main__":
    main()
