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


def choice(option, indent="  ", before="static"):
    """The words that an option takes, as an enum and back."""
    name = pascal(option.name)
    words = ", ".join(map(identifier, option.choices))
    cases = [f'    case {name}::{identifier(word)}: return "{word}";' for word in option.choices]
    lines = [
        f"enum class {name} {{ {words} }};",
        "",
        f"{before} const char* word({name} {option.name}) noexcept {{",
        f"  switch ({option.name}) {{",
        *cases,
        "  }",
        '  return "";',
        "}",
        "",
    ]
    return "".join(f"{indent}{line}\n" if line else "\n" for line in lines)


def shared_choices(description):
    """Of options that several nouns have: outside their classes."""
    return "".join(
        comment([f"What `{option.name}` can be, of every noun that has it."])
        + choice(option, "", "inline")
        for option in description.shared_options()
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
        if option.is_shared:
            type_, value = pascal(name), f"outgrow::word({short})"
    doc = comment([f"{option.doc} {range_of(option)}"], "  ")
    return (
        f"{doc}  {class_of(noun)}& {identifier(function)}({type_} {identifier(short)}) {{\n"
        f'    set("{option.name}", {value});\n    return *this;\n  }}\n'
    )


def options_class(noun, described):
    choices = "".join(
        choice(option)
        for option in noun.options
        if has_words(option) and "." not in option.name and not option.is_shared
    )
    setters = "\n".join(setter(noun.name, option, described) for option in noun.options)
    return (
        f"class {described[noun.name].cls}Options : public Options {{\n public:\n"
        f"  using Options::Options;\n\n{choices}{setters}}};\n"
    )
