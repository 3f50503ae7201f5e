"""`workbook doctor`: what is wrong with a machine or a project, why it matters, and the command that mends it."""
