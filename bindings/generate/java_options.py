# SPDX-License-Identifier: Apache-2.0
"""Java's builders: a class of typed setters for the options of each noun."""

import textwrap

from java_names import MARK, SOURCES, javadoc, noun, source
from wording import camel, pascal, range_of

INT_MAX = 2**31 - 1
# java.lang has this name.
CHOICES = {"thread": "ThreadUse"}


def emit(description):
    for described in description.nouns:
        name = f"{noun(described.name)}Options"
        own = [option for option in described.options if "." not in option.name]
        layers = list(
            dict.fromkeys(o.name.split(".")[0] for o in described.options if "." in o.name)
        )
        imports = sorted(
            {"java.time.Duration" for o in own if o.type in ("duration", "rate")}
            | {"java.util.function.Consumer" for _ in layers}
        )
        lines = [
            "// SPDX-License-Identifier: Apache-2.0",
            f"// {MARK.format('the option tables')}",
            "package io.github.outgrow;",
            "",
        ]
        lines += [f"import {name_};" for name_ in imports] + [""] * bool(imports)
        lines += [
            "/**",
            f" * The options of {{@link {noun(described.name)}}}.",
            " *",
            " * @param <B> the builder",
            " */",
            *extending(name),
            f"  {name}() {{}}",
            "",
        ]
        for option in own:
            lines += setters(option)
        for option in own:
            if is_enum(option) and not option.is_shared:
                lines += [f"  {line}" if line else "" for line in choices(option)]
        for layer in layers:
            lines += layer_setter(layer)
        lines[-1] = "}"
        yield f"{SOURCES}/{name}.java", source(*lines)
        if layers:
            yield f"{SOURCES}/Layer.java", layer_classes(noun(described.name), layers)
    for option in description.shared_options():
        lines = [
            "// SPDX-License-Identifier: Apache-2.0",
            f"// {MARK.format('the option tables')}",
            "package io.github.outgrow;",
            "",
            *choices(option),
        ]
        yield f"{SOURCES}/{pascal(option.name)}.java", source(*lines)


def extending(name):
    head = f"public abstract class {name}<B extends {name}<B>>"
    one = f"{head} extends Options<B> {{"
    return [one] if len(one) <= 100 else [head, "    extends Options<B> {"]


def is_enum(option):
    return option.type == "enum" and option.choices[0].isidentifier()


def setters(option):
    name = camel(option.name.removesuffix("_ms"))
    text = javadoc(f"{option.doc} {range_of(option)}")
    key = f'"{option.name}"'
    if option.type == "duration":
        yield from setter(name, "Duration", "value", f"duration({key}, value)", text, "a duration")
        yield from setter(
            name,
            "String",
            "text",
            f"option({key}, text)",
            text,
            'a duration as text, such as "30s"',
        )
    elif option.type == "bytes":
        yield from setter(name, "long", "bytes", f"option({key}, bytes)", text, "a size in bytes")
        yield from setter(
            name, "String", "text", f"option({key}, text)", text, 'a size as text, such as "64MiB"'
        )
    elif option.type == "rate":
        yield from setter(
            name, "String", "text", f"option({key}, text)", text, 'a rate as text, such as "100/s"'
        )
        yield from setter(
            name,
            "long count, Duration",
            "per",
            f"rate({key}, count, per)",
            text,
            "the time",
            ["count how many events in that time"],
        )
    elif option.type == "bool":
        yield from setter(name, "boolean", "value", f"option({key}, value)", text, "whether so")
    elif option.type == "double":
        yield from setter(name, "double", "value", f"option({key}, value)", text, unit(option))
    elif option.type == "int" or option.type == "enum" and not is_enum(option):
        kind = "int" if option.max is None or option.max <= INT_MAX else "long"
        yield from setter(name, kind, "value", f"option({key}, value)", text, unit(option))
    elif option.type == "enum":
        kind = CHOICES.get(option.name, pascal(option.name))
        yield from setter(name, kind, "value", f"choice({key}, value)", text, "one of them")
        yield from setter(
            name, "String", "text", f"option({key}, text)", text, "one of them as text"
        )
    else:
        yield from setter(name, "String", "text", f"option({key}, text)", text, "the text")


def unit(option):
    return f"in {option.unit}" if option.unit else "the number"


def setter(name, kind, argument, call, doc, parameter, more=()):
    yield "  /**"
    yield from textwrap.wrap(doc, 100, initial_indent="   * ", subsequent_indent="   * ")
    yield "   *"
    yield from [f"   * @param {line}" for line in more]
    yield f"   * @param {argument} {parameter}"
    yield "   * @return this builder"
    yield "   */"
    yield f"  public B {name}({kind} {argument}) {{"
    yield f"    return {call};"
    yield "  }"
    yield ""


def choices(option):
    yield f"/** What {{@code {option.name}}} can be. */"
    yield f"public enum {CHOICES.get(option.name, pascal(option.name))} {{"
    for i, word in enumerate(option.choices):
        yield f"  /** {{@code {word}}}. */"
        yield f"  {word.upper()}{',' if i < len(option.choices) - 1 else ''}"
    yield "}"
    yield ""


def layer_classes(of, layers):
    lines = [
        "// SPDX-License-Identifier: Apache-2.0",
        f"// {MARK.format('the option tables')}",
        "package io.github.outgrow;",
        "",
        f"/** The options of a {{@link {of}}}'s layers, as their nouns have them. */",
        "final class Layer {",
        "  private Layer() {}",
    ]
    for layer in layers:
        name = pascal(layer)
        lines += ["", f"  static final class {name} extends {noun(layer)}Options<{name}> {{}}"]
    return source(*lines, "}")


def layer_setter(layer):
    options = f"{noun(layer)}Options"
    yield "  /**"
    yield f"   * Options of the {layer}, which is in the path once one of them is given."
    yield "   *"
    yield "   * @param options sets them"
    yield "   * @return this builder"
    yield "   */"
    yield f"  public B {layer}(Consumer<{options}<?>> options) {{"
    yield f'    return layer("{layer}", new Layer.{pascal(layer)}(), options);'
    yield "  }"
    yield ""
