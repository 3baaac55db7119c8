"""Reports on runs: figures, comparisons of two runs, pages."""
