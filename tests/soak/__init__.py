"""Mixed load on a real server for as long as is wanted: ``python -m tests.soak --minutes 20``.

Each run adds its minutes to the same file, and goes on with the home of the run before.
"""
