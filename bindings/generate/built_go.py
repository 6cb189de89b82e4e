# SPDX-License-Identifier: Apache-2.0
"""Go's raw layer, and the library as one header and one source."""

import go_amalgam
import go_raw


def emit():
    yield "outgrow.h", go_amalgam.header()
    yield "outgrow.cpp", go_amalgam.source()
    yield from go_raw.emit()
