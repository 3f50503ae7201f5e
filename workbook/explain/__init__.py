"""`workbook explain`: from the error on the screen to the page of the clinic that knows it."""
