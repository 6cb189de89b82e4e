// SPDX-License-Identifier: Apache-2.0
#include "core/observe/sources.h"

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"

namespace og {

Result<void> Sources::add(std::string_view kind, std::string_view name, Collect collect) {
  if (name.empty()) return fail(Status::kInvalidArgument, "the name is empty", "name");
  if (auto checked = check_text(name, "name"); !checked) return checked;
  ForkLock lock(mutex_);
  const auto [taken, fresh] = names_.emplace(kind, name);
  if (!fresh) {
    return fail(Status::kInvalidArgument,
                "a " + std::string(kind) + " named '" + shown(name, 80) + "' is there already",
                "name");
  }
  try {
    sources_.push_back({std::string(kind), std::string(name), std::move(collect)});
  } catch (...) {
    names_.erase(taken);
    throw;
  }
  return {};
}

int64_t Sources::remove(std::string_view name) {
  ForkLock lock(mutex_);
  const auto removed = std::erase_if(sources_, [&](auto& s) { return s.name == name; });
  std::erase_if(names_, [&](auto& taken) { return taken.second == name; });
  return static_cast<int64_t>(removed);
}

// Without the lock: a noun takes its own.
void Sources::collect(MetricSink& sink) const {
  std::vector<Source> sources;
  {
    ForkLock lock(mutex_);
    sources = sources_;
  }
  for (const Source& source : sources) {
    MetricSink::Scope named(sink, "name", source.name);
    source.collect(sink);
  }
}

}  // namespace og
