"""Looking at the real world before anything is made in it.

What lives here: the runner that orders checks, times them out and skips what cannot be known, the seam to a
helper process, and what every provider's checks ask this computer: its ports, routes and tools. What may not:
any provider's own checks (they live in its folder), anything that writes. Who may import it: the providers, the
install engine, the wizard and the doors.
"""
