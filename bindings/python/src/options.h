// SPDX-License-Identifier: Apache-2.0
// Options by keyword.
#pragma once

#include <outgrow.h>
#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

// A config from keyword arguments: text, numbers, bools, timedeltas; None is an option not given; a
// dict is a layer's options, as Service(limiter={"rate": "100/s"}).
class Config {
 public:
  explicit Config(const py::dict &options);
  ~Config() { og_config_destroy(&config_); }
  Config(const Config &) = delete;
  Config &operator=(const Config &) = delete;
  operator const og_config *() const { return config_; }

 private:
  og_config *config_ = nullptr;
};

}  // namespace outgrow::python
