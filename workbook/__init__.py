"""The machine behind the workbook: reads the lessons, builds their history, runs and checks them."""
