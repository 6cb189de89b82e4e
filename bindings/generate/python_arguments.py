# SPDX-License-Identifier: Apache-2.0
"""One parameter of a function: how Python gives it and how C takes it. [python.parameters] of the noun's description says
where Python differs; `reads` is there the C++ that declares {name} from argument {at}."""

import math
import re

from python_stubs import Argument
from wording import pascal

CPP_WORDS = {"delete", "default", "operator", "register", "union", "new", "this", "export"}
ITEMS = {"int64_t": "int64_t", "int32_t": "int32_t", "double": "double"}  # of arrays
LISTED = {"int64_t": "int", "int32_t": "int", "double": "float | None"}


def cpp_name(name):
    return f"{name}_" if name in CPP_WORDS else name


def handle_of(c_type):
    """ "endpoints" of const og_endpoints * and of og_ranges **"""
    return c_type.replace("const ", "").strip(" *")[3:]


class Taken:
    def __init__(self, parameter, own, classes, whole=False, options=""):
        """`whole`: its nanoseconds are given as such, whatever its name."""
        self.parameter, self.own, self.classes = parameter, own, classes
        self.wide = parameter.c_types[0] == "int64_t"
        self.kind = parameter.kind
        if self.kind == "whole" and re.search("(^|_)ns$", parameter.name):
            self.kind = "whole" if own.get("whole", whole) else "duration"
        if self.kind == "time":
            self.kind = "whole"
        if self.kind == "scope":
            self.kind = "handle"
        self.options = options  # of a config: their class
        self.name = (
            parameter.facts.get("python")
            or own.get("name")
            or (parameter.name.removesuffix("_ns") if self.kind == "duration" else parameter.name)
        )
        if self.name == "ns" and self.kind == "duration":
            self.name = "duration"
        self.optional = bool(parameter.facts.get("optional"))
        self.default = own.get("default", parameter.default)

    @property
    def item(self):
        """The C type of an array's items."""
        return self.parameter.c_types[0].replace("const ", "").strip(" *")

    @property
    def leads(self):
        """Whether it says of how many the call is."""
        return self.kind in ("many", "array") and not self.is_optional

    @property
    def is_optional(self):
        return self.optional and not self.own.get("so_many") or self.default is not None

    @property
    def shown(self):
        """The default as Python shows it; None: it must be given."""
        if not self.is_optional:
            return None
        if "shown" in self.own:
            return self.own["shown"]
        if self.kind == "bytes":
            return repr(str(self.default).encode())
        if self.kind in ("duration", "many", "array") or _is_nan(self.default):
            return "None"
        return repr(self.default)

    @property
    def annotation(self):
        if "type" in self.own:
            made = self.own["type"]
        elif self.kind == "handle":
            made = self.classes[handle_of(self.parameter.c_types[0])]
        elif self.kind == "array":
            made = f"Sequence[{LISTED[self.item]}]"
        else:
            made = {
                "bytes": "Key",
                "text": "str",
                "flag": "bool",
                "whole": "int",
                "real": "float",
                "duration": "Duration",
                "many": "Sequence[Key]",
                "out": "Buffer",
            }[self.kind]
        if self.own.get("so_many"):
            made += " | int"
        if made == "Any" or not self._none or "None" in made.split("[")[0]:
            return made
        return f"{made} | None"

    @property
    def _none(self):
        return self.shown == "None" or self.own.get("none") is not None

    @property
    def arguments(self):
        """Python's: its own, and the one that goes `also` with it."""
        if "also" not in self.own:
            return [self.argument]
        also = dict(self.own["also"])
        return [
            self.argument,
            Argument(also["name"], repr(also["default"]), also["type"], doc=also["doc"]),
        ]

    @property
    def argument(self):
        doc = self.own.get("doc", self.parameter.doc)
        if self.kind == "config":
            return Argument("**options", None, f"Unpack[{self.options}]", doc=doc)
        if self.kind == "duration":
            doc = doc.replace(", in ns", ", in seconds, or a timedelta, or text such as '250ms'")
            doc = doc.replace("in ns.", "in seconds, or a timedelta, or text such as '250ms'.")
        if self._none:
            doc = doc.replace("NaN", "None")
            if self.parameter.none and "doc" not in self.own:
                doc = f"{doc.removesuffix('.')}; None is {self.parameter.none}."
        named_only = bool(self.own.get("named_only"))
        return Argument(self.name, self.shown, self.annotation, named_only, doc)

    def _otherwise(self):
        if self.default is None:
            return None
        if isinstance(self.default, bool):
            return str(self.default).lower()
        return 'std::nan("")' if _is_nan(self.default) else str(self.default)

    def conversion(self, at):
        """The C++ that converts argument `at`."""
        name, otherwise = cpp_name(self.parameter.name), self._otherwise()
        if "reads" in self.own:
            return self.own["reads"].format(name=name, at=at)
        more = "" if otherwise is None else f", {otherwise}"
        take = "natural" if self.own.get("natural") else "integer"
        if self.kind == "handle":
            noun = pascal(handle_of(self.parameter.c_types[0]))
            return f'const auto &{name} = given_noun<{noun}>(given[{at}], "{self.name}");'
        if self.kind == "real":
            absent = self.own.get("none", self.default)
            absent = 'std::nan("")' if _is_nan(absent) else absent or 0
            return f"double {name} = given.number({at}, {absent});"
        if self.kind in ("many", "array"):
            return self._many(name, at, take)
        return {
            "bytes": f"Bytes {name} = given.key({at});",
            "text": f"std::string {name} = given.text({at});",
            "flag": f"int32_t {name} = given.truth({at}, {otherwise or 'true'});",
            "duration": f"int64_t {name} = given.duration({at}, {otherwise or 0});",
            "out": f"WritableBuffer {name}(given[{at}]);",
            "config": f"Config {name}(given.options);",
            "whole": f"int64_t {name} = given.{take}({at}{more});"
            if self.wide
            else f"int32_t {name} = given.index({at}{more});",
        }[self.kind]

    def _many(self, name, at, take):
        made = "ManyBytes" if self.kind == "many" else f"ManyNumbers<{self.item}>"
        arguments = [f"given.optional({at})" if self.is_optional else f"given[{at}]"]
        arguments.append(f'"{self.name}"')
        if self.own.get("natural"):
            arguments.append("to_natural")
        if self.own.get("so_many"):
            return f"auto {name} = {made}::or_so_many({', '.join(arguments)});"
        return f"{made} {name}({', '.join(arguments)});"

    def passed(self):
        """The arguments of C."""
        name = cpp_name(self.parameter.name)
        if self.kind == "handle":
            return [name if "reads" in self.own else f"{name}.get()"]
        return {
            "bytes": [f"{name}.data()", f"{name}.size()"],
            "out": [f"{name}.data()", f"{name}.size()"],
            "many": [f"{name}.data()", f"{name}.sizes()"],
            "array": [f"{name}.data()"],
            "text": [f"{name}.c_str()"],
        }.get(self.kind, [name])


def _is_nan(value):
    return isinstance(value, float) and math.isnan(value)
