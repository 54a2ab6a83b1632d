"""The nouns: what may be done with each, by people, systems and the night.

Each folder holds its rules (pure), service (writes), queries (reads) and `.sql` files (sets).
"""
