"""The templates that come with Dunwell, for all brands; one that is loaded takes their place."""
