"""What the API and the pages share: transactions, who asks, what goes wrong, what is watched.

Neither surface knows the other; both stand on this, and `dunwell.server` puts them together.
"""
