"""Gold sets, metrics and runs: how well questions find their answers. Uses rag's public face."""
