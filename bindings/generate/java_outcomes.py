# SPDX-License-Identifier: Apache-2.0
"""What became of a call, as an enum of its outcomes; the fact java_enum of a function names it."""

from java_layout import comment
from java_names import call_name


def named(functions):
    """Each enum once: its name, and the first function that answers with it."""
    found = {}
    for function in functions:
        if function.facts.get("java_enum"):
            found.setdefault(function.facts["java_enum"], function)
    return found


def lines(name, function, when, indent):
    """`when(outcome)` says when it is the answer."""
    outcomes = ["OG_OK", *function.facts["outcomes"]]
    body = []
    for outcome in outcomes:
        said = when(outcome)
        body += comment("  ", [f"{said[0].upper()}{said[1:]}."])
        body.append(f"  {outcome[3:]}{';' if outcome is outcomes[-1] else ','}")
    body += ["", f"  static {name} of(int status) {{"]
    for outcome in outcomes[:-1]:
        body.append(f"    if (status == Constants.{outcome}) return {outcome[3:]};")
    body += [f"    return {outcomes[-1][3:]};", "  }"]
    said = comment("", [f"What {{@link #{call_name(function)}}} answers."])
    declared = [*said, f"public enum {name} {{", *body, "}"]
    return [*(indent + line if line else "" for line in declared), ""]
