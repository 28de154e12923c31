"""Units, posts, people and organs from an Excel workbook: read, planned, shown, then written."""
