# SPDX-License-Identifier: Apache-2.0
"""What a method of Python gives for a function's scalar. A function is by default in the forms of its kind; the key
`python` of its table names them where Python differs: a name, or {name = "form"}, or {name = {form = "form", ...}} with
what Named has. A form is words of FORMS or the name of an answer, and "property" for an attribute, "or None" for what
may be missing, "or Status" for an answer with outcomes."""

from dataclasses import dataclass, field

from python_stubs import Argument


@dataclass(frozen=True)
class Form:
    """How `result`, which is no error, becomes an object."""

    answer: str  # C++, a new reference
    type: str
    instead: dict = field(default_factory=dict)  # words of the documentation that it stands for
    returns: str | None = None  # in place of the header's
    arguments: tuple = ()  # more of Python's; their places follow C's: {0}, {1}
    before: tuple = ()  # lines of C++ above the answer


TRUTH = {"1": "True", "0": "False"}
OTHERWISE = (Argument("default", "None", "Any"), Argument("absent", "None", "Any"))

FORMS = {
    "done": Form("none()", "None", returns=""),
    "truth": Form("boolean(result != 0)", "bool", TRUTH),
    "stood": Form("boolean(result == OG_OK)", "bool", {"OG_OK": "True", "OG_LAPSED": "False", "OG_MISS": "False"}),
    "kept": Form("boolean(result == OG_OK)", "bool", {"OG_OK": "True", "OG_FULL": "False"}),
    "passed": Form("boolean(result == 0)", "bool", returns="whether the request passed."),
    "present": Form("boolean(result >= 0)", "bool", returns=""),
    "required": Form("passed_or_raise(self, result)", "None", returns=""),
    "ns": Form("integer(result)", "int", {"OG_NEVER": "NEVER"}),
    "seconds": Form(
        "number(seconds(result))", "float", {"OG_NEVER": "inf", "ns": "seconds", "0": "0.0", "OG_NONE": "None"}
    ),
    "int": Form("integer(result)", "int"),
    "index": Form("index_or_none(result)", "int | None", {"OG_NONE": "None"}),
    "number": Form("number_or_none(result)", "float | None", {"OG_NONE": "None", "NaN": "None"}),
    "float": Form("number(result)", "float"),
    "status": Form("Enum::status(result).release().ptr()", "Status"),
    "int or Status": Form("number_or_status(result).release().ptr()", "int"),
    # of a key's value
    "found": Form("found(self, result, out, {0})", "Any", {"OG_ABSENT": "`default`"}, arguments=OTHERWISE[:1]),
    "found or absent": Form(
        "found(self, result, out, result == OG_ABSENT ? {1} : {0})",
        "Any",
        {"OG_MISS": "`default` on a miss", "OG_ABSENT": "`absent`"},
        arguments=OTHERWISE,
    ),
    "item": Form("item(self, result, out, given[0])", "Any", returns="the value. KeyError when there is none."),
    "removed": Form("removed(result, given[0])", "None", returns=""),
    "view": Form("result >= 0 ? view(out) : none()", "memoryview | None", {"OG_MISS": "None", "OG_ABSENT": "None"}),
    "hit": Form("self.codec.decode(value.data(), value.size()).release().ptr()", "Any", returns="what a hit of it would be."),
    # of many
    "list": Form("out.list()", "list", returns=""),
}  # fmt: skip

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
    or_status: bool = False
    returns: str | None = None
    doc: str | None = None  # in place of the header's
    more: str = ""  # a paragraph more of its documentation
    raises: dict = field(default_factory=dict)  # outcome: text, or {text, option}
    unlocked: bool = False  # gives up the GIL
    type: str = "Any"  # of what JSON says
    order: tuple = ()  # of C's parameters in Python, where it is another
    scalar: str = "result"  # the first field of an answer
    fields: dict = field(default_factory=dict)  # what is said of an answer's, where it differs
    then: str = ""  # C++ that follows a good call

    @property
    def special(self):
        """Python's own, such as __getitem__: it is given what must be given, and no time."""
        return self.name.startswith("__")


def named(function):
    """The methods that a function is in Python."""
    said = function.facts.get("python")
    kinds = KINDS.get(function.gives, ())
    default = kinds[0][1] if kinds else ""
    if isinstance(said, str):
        yield Named(said, default)
    elif said is not None:
        for name, form in said.items():
            facts = dict(form) if isinstance(form, dict) else {"form": form}
            form = facts.pop("form", "")
            words = {word: word in form for word in ("property", "or None", "or Status")}
            if form in FORMS:
                words["or Status"] = False
            for word in (word for word, there in words.items() if there):
                form = form.replace(word, "").strip()
            yield Named(
                name,
                form or default,
                words["property"],
                words["or None"],
                words["or Status"],
                **facts,
            )
    else:
        for suffix, form in kinds:
            yield Named(function.verb + suffix, form)
