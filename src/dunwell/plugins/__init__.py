"""Where a company's own decisions plug in: hooks, loader, default policies."""
