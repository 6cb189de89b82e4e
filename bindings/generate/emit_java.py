# SPDX-License-Identifier: Apache-2.0
"""Java: the handles' classes over SWIG's native methods (built_java.py), the nouns' classes, enums and typed
builders."""

import java_class
import java_enums
import java_options
import java_raw


def emit(description):
    yield from java_raw.emit(description)
    yield from java_class.emit(description)
    yield from java_enums.emit(description)
    yield from java_options.emit(description)
