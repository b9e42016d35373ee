"""`python clusterctl_that_moves.py REAL SIMULATED... -- ARGUMENTS`: which of the two by the command.

The real one moves; the simulated one does everything else.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    own, arguments = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    chosen = own[:1] if arguments[:1] == ["move"] else own[1:]
    os.execv(chosen[0], [*chosen, *arguments])
