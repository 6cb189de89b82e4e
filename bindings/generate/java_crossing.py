# SPDX-License-Identifier: Apache-2.0
"""How each C function crosses to Java. bindings/swig/java.i has how each shape of parameters crosses; here is
which function has which shape, for SWIG's run (`directives`) and for the raw layer over it (`native`)."""

import re
from dataclasses import dataclass

# Handles that do not outlive the call that made them.
NOT_KEPT = {"error", "text", "value", "status"}
NUMBERS = {"int32_t": "int", "og_status": "int", "int64_t": "long", "double": "double"}
# As java.i has them: what is said beside a value, or in several numbers.
BESIDE_A_VALUE = {"int64_t *outcomes", "int64_t *wait_ns", "int32_t *source"}
SAID = ("int64_t *limit", "int64_t *remaining", "int64_t *reset_after_ns")
SAID_ALL = (*SAID, "int64_t *next_after_ns")
SAID_SLOT = ("int64_t *after_ns", "int64_t *number")


@dataclass(frozen=True)
class Native:
    function: object  # description.Function
    result: str  # "long"
    arguments: tuple  # of ("byte[]", "key", "const void *")


def made(function):
    """The handle that it makes, or None: "limiter"."""
    found = [re.fullmatch(r"og_(\w+) \*\*out", p) for p in function.parameters]
    return next((m[1] for m in found if m and m[1] not in NOT_KEPT), None)


def gives_text(function):
    return "og_text **out" in function.parameters


def value(function):
    """Where its og_value ** stands, or None."""
    found = [i for i, p in enumerate(function.parameters) if re.match(r"og_value \*\*", p)]
    return found[0] if found else None


def native(function):
    result, arguments, at = NUMBERS.get(function.result, function.result), [], 0
    parameters = function.parameters
    if made(function):
        result = "long"
    if gives_text(function) or function.result == "const char *" or "void *out" in parameters:
        capacity = "int64_t out_capacity" in parameters
        result = NUMBERS[function.result] if capacity else "byte[]"
    if value(function) is not None:
        result = "byte[][]" if "int64_t *outcomes" in parameters else "byte[]"
    while at < len(parameters):
        java, taken = _argument(parameters, at)
        if java:
            c_type, name = re.match(r"(.*?)(\w+)$", parameters[at]).groups()
            arguments.append((java, name, c_type.strip()))
        at += taken
    return Native(function, result, tuple(arguments))


def _argument(parameters, at):
    """Its type in Java, None when it is not passed; and how many parameters of C it is."""
    here, *after = parameters[at:]
    following = after[0] if after else ""
    type_ = re.sub(r"\w+$", "", here).strip()
    if type_ == "og_error **" or here == "og_text **out":
        return None, 1
    if type_ == "og_value **":
        return "long[]", 2 if following in BESIDE_A_VALUE else 1
    if re.fullmatch(r"og_\w+ \*\*out", here):
        return None, 1
    if tuple(parameters[at : at + 4]) == SAID_ALL:
        return "long[]", 4
    if tuple(parameters[at : at + 3]) == SAID:
        return "long[]", 3
    if tuple(parameters[at : at + 2]) == SAID_SLOT:
        return "long[]", 2
    if type_ == "const void **":
        return "byte[][]", 4
    if type_ == "const char **":
        return "byte[][]", 1
    if type_ == "void *":
        return ("byte[]", 2) if following == "int64_t out_capacity" else (None, 1)
    if type_ in ("const void *", "const void *const *"):
        return "byte[]", 2
    if type_ == "const char *":
        return "byte[]", 1
    if type_ in NUMBERS:
        return NUMBERS[type_], 1
    if re.fullmatch(r"og_\w+ \*const \*", type_):  # handles
        return "long[]", 1
    number = re.fullmatch(r"(?:const )?(\w+) \*", type_)
    if number and number[1] in NUMBERS:
        return NUMBERS[number[1]] + "[]", 1
    return "long", 1  # a handle


def directives(functions, waits):
    """What java.i asks for each function. `waits`: the names of those that an interrupt ends."""
    lines = []
    for function in functions:
        if made(function):
            lines.append(f"OG_MAKES({function.result} {function.name})")
        if gives_text(function):
            lines.append(f"OG_GIVES_TEXT({function.name})")
        if value(function) is not None:
            many = "S" if "int64_t *outcomes" in function.parameters else ""
            lines.append(f"OG_GIVES_VALUE{many}({function.name})")
        if function.name in waits:
            lines.append(f"OG_WAITS({function.name})")
    return [*lines, *_same_shape(functions)]


def _same_shape(functions):
    """Parameters that cross as those named in java.i do."""
    shapes = {
        ("const void *key", "int64_t key_len"): r"const void \*\w+; int64_t \w+_len",
        ("const void *const *keys", "const int64_t *key_lens"): (
            r"const void \*const \*\w+; const int64_t \*\w+_lens"
        ),
        ("const void **key", "int64_t *key_len", "const void **value", "int64_t *value_len"): (
            r"const void \*\*\w+; int64_t \*\w+_len; const void \*\*\w+; int64_t \*\w+_len"
        ),
    }
    for known, shape in shapes.items():
        others = {
            there
            for function in functions
            for at in range(len(function.parameters))
            for there in [tuple(function.parameters[at : at + len(known)])]
            if re.fullmatch(shape, "; ".join(there))
        }
        for other in sorted(others - {known}):
            yield f"%apply ({', '.join(known)}) {{ ({', '.join(other)}) }}"
