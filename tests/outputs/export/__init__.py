"""What is exported is read back by OpenTimelineIO's timecodes, in every format."""

import pytest

pytest.importorskip("opentimelineio", reason="opentimelineio has no wheel for this Python")
