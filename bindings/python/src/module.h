// SPDX-License-Identifier: Apache-2.0
// What the module is made of, a file each.
#pragma once

#include <pybind11/pybind11.h>

namespace outgrow::python {

namespace py = pybind11;

void bind_autoscaler(py::module_ &module);
void bind_balancer(py::module_ &module);
void bind_breaker(py::module_ &module);
void bind_cache(py::module_ &module);
void bind_cached_store(py::module_ &module);
void bind_clock(py::module_ &module);
void bind_concurrency(py::module_ &module);
void bind_endpoints(py::module_ &module);
void bind_gather(py::module_ &module);
void bind_limited(py::module_ &module);
void bind_limiter(py::module_ &module);
void bind_metrics(py::module_ &module);
void bind_replicas(py::module_ &module);
void bind_scope(py::module_ &module);
void bind_service(py::module_ &module);
void bind_shards(py::module_ &module);
void bind_store(py::module_ &module);

}  // namespace outgrow::python
