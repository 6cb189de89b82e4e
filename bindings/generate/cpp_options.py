# SPDX-License-Identifier: Apache-2.0
"""C++: a noun's options as a class with a setter each."""

from cpp_layout import comment
from cpp_words import identifier
from wording import pascal, range_of

TYPES = {
    "bool": "bool",
    "int": "std::int64_t",
    "bytes": "std::int64_t",
    "duration": "Duration",
    "double": "double",
}


def has_words(option):
    return option.type == "enum" and not option.choices[0].isdigit()


def choice(option):
    """The words that an option takes, as an enum and back."""
    name = pascal(option.name)
    words = ", ".join(map(identifier, option.choices))
    cases = "".join(
        f'      case {name}::{identifier(word)}: return "{word}";\n' for word in option.choices
    )
    return (
        f"  enum class {name} {{ {words} }};\n\n"
        f"  static const char* word({name} {option.name}) noexcept {{\n"
        f'    switch ({option.name}) {{\n{cases}    }}\n    return "";\n  }}\n\n'
    )


def setter(noun, option, described):
    def class_of(name):
        return f"{described[name].cls}Options"

    layer, _, name = option.name.rpartition(".")
    short = name.removesuffix("_ms") if option.type == "duration" else name
    function = f"{layer}_{short}" if layer else short
    type_, value = TYPES.get(option.type, "const std::string&"), short
    if has_words(option):
        type_ = f"{class_of(layer)}::{pascal(name)}" if layer else pascal(name)
        value = f"{class_of(layer)}::word({short})" if layer else f"word({short})"
    doc = comment([f"{option.doc} {range_of(option)}"], "  ")
    return (
        f"{doc}  {class_of(noun)}& {identifier(function)}({type_} {identifier(short)}) {{\n"
        f'    set("{option.name}", {value});\n    return *this;\n  }}\n'
    )


def options_class(noun, described):
    choices = "".join(
        choice(option) for option in noun.options if has_words(option) and "." not in option.name
    )
    setters = "\n".join(setter(noun.name, option, described) for option in noun.options)
    return (
        f"class {described[noun.name].cls}Options : public Options {{\n public:\n"
        f"  using Options::Options;\n\n{choices}{setters}}};\n"
    )
