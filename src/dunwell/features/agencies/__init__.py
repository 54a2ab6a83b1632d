"""Agencies: telling collections agencies what is referred to them and what is recalled."""
