"""Tasks: what agents have to do, and how much each of them has."""
