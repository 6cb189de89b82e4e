# SPDX-License-Identifier: Apache-2.0
"""Python's members that are written by hand, read from bindings/python/members/<noun>.pyi: name, signature, types and
documentation. A member is C++ (src/<noun>.cpp, in the namespace <noun>_members) unless outgrow/_nouns.py has it, with
its documentation. Without a docstring it is documented as the function of C of its name is."""

import ast
from dataclasses import dataclass, field

from description import ROOT

PYTHON = ROOT / "bindings/python"


@dataclass(frozen=True)
class Argument:
    name: str
    default: str | None = None  # as Python writes it; None: must be given
    annotation: str = ""
    named_only: bool = False
    doc: str = ""

    @property
    def stub(self):
        if self.default is None:
            return f"{self.name}: {self.annotation}"
        default = self.default.replace("'", '"')
        return f"{self.name}: {self.annotation} = {default}"

    @property
    def signature(self):
        return self.name if self.default is None else f"{self.name}={self.default}"


@dataclass
class Member:
    name: str
    kind: str  # method static property
    arguments: tuple = ()
    returns: str = "None"
    doc: str = ""
    body: list[str] | None = None  # of the generated C++; None: by hand
    stub: list[str] | None = (
        None  # its parameters in the stub, where they are more than `arguments`
    )
    python: bool = False  # of outgrow/_nouns.py
    is_async: bool = False

    @property
    def signature(self):
        """ "key=b'', cost=1, *, now_ns=None" """
        return ", ".join(_listed(self.arguments, "signature"))

    @property
    def parameters(self):
        """As the stub lists them."""
        if self.stub is not None:
            return self.stub
        first = [] if self.kind == "static" else ["self"]
        return [*first, *_listed(self.arguments, "stub")]


def _listed(arguments, form):
    listed, named = [], False
    for argument in arguments:
        if argument.named_only and not named:
            listed.append("*")
            named = True
        listed.append(getattr(argument, form))
    return listed


@dataclass
class Stub:
    """What is by hand of one class."""

    name: str
    base: str
    doc: str
    members: list[Member] = field(default_factory=list)
    constants: list[tuple[str, str, str]] = field(default_factory=list)  # name, type, value

    def member(self, name):
        return next((m for m in self.members if m.name == name), None)


@dataclass
class Answer:
    """A named tuple."""

    name: str
    doc: str
    fields: list[tuple[str, str, str]]  # name, type, doc
    made: bool = False  # of a function's description


def docstring(node):
    return ast.get_docstring(node) or ""


def _arguments(given):
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    pairs = [(a, d, False) for a, d in zip(plain, defaults)]
    pairs += [(a, d, True) for a, d in zip(given.kwonlyargs, given.kw_defaults)]
    for a, default, named in pairs:
        if a.arg != "self":
            yield Argument(
                a.arg,
                None if default is None else repr(ast.literal_eval(default)),
                ast.unparse(a.annotation).replace("'", '"') if a.annotation else "",
                named,
            )


def _in_stub(given):
    """The parameters of the stub, with what Argument does not have: `/`, *args and **options."""
    text = ast.unparse(given).replace("'", '"')
    return [part.strip() for part in _split(text)]


def _split(text):
    depth = start = 0
    for at, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    if text:
        yield text[start:]


def _stub_default(part):
    name, equals, default = part.partition("=")
    return f"{name} = {default}" if equals and " = " not in part else part


def _member(node, by_name, cls):
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    kind = "static" if "staticmethod" in marks else "property" if "property" in marks else "method"
    doc = docstring(node)
    own = by_name.get((cls, node.name))
    return Member(
        node.name,
        kind,
        tuple(_arguments(node.args)),
        ast.unparse(node.returns).replace("'", '"'),
        doc or own or "",
        stub=[_stub_default(part) for part in _in_stub(node.args)],
        python=own is not None,
        is_async=isinstance(node, ast.AsyncFunctionDef),
    )


def _documented_fields(body):
    """(name, type, docstring below it) of a named tuple's."""
    for node, below in zip(body, [*body[1:], None]):
        if isinstance(node, ast.AnnAssign):
            said = below.value.value if isinstance(below, ast.Expr) else ""
            yield node.target.id, ast.unparse(node.annotation), said


def in_python():
    """(class, name) -> docstring of what outgrow/_nouns.py adds."""
    found = {}
    for node in ast.parse((PYTHON / "outgrow/_nouns.py").read_text()).body:
        for mark in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            if isinstance(mark, ast.Call) and mark.func.id == "_adds_to":
                for member in node.body:
                    if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
                        found[mark.args[0].attr, member.name] = docstring(member)
    return found


def read(noun, cls, by_name):
    """(Stub, [Answer]) of a noun."""
    path, answers, stub = PYTHON / f"members/{noun}.pyi", [], Stub(cls, "_Closing", "")
    for node in ast.parse(path.read_text()).body if path.exists() else ():
        if not isinstance(node, ast.ClassDef):
            continue
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        if bases == "NamedTuple":
            answers.append(Answer(node.name, docstring(node), list(_documented_fields(node.body))))
            continue
        if node.name != cls:
            raise SystemExit(f"{path}: {node.name} is neither {cls} nor a NamedTuple")
        stub.base, stub.doc = bases, docstring(node)
        for part in node.body:
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
                stub.members.append(_member(part, by_name, cls))
            elif isinstance(part, ast.AnnAssign):
                stub.constants.append(
                    (part.target.id, ast.unparse(part.annotation), part.value.value)
                )
    return stub, answers
