# SPDX-License-Identifier: Apache-2.0
"""What C writes beside the scalar that it returns: each out parameter as a C++ variable, and as an object."""

from dataclasses import dataclass

from python_arguments import cpp_name, handle_of


@dataclass(frozen=True)
class Out:
    kind: str  # bytes said status value values indexes numbers text list handle index number
    name: str
    parameter: object
    own: dict  # [python.parameters] of it: `object` is the C++ of another object, `type` its type

    @property
    def variable(self):
        return cpp_name(self.name)

    def declared(self, count):
        """The C++ variables; `count` is of how many the call is."""
        name = self.variable
        handle = f"og_{handle_of(self.parameter.c_types[0])}"
        room = f"(static_cast<size_t>({count}));"
        return {
            "bytes": [f"const void *{name} = nullptr;", f"int64_t {name}_size = 0;"],
            "said": [f'const char *{name} = "";'],
            "status": [f"og_status {name} = OG_OK;"],
            "value": [f"Value {name};"],
            "values": [f"ManyValues {name}({count});"],
            "indexes": [f"std::vector<int32_t> {name}{room}"],
            "filled": [f"std::vector<int32_t> {name};"],
            "numbers": [f"std::vector<int64_t> {name}{room}"],
            "text": [f"LongText {name};"],
            "list": [f"Held<{handle}, {handle}_destroy> {name};"],
            "handle": [f"{handle} *{name} = nullptr;"],
            "index": [f"int32_t {name} = 0;"],
            "number": [f"int64_t {name} = 0;"],
        }[self.kind]

    @property
    def passed(self):
        name = self.variable
        return {
            "bytes": [f"&{name}", f"&{name}_size"],
            "value": [f"{name}.out()"],
            "values": [f"{name}.out()", f"{name}.outcomes()"],
            "indexes": [f"{name}.data()"],
            "filled": [f"{name}.data()", f"static_cast<int64_t>({name}.size())"],
            "numbers": [f"{name}.data()"],
            "text": [f"{name}.out()"],
            "list": [f"{name}.out()"],
        }.get(self.kind, [f"&{name}"])

    def object(self, enum=None, of_ticket=False):
        """The C++ that makes a py::object of it; an index beside a ticket may be an outcome."""
        name = self.variable
        if "object" in self.own:
            return self.own["object"]
        if enum:
            return f"k{enum}({name})"
        if of_ticket and self.kind == "index":
            return f"number_or_status({name})"
        return {
            "bytes": f"to_bytes({name}, {name}_size)",
            "said": f"said({name})",
            "status": f"Enum::status({name})",
            "value": f"value_of(self, {name})",
        }.get(self.kind, f"owned(integer({name}))")

    def type(self, enum=None):
        if "object" in self.own or enum:
            return self.own.get("type", enum)
        return {"bytes": "bytes", "said": "str", "status": "Status", "value": "Any"}.get(
            self.kind, "int"
        )


def outs_of(function, lists, own):
    """`lists` are the nouns that are lists of records, and no class of Python; `own` is [python.parameters]."""
    parameters = [p for p in function.outs if not p.name.endswith(("_len", "outcomes"))]
    filled = any(p.name == "capacity" for p in function.given)
    many = any(p.kind in ("many", "array") or p.name == "count" for p in function.given)
    for parameter in parameters:
        type_ = parameter.c_types[0]
        kind = {
            "const void **": "bytes",
            "const char **": "said",
            "og_status *": "status",
            "og_value **": "values" if many else "value",
            "og_text **": "text",
            "int32_t *": "indexes" if many else "filled" if filled else "index",
            "int64_t *": "numbers" if many else "number",
            "void *": "buffer",
        }.get(type_)
        if kind is None:
            kind = "list" if handle_of(type_) in lists else "handle"
        its = own.get(parameter.name, {})
        name = parameter.facts.get("python") or its.get("name") or parameter.name
        yield Out(kind, name, parameter, its)
