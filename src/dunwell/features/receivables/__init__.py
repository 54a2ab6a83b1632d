"""What customers owe: loading it, posting credits to open items, measuring what is overdue."""
