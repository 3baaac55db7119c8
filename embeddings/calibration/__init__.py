"""Calibration of a model: what makes vectors of different languages comparable."""
