"""Figures of one question or of many."""
