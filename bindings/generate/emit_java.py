# SPDX-License-Identifier: Apache-2.0
"""Java: the handles' classes over SWIG's native methods, enums and typed builders. Each build makes those methods
and the nouns' classes (built_java.py)."""

import java_enums
import java_options
import java_raw


def emit(description):
    yield from java_raw.emit(description)
    yield from java_enums.emit(description)
    yield from java_options.emit(description)
