"""One script of requests, asked of the rehearsal API and (where there is one) of a real API server."""
