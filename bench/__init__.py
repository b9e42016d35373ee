"""Measurements: each goal is the ratio of two commands that run in turn on the same machine.

What lives here: how a ratio is measured, and the goals by id. What may not: anything the product
imports. Who may import it: `make bench` and the tests.
"""
