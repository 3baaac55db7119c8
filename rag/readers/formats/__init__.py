"""Readers of file formats, one in each module."""
