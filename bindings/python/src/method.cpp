// SPDX-License-Identifier: Apache-2.0
#include "method.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace outgrow::python {
namespace {

[[noreturn]] void mismatch(const Signature &signature, const std::string &fault) {
  raise_type(signature.name + "() " + fault);
}

size_t position(const Signature &signature, PyObject *name) {
  const auto &all = signature.interned;
  auto found = std::find(all.begin(), all.end(), name);  // keywords in source are interned too
  if (found == all.end()) {
    found = std::find_if(all.begin(), all.end(),
                         [&](PyObject *own) { return PyUnicode_Compare(own, name) == 0; });
  }
  return static_cast<size_t>(found - all.begin());
}

}  // namespace

void Signature::parse(const char *text, const char *what) {
  std::string all = text;
  size_t open = all.find('(');
  name = all.substr(0, open);
  doc = all + "\n--\n\n" + what;
  std::istringstream rest(all.substr(open + 1, all.rfind(')') - open - 1));
  bool named_only = false;
  for (std::string parameter; std::getline(rest >> std::ws, parameter, ',');) {
    if (parameter == "*") named_only = true;
    if (parameter == "$self" || parameter == "/" || parameter == "*") continue;
    if (parameter.starts_with("**")) continue;  // of Keywords
    size_t equals = parameter.find('=');
    names.push_back(parameter.substr(0, equals));
    interned.push_back(PyUnicode_InternFromString(names.back().c_str()));
    if (equals == std::string::npos) ++required;
    if (!named_only) ++positional;
  }
}

void match(const Signature &signature, PyObject *const *args, Py_ssize_t count, PyObject *names,
           PyObject **values) {
  if (count > signature.positional) {
    mismatch(signature, "takes " + std::to_string(signature.positional) +
                            " positional arguments, " + std::to_string(count) + " were given");
  }
  std::copy(args, args + count, values);
  Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  for (Py_ssize_t i = 0; i < named; ++i) {
    PyObject *name = PyTuple_GET_ITEM(names, i);
    size_t at = position(signature, name);
    if (at == signature.names.size()) {
      mismatch(signature, "has no argument '" + std::string(py::str(name)) + "'");
    }
    if (values[at] != nullptr) mismatch(signature, "got '" + signature.names[at] + "' twice");
    values[at] = args[count + i];
  }
  for (size_t i = 0; i < static_cast<size_t>(signature.required); ++i) {
    if (values[i] == nullptr) mismatch(signature, "lacks '" + signature.names[i] + "'");
  }
}

Keywords::Keywords(const Signature &signature, PyObject *const *args, Py_ssize_t count,
                   PyObject *names)
    : signature_(signature) {
  if (count > 0) mismatch(signature, "takes options by their names alone");
  Py_ssize_t named = names == nullptr ? 0 : PyTuple_GET_SIZE(names);
  for (Py_ssize_t i = 0; i < named; ++i) options[PyTuple_GET_ITEM(names, i)] = args[i];
}

void add_method(py::handle type, PyMethodDef &definition, const Signature &signature,
                size_t parameters, bool is_static) {
  if (signature.names.size() != parameters) {
    throw std::logic_error(signature.name + ": as many parameters as its body takes");
  }
  definition.ml_name = signature.name.c_str();
  definition.ml_doc = signature.doc.c_str();
  py::object made;
  if (is_static) {
    made = owned(PyStaticMethod_New(owned(PyCFunction_New(&definition, nullptr)).ptr()));
  } else {
    made = owned(PyDescr_NewMethod(reinterpret_cast<PyTypeObject *>(type.ptr()), &definition));
  }
  py::setattr(type, signature.name.c_str(), made);
}

}  // namespace outgrow::python
