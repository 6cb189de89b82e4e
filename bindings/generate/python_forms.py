# SPDX-License-Identifier: Apache-2.0
"""What a method of Python gives for a function's scalar. A function is by default in the forms of its kind; the key
`python` of its table names them where Python differs: a name, or {name = "form"}. A form is words of FORMS, and
"property" for an attribute, "or None" for a handle that may be missing."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Form:
    """How `result`, which is no error, becomes an object."""

    answer: str  # C++, a new reference
    type: str
    instead: dict = field(default_factory=dict)  # words of the documentation that it stands for
    returns: str | None = None  # in place of the header's


TRUTH = {"1": "True", "0": "False"}

FORMS = {
    "done": Form("none()", "None"),
    "truth": Form("boolean(result != 0)", "bool", TRUTH),
    "stood": Form("boolean(result == OG_OK)", "bool", {"OG_OK": "True", "OG_LAPSED": "False"}),
    "passed": Form("boolean(result == 0)", "bool", returns="whether the request passed."),
    "required": Form("passed_or_raise(result)", "None", returns=""),
    "ns": Form("integer(result)", "int", {"OG_NEVER": "NEVER"}),
    "seconds": Form(
        "number(seconds(result))", "float", {"OG_NEVER": "inf", "ns": "seconds", "0": "0.0"}
    ),
    "int": Form("integer(result)", "int"),
    "index": Form("index_or_none(result)", "int | None", {"OG_NONE": "None"}),
    "number": Form("number_or_none(result)", "float | None", {"OG_NONE": "None", "NaN": "None"}),
    "status": Form("Enum::status(result).release().ptr()", "Status"),
    "int or Status": Form("number_or_status(result).release().ptr()", "int"),
}

# The forms of a kind of `gives`: a suffix of the method's name, and its form.
KINDS = {
    "truth": [("", "truth")],
    "done": [("", "done")],
    "stood": [("", "stood")],
    "outcome": [("", "status")],
    "wait": [("", "seconds"), ("_ns", "ns")],
    "duration": [("", "seconds"), ("_ns", "ns")],
    "time": [("_ns", "int")],
    "count": [("", "int")],
    "index": [("", "index")],
    "number": [("", "number")],
    "permit": [("", "permit")],
    "enum": [("", "enum")],
    "text": [("", "text")],
    "noun": [("", "noun")],
}


@dataclass(frozen=True)
class Named:
    """A method of Python: its name, its form, and what the description says of it."""

    name: str
    form: str
    attribute: bool = False  # a property
    or_none: bool = False
    returns: str | None = None
    more: str = ""  # a paragraph more of its documentation


def named(function):
    """The methods that a function is in Python."""
    said = function.facts.get("python")
    if isinstance(said, str):
        yield Named(said, KINDS[function.gives][0][1])
    elif said is not None:
        for name, form in said.items():
            returns, more = None, ""
            if isinstance(form, dict):
                returns, more = form.get("returns"), form.get("more", "")
                form = form.get("form", "")
            attribute, or_none = "property" in form, "or None" in form
            form = form.replace("property", "").replace("or None", "").strip()
            form = form or KINDS[function.gives][0][1]
            yield Named(name, form, attribute, or_none, returns, more)
    else:
        for suffix, form in KINDS.get(function.gives, ()):
            yield Named(function.verb + suffix, form)
