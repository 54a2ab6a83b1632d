"""Where a company's own decisions plug in: hook specifications, the loader, the default policies."""
