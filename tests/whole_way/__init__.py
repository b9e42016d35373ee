"""The product as its users run it: real processes, a real terminal, the rehearsed world."""
