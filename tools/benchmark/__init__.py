"""The benchmark: what the course's recipes cost next to published ones.

recipes
    What is compared.
measure
    Trains them in turn: `make bench`.
report
    What came of it, as tables and a picture, and on its page: `make bench-readme`.
"""
