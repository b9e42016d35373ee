"""What a server does with its own kinds beyond any schema: defaults, addresses, admission, rules, immutable fields.

Pure functions on objects; `admission` and `addresses` read other stored objects as well. For the store, its rules and
its checks; imports kinds, errors and words, never the store.
"""
