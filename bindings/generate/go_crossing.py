# SPDX-License-Identifier: Apache-2.0
"""How an argument of the C interface crosses to Go: what stands for it in a C function that cgo calls, and in the Go
function around that.

    handles          uintptr
    ranges of bytes  string, whose pointer and length cross without a copy; one that is copied out is a []byte
    many ranges      []string, gathered into one range: Go's memory that points to Go's memory may not cross
    texts            string, copied with a NUL behind it
    arrays           a slice, with its count where C has it; what C fills is a slice of the caller's
    other outs       results: an out parameter in Go would be a heap allocation a call"""

import re
from dataclasses import dataclass

from wording import camel

NUMBERS = {"int32_t": "int32", "og_status": "int32", "int64_t": "int64", "double": "float64"}


@dataclass(frozen=True)
class Crossing:
    c_parameters: tuple[str, ...] = ()  # "const char *key", "int64_t key_len"
    c_passed: tuple[str, ...] = ()  # to the C interface
    fields: tuple[str, ...] = ()  # of the struct that is returned, where it is an out
    go_parameters: tuple[tuple[str, str], ...] = ()  # name, type
    go_passed: tuple[str, ...] = ()
    go_results: tuple[tuple[str, str, str], ...] = ()  # name, type, made from the struct `a`
    points: bool = False  # to Go's memory
    gathered: str = ""  # the name, of many ranges
    value: str = ""  # the name, of a value


def crossings(function):
    """Of each parameter of a function of nouns.py."""
    parameters, made, skip = function.parameters, [], 0
    fills = function.name.endswith(("_many", "_many_at"))
    for at, parameter in enumerate(parameters):
        following = parameters[at + 1] if at + 1 < len(parameters) else None
        if skip:
            skip -= 1
            continue
        crossing, skip = _crossing(function, parameter, following, fills)
        made.append(crossing)
    return made


def _crossing(function, p, following, fills):
    """And how many of the parameters after it belong to it."""
    type_, name, go = p.c_types[0], p.name, go_name(p.name)
    if p.kind == "bytes":
        return _bytes(name, go, p.facts.get("sized")), 0
    if p.kind == "many":
        return _many(name, go), 0
    if p.kind == "text":
        made = "terminatedOrNil" if name == "noun" else "terminated"
        return Crossing(
            (f"const char *{name}",),
            (name,),
            go_parameters=((go, "string"),),
            go_passed=(f"{made}({go})",),
        ), 0
    if type_ in NUMBERS:
        return _number(name, type_, go), 0
    if type_ == "const void **":
        return _borrowed_bytes(name, go), 1
    if type_ == "const char **":
        field = (f"const char *{name}",)
        return Crossing(
            c_passed=(f"&a.{name}",),
            fields=field,
            go_results=((go, "string", f"C.GoString(a.{name})"),),
        ), 0
    if type_ == "void *":  # with the room there
        return _room(name, go, following.name), 1
    handle = re.fullmatch(r"(?:const )?(og_\w+) \*(\*?)", type_)
    if handle and handle[1] not in NUMBERS:
        return _handle(function, name, go, handle, fills), 0
    return _numbers(type_, name, go, following, fills)


def _number(name, type_, go):
    return Crossing(
        (f"{type_} {name}",),
        (name,),
        go_parameters=((go, NUMBERS[type_]),),
        go_passed=(f"C.{type_}({go})",),
    )


def _bytes(name, go, sized):
    sizes = ((f"{go}Len", "int64"),) if sized else ()
    size = f"C.int64_t({go}Len)" if sized else f"C.int64_t(len({go}))"
    return Crossing(
        (f"const char *{name}", f"int64_t {name}_len"),
        (name, f"{name}_len"),
        go_parameters=((go, "string"), *sizes),
        go_passed=(f"bytesOf(&{go})", size),
        points=True,
    )


def _many(name, go):
    return Crossing(
        (f"const char *{name}", f"const int64_t *{name}_lens"),
        (f"{name}_made.ranges", f"{name}_lens"),
        go_parameters=((go, "[]string"),),
        go_passed=(f"{go}Gathered.data()", f"{go}Gathered.sizes()"),
        points=True,
        gathered=name,
    )


def _borrowed_bytes(name, go):
    return Crossing(
        c_passed=(f"&a.{name}", f"&a.{name}_len"),
        fields=(f"const void *{name}", f"int64_t {name}_len"),
        go_results=((go, "[]byte", f"copied(a.{name}, a.{name}_len)"),),
    )


def _room(name, go, capacity):
    return Crossing(
        (f"char *{name}", f"int64_t {capacity}"),
        (name, capacity),
        go_parameters=((go, "[]byte"),),
        go_passed=(f"spaceOf(&{go})", f"C.int64_t(cap({go}))"),
        points=True,
    )


def _handle(function, name, go, handle, fills):
    type_, out = handle[1], handle[2]
    if not out:
        return Crossing(
            (f"uintptr_t {name}",),
            (f"({type_} *){name}",),
            go_parameters=((go, "uintptr"),),
            go_passed=(f"C.uintptr_t({go})",),
        )
    if fills:
        return Crossing(
            (f"uintptr_t *{name}",),
            (f"({type_} **){name}",),
            go_parameters=((go, "[]uintptr"),),
            go_passed=(f"handles({go})",),
            points=True,
        )
    if name not in ("out", "value", "error") or function.name.endswith("_destroy"):
        # The library sets the caller's pointer to NULL: Go forgets its own.
        return Crossing(
            (f"uintptr_t {name}",),
            (f"({type_} **)&{name}",),
            go_parameters=((go, "uintptr"),),
            go_passed=(f"C.uintptr_t({go})",),
        )
    if type_ == "og_value":
        return Crossing(
            c_passed=(f"&a.{name}.value",),
            fields=(f"raw_value {name}",),
            go_results=((go, "Value", f"valueOf(a.{name})"),),
            value=name,
        )
    return Crossing(
        c_passed=(f"&a.{name}",),
        fields=(f"{type_} *{name}",),
        go_results=((go, "uintptr", f"uintptr(unsafe.Pointer(a.{name}))"),),
    )


def _numbers(type_, name, go, following, fills):
    """An array, or a number out."""
    number = re.fullmatch(r"(?:const )?(\w+) \*", type_)[1]
    room = following is not None and following.name == "capacity"
    if type_.startswith("const") or fills or room:
        made = {"int32_t": "int32s", "int64_t": "int64s", "double": "doubles"}[number]
        return Crossing(
            (f"{type_}{name}", *(("int64_t capacity",) if room else ())),
            (name, *(("capacity",) if room else ())),
            go_parameters=((go, f"[]{NUMBERS[number]}"),),
            go_passed=(f"{made}({go})", *((f"C.int64_t(cap({go}))",) if room else ())),
            points=True,
        ), int(room)
    return Crossing(
        c_passed=(f"&a.{name}",),
        fields=(f"{number} {name}",),
        go_results=((go, NUMBERS[number], f"{NUMBERS[number]}(a.{name})"),),
    ), 0


def go_name(name):
    """reset_after_ns: resetAfter; error is a builtin of Go's."""
    return {"error": "failed"}.get(name, camel(name.removesuffix("_ns")))
