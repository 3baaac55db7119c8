"""Imports and evaluations that go on after their request, and survive a crash."""
