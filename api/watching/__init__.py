"""Feeds that are polled, and saved questions that new articles are looked through for."""
