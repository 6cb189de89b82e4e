# SPDX-License-Identifier: Apache-2.0
"""Java's constants of the headers, and the enums that users see."""

import re

from description import INCLUDE
from java_names import MARK, SOURCES, enums, javadoc, source

NUMBER_OF = "  static ErrorCode of("
NUMBER = """  /**
   * Its number, the same in every language.
   *
   * @return a negative number
   */
  public int number() {
    return code;
  }

"""


def emit(description):
    yield f"{SOURCES}/raw/Constants.java", constants(description)
    for of in enums().values():
        if of.first != "OG_OK" and not of.by_hand("java"):
            name = of.name_in("java")
            values = description.enum(of.first)
            yield f"{SOURCES}/{name}.java", enum(name, of.doc, of.prefix, values)
    # Two outcomes are errors where Java needs the thing done, or names why a shard is not in.
    errors = [
        c
        for c in description.enum("OG_OK")
        if c.value <= -100 or c.name in ("OG_NONE", "OG_LAPSED", "OG_FULL")
    ]
    text = enum("ErrorCode", "What kind of error an OutgrowException is.", "OG_", errors)
    yield f"{SOURCES}/ErrorCode.java", text.replace(NUMBER_OF, NUMBER + NUMBER_OF)


def constants(description):
    lines = [
        "// SPDX-License-Identifier: Apache-2.0",
        f"// {MARK.format('the C headers')}",
        "package io.github.outgrow.raw;",
        "",
        "/** The numbers of the C headers, under their names. */",
        "public final class Constants {",
    ]
    for of_header in description.enums.values():
        lines += [f"  public static final int {c.name} = {c.value};" for e in of_header for c in e]
    for header in sorted((INCLUDE / "outgrow").glob("*.h")):
        for name, value in re.findall(
            r"^#define (OG_\w+) INT64_C\((-?\d+)\)", header.read_text(), re.M
        ):
            lines.append(f"  public static final long {name} = {value};")
    return source(
        *lines,
        "  public static final long OG_NEVER = Long.MAX_VALUE;",
        f'  public static final String OG_VERSION = "{description.version}";',
        "",
        "  private Constants() {}",
        "}",
    )


def enum(name, what, prefix, values):
    lines = [
        "// SPDX-License-Identifier: Apache-2.0",
        f"// {MARK.format('the C headers')}",
        "package io.github.outgrow;",
        "",
        f"/** {javadoc(what)} */",
        f"public enum {name} {{",
    ]
    for i, constant in enumerate(values):
        word = constant.name.removeprefix(prefix)
        doc = javadoc(constant.doc or word.lower().replace("_", " "))
        doc = doc[0].upper() + doc[1:] + ("" if doc.endswith(".") else ".")
        lines += [
            f"  /** {doc} */",
            f"  {word}({constant.value}){',' if i < len(values) - 1 else ';'}",
        ]
    lines += [
        "",
        "  final int code;",
        "",
        f"  {name}(int code) {{",
        "    this.code = code;",
        "  }",
        "",
        f"  static {name} of(int code) {{",
        f"    for ({name} value : values()) {{",
        "      if (value.code == code) return value;",
        "    }",
        f'    throw new IllegalArgumentException("no {name} has the number " + code);',
        "  }",
        "}",
    ]
    return source(*lines)
