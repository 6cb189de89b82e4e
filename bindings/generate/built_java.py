# SPDX-License-Identifier: Apache-2.0
"""Java's native methods by SWIG, and their C; the nouns' classes."""

import java_class
import java_crossing
from description import INCLUDE, Function, functions
from java_names import waits
from swig import wrap

HEAD = "Generated from bindings/swig/java.i. Not edited by hand."


def emit():
    files = natives()
    yield (
        "outgrow_wrap.c",
        f"/* SPDX-License-Identifier: Apache-2.0 */\n/* {HEAD} */\n" + files["outgrow_wrap.c"],
    )
    yield (
        "java/io/github/outgrow/raw/OutgrowJNI.java",
        f"// SPDX-License-Identifier: Apache-2.0\n// {HEAD}\n" + files["OutgrowJNI.java"],
    )
    for name, text in java_class.emit():
        yield f"java/{name}", text


def natives():
    declared = [
        Function(name, result, tuple(parameters)) for result, name, parameters in functions(INCLUDE)
    ]
    lines = java_crossing.directives(declared, waits())
    # SWIGWORDSIZE64: int64_t is long, as on every 64-bit Linux.
    return wrap(
        "-java",
        "-module",
        "Outgrow",
        "-package",
        "io.github.outgrow.raw",
        "-DSWIGWORDSIZE64",
        wrapper="outgrow_wrap.c",
        included={"functions.i": "\n".join(lines) + "\n"},
    )
