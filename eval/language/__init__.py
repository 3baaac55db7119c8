"""Measuring how well languages of texts are identified, by Tamngu and by other detectors."""
