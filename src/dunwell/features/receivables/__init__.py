"""What customers owe: loading it, applying payments to it, measuring and ageing it."""
