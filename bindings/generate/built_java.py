# SPDX-License-Identifier: Apache-2.0
"""Java's native methods by SWIG, and their C."""

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


def natives():
    # SWIGWORDSIZE64: int64_t is long, as on every 64-bit Linux.
    return wrap(
        "-java",
        "-module",
        "Outgrow",
        "-package",
        "io.github.outgrow.raw",
        "-DSWIGWORDSIZE64",
        wrapper="outgrow_wrap.c",
    )
