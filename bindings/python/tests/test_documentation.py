# SPDX-License-Identifier: Apache-2.0
"""What help() and an editor show: each member is documented, in Python's words, and the stubs say of names,
defaults and documentation what the module does."""

import ast
import inspect
import pathlib

import outgrow
import pytest

STUBS = ast.parse((pathlib.Path(outgrow.__file__).parent / "_core.pyi").read_text())
CLASSES = {
    node.name: node
    for node in STUBS.body
    if isinstance(node, ast.ClassDef) and node.name in outgrow.__all__
}
MEMBERS = [
    (name, member.name)
    for name, node in CLASSES.items()
    for member in node.body
    if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef))
]


def member_of(name, member):
    stub = next(part for part in CLASSES[name].body if getattr(part, "name", None) == member)
    return stub, inspect.getattr_static(getattr(outgrow, name), member)


def test_all_that_is_public_is_in_the_stubs():
    assert set(CLASSES) == {
        name for name in outgrow._core.__all__ if isinstance(getattr(outgrow, name), type)
    }


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_says_what_it_is(name):
    assert inspect.cleandoc(getattr(outgrow, name).__doc__) == ast.get_docstring(CLASSES[name])


@pytest.mark.parametrize("name", [name for name in CLASSES if name != "Decision"])
def test_what_is_public_is_documented(name):
    for attribute in vars(getattr(outgrow, name)):
        if not attribute.startswith("_"):
            assert getattr(getattr(outgrow, name), attribute).__doc__, attribute


@pytest.mark.parametrize("name, member", MEMBERS, ids=map(".".join, MEMBERS))
def test_a_member_is_documented_in_words_of_python(name, member):
    stub, own = member_of(name, member)
    doc = ast.get_docstring(stub).strip()
    assert doc and "OG_" not in doc and "NULL" not in doc
    assert inspect.cleandoc(getattr(own, "__func__", own).__doc__) == doc


@pytest.mark.parametrize("name, member", MEMBERS, ids=map(".".join, MEMBERS))
def test_a_member_takes_what_its_stub_says(name, member):
    stub, own = member_of(name, member)
    if isinstance(own, property):
        assert "property" in map(ast.unparse, stub.decorator_list)
        return
    taken = [
        (p.name, p.kind == p.KEYWORD_ONLY, p.default)
        for p in inspect.signature(getattr(own, "__func__", own)).parameters.values()
        if p.name != "self" and p.kind != p.VAR_KEYWORD
    ]
    plain = [*stub.args.posonlyargs, *stub.args.args]
    given = [p.arg for p in plain], [p.arg for p in stub.args.kwonlyargs]
    defaults = [inspect.Parameter.empty] * (len(plain) - len(stub.args.defaults))
    defaults += map(ast.literal_eval, [*stub.args.defaults, *stub.args.kw_defaults])
    names = [(n, named) for names, named in zip(given, (False, True)) for n in names]
    said = [(*one, default) for one, default in zip(names, defaults) if one[0] != "self"]
    assert taken == said
