"""The night: the order of its steps, slices, workers, resumption and report."""
