"""TM Forum's shapes on the edge: the same services and walls, in the words of the Open APIs.

One file for each API; `shapes` holds what TMF630, their design guidelines, say for all of them.
"""
