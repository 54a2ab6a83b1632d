"""Customer contacts: who spoke or wrote with a customer, and about what."""
