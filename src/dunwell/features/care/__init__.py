"""What people in customer care see of an account and do for it."""
