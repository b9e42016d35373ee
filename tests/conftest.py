"""What holds for every test: the day by which the support of a Kubernetes version is judged."""

from __future__ import annotations

import os
from datetime import UTC, datetime

# Processes that tests start inherit it: what they print is the same on any day.
os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()))
