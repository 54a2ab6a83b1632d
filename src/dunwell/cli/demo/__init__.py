"""`dunwell demo`: a small telecom, made up from a seed, and 120 nights of its collections.

`customers.py` and `billing.py` make the data, `files.py` writes them as the CSV files that
`dunwell load` takes, `command.py` runs the show.
"""
