"""A fuzzer of what Tamngu reads: changed documents, settings and requests, and what must hold.

``python -m tests.fuzz --minutes 10`` runs it; ``tests/fuzz/test_short.py`` is its short form.
"""
