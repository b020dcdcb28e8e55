"""How articles open: the first passage of each, the last to come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from stacks import WordEmbedder  # noqa: F401
