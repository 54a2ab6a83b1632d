"""The customer's page: an account as customer care sees it, and what they do for it there."""
