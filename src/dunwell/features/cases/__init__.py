"""A bill unit's stay in collections: what the night examines, who leaves, enters or is replaced,
how dates move, and what people do by hand.
"""
