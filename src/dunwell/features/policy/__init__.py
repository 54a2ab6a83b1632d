"""The company's policy: what the file says, checked, compared, applied and written back."""
