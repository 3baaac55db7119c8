"""Writes that are safe to send again."""
