"""Reports: sums over what is owed and what is done about it, and the rows behind every figure."""
