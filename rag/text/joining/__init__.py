"""Text that was broken where it has no end: lines wrapped at some width, letters set apart."""
