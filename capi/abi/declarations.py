# SPDX-License-Identifier: Apache-2.0
"""The functions that the public headers declare, for what is generated from them.

declarations.py stub INCLUDE        a C file that defines each with an empty body: its debug
                                    information is the interface and nothing of the inside
declarations.py null-calls INCLUDE  a C test that calls each with NULL and with absurd numbers
"""

import pathlib
import re
import sys

DECLARATION = re.compile(r"^OG_API ([^;(]*?)(og_[a-z0-9_]+)\(([^;]*?)\);", re.M)

# These take NULL as an empty thing: an error or a text that was not made, a decision over no limits.
TAKES_NULL = re.compile(r"og_(error|text|value|decision|status_text|version|limiter_acquire_all)")


def functions(include):
    for header in sorted(pathlib.Path(include, "outgrow").glob("*.h")):
        for result, name, parameters in DECLARATION.findall(header.read_text()):
            parameters = " ".join(parameters.split())
            yield result.strip(), name, [] if parameters == "void" else parameters.split(", ")


def stub(include):
    yield "#include <outgrow.h>"
    for result, name, parameters in functions(include):
        body = "" if result == "void" else "return 0;"
        yield f"{result} {name}({', '.join(parameters) or 'void'}) {{ {body} }}"


def null_calls(include):
    yield '#include <outgrow.h>\n#include <float.h>\n#include "tests/capi/check.h"\n'
    yield "static void call_all(int64_t whole, double real) {\n  (void)whole, (void)real;"
    for result, name, parameters in functions(include):
        arguments = []
        for parameter in parameters:
            if "*" in parameter or "[" in parameter:
                arguments.append("NULL")
            elif parameter.startswith("double"):
                arguments.append("real")
            else:
                arguments.append(f"({parameter.rsplit(' ', 1)[0]})whole")
        call = f"{name}({', '.join(arguments)})"
        refuses = "*" in "".join(parameters) and "*" not in result and result != "void"
        if refuses and not TAKES_NULL.match(name):
            yield f"  CHECK({call} < 0);"
        else:
            yield f"  (void){call};"
    yield "}\n\nint main(void) {"
    for whole in ("0", "1", "-1", "INT64_MAX", "INT64_MIN", "INT32_MAX"):
        yield f"  call_all({whole}, 0.0);"
    for real in ("DBL_MAX", "-DBL_MAX", "0.0 / zero", "1.0 / zero"):
        yield f"  {{ volatile double zero = 0; (void)zero; call_all(0, {real}); }}"
    yield "  return 0;\n}"


if __name__ == "__main__":
    make = {"stub": stub, "null-calls": null_calls}[sys.argv[1]]
    print("\n".join(make(sys.argv[2])))
