# SPDX-License-Identifier: Apache-2.0
"""Java's constants of the headers, and the enums that users see."""

import re

from description import INCLUDE
from java_names import MARK, SOURCES, javadoc, source

# By first constant: the enum's name, what its constants begin with, what it is.
ENUMS = {
    "OG_LIMITER_ALLOWED": (
        "RateLimiterStat",
        "OG_LIMITER_",
        "A number that a {@link RateLimiter} keeps.",
    ),
    "OG_BREAKER_CLOSED": ("BreakerState", "OG_BREAKER_", "The state of a {@link CircuitBreaker}."),
    "OG_CACHE_ENTRIES": ("CacheStat", "OG_CACHE_", "A number that a {@link Cache} keeps."),
    "OG_SOURCE_CACHE": (
        "ValueSource",
        "OG_SOURCE_",
        "Where a {@link CachedStore} found an answer.",
    ),
    "OG_CACHED_STORE_PENDING": (
        "CachedStoreStat",
        "OG_CACHED_STORE_",
        "A number that a {@link CachedStore} keeps.",
    ),
    "OG_QUERY_PENDING": (
        "QueryState",
        "OG_QUERY_",
        "How far a query of a {@link Gather} has come.",
    ),
    "OG_METRIC_CPU_UTILIZATION": (
        "ScaleMetric",
        "OG_METRIC_",
        "What an {@link AutoScaler} observes.",
    ),
    "OG_SCALE_DOWN": ("ScaleAction", "OG_SCALE_", "What an {@link AutoScaler} decided."),
    "OG_SCALE_STEADY": ("ScaleReason", "OG_SCALE_", "Why an {@link AutoScaler} decided so."),
    "OG_CONCURRENCY_ADMITTED": (
        "ConcurrencyStat",
        "OG_CONCURRENCY_",
        "A count of a {@link ConcurrencyLimiter}.",
    ),
    "OG_SCOPE_BYTES": ("ScopeStat", "OG_SCOPE_", "A number of a {@link Scope}."),
    "OG_SERVICE_IN_FLIGHT": (
        "ServiceStat",
        "OG_SERVICE_",
        "A number that a {@link Service} keeps.",
    ),
}

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
    for first, (name, prefix, what) in ENUMS.items():
        yield f"{SOURCES}/{name}.java", enum(name, what, prefix, description.enum(first))
    # Two outcomes are errors where Java needs the thing done, or names why a shard is not in.
    errors = [
        c
        for c in description.enum("OG_OK")
        if c.value <= -100 or c.name in ("OG_NONE", "OG_LAPSED", "OG_FULL")
    ]
    text = enum("ErrorCode", "What kind of error an {@link OutgrowException} is.", "OG_", errors)
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
    for enums in description.enums.values():
        lines += [f"  public static final int {c.name} = {c.value};" for e in enums for c in e]
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
        f"/** {what} */",
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
