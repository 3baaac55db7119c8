"""Imports and evaluations that go on after their request was answered, and survive a crash."""
