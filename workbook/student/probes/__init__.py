"""Programs that run in the student's project's own Python. They import nothing of the workbook but each other."""
