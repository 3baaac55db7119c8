"""Gold sets, metrics and runs: how well questions find their answers."""
