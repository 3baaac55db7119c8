"""Reading runs: means, differences, pages."""
