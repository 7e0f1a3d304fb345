"""Playing experiments: the runner and its executors, when to stop, merging, reproducing, comparing."""
