"""The harnesses of `pypot assure`, a module each with a constant `HARNESS`, and their tests.

A harness is tried quickly by a test beside it (`test_NAME.py`), which also shows that it fails on a
build that was broken on purpose: those tests are its `controls`.
"""
