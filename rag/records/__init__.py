"""Plain data of one collection that never leaves the process."""
