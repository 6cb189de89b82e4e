// SPDX-License-Identifier: Apache-2.0
// One decision over several limiters; outgrow/_all.py has what its users call.
#include <deque>
#include <optional>
#include <vector>

#include "class_members.h"
#include "many.h"
#include "method.h"
#include "module.h"
#include "nouns.h"

namespace outgrow::python {
namespace {

// (the wait, whose it is)
py::tuple acquire_all(const py::list &limiters, const py::list &keys, const py::list &costs,
                      const py::object &now) {
  const ManyBytes bytes(keys.ptr(), "key");
  const ManyNumbers<int64_t> numbers(costs.ptr(), "cost", to_natural);
  const auto time = now.is_none() ? std::nullopt : std::optional(to_int64(now.ptr(), "now_ns"));
  std::deque<InUse<Limiter>> in_use;
  std::vector<og_limiter *> handles;
  for (const py::handle &each : limiters) {
    Limiter &limiter = given_noun<Limiter>(each, "limiter");
    in_use.emplace_back(limiter);
    handles.push_back(limiter.get());
  }
  int64_t which = 0;
  const auto count = static_cast<int64_t>(handles.size());
  if (count > 64) raise(OG_INVALID_ARGUMENT, "parts: at most 64", "parts");
  const int64_t wait = time ? og_limiter_acquire_all_at(handles.data(), bytes.data(), bytes.sizes(),
                                                        numbers.data(), count, *time, &which)
                            : og_limiter_acquire_all(handles.data(), bytes.data(), bytes.sizes(),
                                                     numbers.data(), count, &which);
  check(wait, "acquire_all");
  return py::make_tuple(wait, which);
}

}  // namespace

void bind_acquire_all(py::module_ &module) { module.def("_acquire_all", acquire_all); }

}  // namespace outgrow::python
