// SPDX-License-Identifier: Apache-2.0
#include "method.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace outgrow::python {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

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
  std::string_view rest = text;
  size_t open = rest.find('(');
  name = rest.substr(0, open);
  doc = std::string(text) + "\n--\n\n" + what;
  rest = rest.substr(open + 1, rest.rfind(')') - open - 1);
  bool named_only = false;
  while (!rest.empty()) {
    size_t comma = rest.find(',');
    std::string_view parameter = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    if (parameter == "$self" || parameter == "/") continue;
    if (parameter == "*") {
      named_only = true;
      continue;
    }
    size_t equals = parameter.find('=');
    names.emplace_back(parameter.substr(0, equals));
    interned.push_back(PyUnicode_InternFromString(names.back().c_str()));
    if (equals == std::string_view::npos) ++required;
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

PyObject *indexes(const std::vector<int32_t> &all) {
  py::list answer(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    answer[i] = py::reinterpret_steal<py::object>(index_or_none(all[i]));
  }
  return answer.release().ptr();
}

void add_method(py::handle type, PyMethodDef &definition, const Signature &signature,
                size_t parameters) {
  if (signature.names.size() != parameters) {
    throw std::logic_error(signature.name + ": as many parameters as its body takes");
  }
  definition.ml_name = signature.name.c_str();
  definition.ml_doc = signature.doc.c_str();
  auto descriptor = py::reinterpret_steal<py::object>(
      PyDescr_NewMethod(reinterpret_cast<PyTypeObject *>(type.ptr()), &definition));
  if (!descriptor) throw py::error_already_set();
  py::setattr(type, signature.name.c_str(), descriptor);
}

}  // namespace outgrow::python
