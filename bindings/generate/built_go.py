# SPDX-License-Identifier: Apache-2.0
"""Go's raw layer by SWIG, and the library as one header and one source."""

import go_amalgam
import swig

HEAD = "// Code generated from bindings/swig/go.i. DO NOT EDIT.\n\n"


def emit():
    yield "outgrow.h", go_amalgam.header()
    yield "outgrow.cpp", go_amalgam.source()
    # SWIGWORDSIZE64: int64_t is a long, as Linux has it.
    for name, text in swig.wrap(
        "-go",
        "-cgo",
        "-intgosize",
        "64",
        "-package",
        "raw",
        "-DSWIGWORDSIZE64",
        wrapper="outgrow_wrap.c",
    ).items():
        yield name, HEAD + text
