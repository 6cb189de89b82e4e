# SPDX-License-Identifier: Apache-2.0
"""Java's raw layer: a class a handle, whose methods are SWIG's natives with the handle held in use
for the call, so that no thread can destroy it under another."""

import re

from java_crossing import NOT_KEPT, gives_text, made, native
from java_layout import WIDTH, signature
from java_layout import statement as laid_out
from java_names import MARK, SOURCES, noun, raw, source
from wording import camel

HANDLE = re.compile(r"(?:const )?og_(\w+) \*+")

# Not SWIG's: each language has a check of its own, and an exception is what a store's functions reply.
NOT_CALLED = re.compile(
    r"og_(wait_check|wait_around|store_create_custom|store_reply_|(error|text|value)_)"
)
# Written by hand in raw: of a batch it depends on the answer whether it still exists.
BY_HAND = {
    "og_cached_store_batch_done",
    "og_cached_store_batch_done_at",
    "og_limiter_acquire_all",  # holds several in use
    "og_limiter_acquire_all_at",
}


class Method:
    """One native method, with the names and handles of the C function that it calls."""

    def __init__(self, native):
        self.function = native.function
        self.result = native.result
        self.arguments = [(type_, camel(name), c_type) for type_, name, c_type in native.arguments]
        self.made = made(self.function)
        self.text = self.function.result == "const char *" or gives_text(self.function)

    def owner(self, handles):
        """The handle whose class it belongs to, by its name, or None."""
        of = [handle for handle in handles if self.function.name.startswith(f"og_{handle}_")]
        return max(of, key=len, default=None)

    def emit(self, handle):
        own = bool(self.arguments) and handle_of(self.arguments[0]) == handle
        rest = self.arguments[1:] if own else self.arguments
        others = [
            (name, handle_of(argument))
            for argument in rest
            for name in [argument[1]]
            if handle_of(argument)
        ]
        parameters = [
            f"{raw(handle_of(a)) if handle_of(a) else 'String' if a[2] == 'const char *' else a[0]} {a[1]}"
            for a in rest
        ]
        passed = ["address"] if own and not others else ["self.address()"] if own else []
        for argument in rest:
            name = argument[1]
            passed.append(
                f"{name}Use.address()"
                if handle_of(argument)
                else f'Text.encode({name}, "{name}")'
                if argument[2] == "const char *"
                else name
            )
            if argument[2] == "const void *":
                passed.append(f"size({name})")
        call = f"OutgrowJNI.{self.function.name}({', '.join(passed)})"
        result = self.result
        if self.made:
            result, call = raw(self.made), f"{raw(self.made)}.wrap({call})"
        elif self.text:
            result, call = "String", f"Text.decode({call})"
        statement = call + ";" if result == "void" else f"return {call};"
        name = camel(re.sub(f"^og_{handle}_|^og_", "", self.function.name))
        head = signature("  ", f"public {'' if own else 'static '}{result} {name}", parameters)
        if others or not own:
            uses = (["Use self = Use.of(this)"] if own else []) + [
                f"Use {other}Use = Use.of({other})" for other, _ in others
            ]
            if not uses:
                return [*head, *laid_out("    ", statement), "  }", ""]
            lines = [*head, *resources(uses), *laid_out("      ", statement)]
            return [*lines, "    }", "  }", ""]
        return [
            *head,
            "    int used = use();",
            "    try {",
            *laid_out("      ", statement),
            "    } finally {",
            "      unuse(used);",
            "    }",
            "  }",
            "",
        ]


def resources(uses):
    one = f"    try ({'; '.join(uses)}) {{"
    if len(one) <= WIDTH:
        return [one]
    first, *rest = uses
    lines = [f"    try ({first}", *(f"        {use}" for use in rest)]
    return [f"{line};" for line in lines[:-1]] + [f"{lines[-1]}) {{"]


def handle_of(argument):
    match = HANDLE.fullmatch(argument[2])
    return match[1] if match and match[1] not in NOT_KEPT else None


def emit(description):
    methods = [Method(native(f)) for f in description.functions if not NOT_CALLED.match(f.name)]
    handles = sorted({handle_of(a) for m in methods for a in m.arguments if handle_of(a)})
    for handle in handles:
        lines = [
            "// SPDX-License-Identifier: Apache-2.0",
            f"// {MARK.format('the C headers')}",
            "package io.github.outgrow.raw;",
            "",
            f"/** og_{handle}: its functions, with the handle held in use for the call. */",
            f"public final class {raw(handle)} extends Handle {{",
            f"  private {raw(handle)}(long address) {{",
            f'    super(address, "{noun(handle)}");',
            "  }",
            "",
            f"  static {raw(handle)} wrap(long address) {{",
            f"    return address == 0 ? null : new {raw(handle)}(address);",
            "  }",
            "",
            "  @Override",
            "  void destroy(long address) {",
            f"    OutgrowJNI.og_{handle}_destroy(address);",
            "  }",
            "",
        ]
        for method in methods:
            name = method.function.name
            if (
                method.owner(handles) == handle
                and name != f"og_{handle}_destroy"
                and name not in BY_HAND
            ):
                lines += method.emit(handle)
        lines[-1] = "}"
        yield f"{SOURCES}/raw/{raw(handle)}.java", source(*lines)
