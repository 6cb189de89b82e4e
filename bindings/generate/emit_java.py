# SPDX-License-Identifier: Apache-2.0
"""Java: SWIG's native methods and their C, the handles' classes, enums and typed builders."""

import java_enums
import java_options
import java_raw
from java_names import MARK, SOURCES
from swig import wrap

NATIVES = "bindings/java/src/main/native"


def emit(description):
    # SWIGWORDSIZE64: int64_t is long, as on every 64-bit Linux.
    swig = wrap("-java", "-module", "Outgrow", "-package", "io.github.outgrow.raw", "-DSWIGWORDSIZE64",
                wrapper="outgrow_wrap.c")
    mark = MARK.format("the C headers")
    yield f"{NATIVES}/outgrow_wrap.c", f"/* SPDX-License-Identifier: Apache-2.0 */\n/* {mark} */\n" + swig["outgrow_wrap.c"]
    natives = swig["OutgrowJNI.java"]
    yield f"{SOURCES}/raw/OutgrowJNI.java", f"// SPDX-License-Identifier: Apache-2.0\n// {mark}\n{natives}"
    yield from java_raw.emit(description, natives)
    yield from java_enums.emit(description)
    yield from java_options.emit(description)
