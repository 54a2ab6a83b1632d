"""What we have in TM Forum's shapes, and the notifications of their Open APIs."""
