// SPDX-License-Identifier: Apache-2.0
#include "outgrow/scope.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "core/base/json.h"
#include "core/base/shown_text.h"
#include "core/inspect/host_report.h"
#include "core/inspect/nouns.h"
#include "core/scope/host_scope.h"

using namespace og::capi;

namespace {

tl::unexpected<og::Error> null_name() {
  return og::fail(og::Status::kInvalidArgument, "name is NULL");
}

std::string near_noun(const char* noun) {
  std::vector<std::string_view> names;
  for (const og::NounRow& row : og::nouns()) {
    if (row.in_scope.open) names.push_back(row.in_scope.name);
  }
  const std::string near = og::nearest_name(noun, names);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

}  // namespace

og_status og_scope_create_host(const char* name, const og_config* config, og_scope** out,
                               og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_scope> {
    if (!name) return null_name();
    auto scope = og::HostScope::create(name, config_or_empty(config));
    if (!scope) return tl::unexpected(scope.error());
    return og_scope{std::move(*scope)};
  });
}

void og_scope_destroy(og_scope** scope) { destroy(scope); }

int64_t og_scope_stat(const og_scope* scope, int32_t which) {
  return call<int64_t>(scope, [&](const og_scope& s) -> int64_t {
    using Stat = og::Scope::Stat;
    switch (which) {
      case OG_SCOPE_BYTES:
        return s.scope->stat(Stat::kBytes);
      case OG_SCOPE_BYTES_LEFT:
        return s.scope->stat(Stat::kBytesLeft);
      case OG_SCOPE_OBJECTS:
        return s.scope->stat(Stat::kObjects);
      case OG_SCOPE_ATTACHMENTS:
        return s.scope->stat(Stat::kAttachments);
      case OG_SCOPE_DIFFERENCES:
        return s.scope->stat(Stat::kDifferences);
      default:
        return OG_INVALID_ARGUMENT;
    }
  });
}

og_status og_scope_differences(const og_scope* scope, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!scope) return og::fail(og::Status::kInvalidArgument, "scope is NULL");
    std::string lines;
    for (const std::string& sentence : scope->scope->differences()) {
      lines += (lines.empty() ? "" : "\n") + sentence;
    }
    return og_text{std::move(lines)};
  });
}

og_status og_scope_forget(const og_scope* scope, const char* kind, const char* name,
                          og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!scope) return og::fail(og::Status::kNullHandle, "scope is NULL");
    if (!kind) return og::fail(og::Status::kInvalidArgument, "kind is NULL", "kind");
    if (!name) return null_name();
    const og::ObjectKind* found = og::find_kind(std::string_view(kind));
    if (!found) {
      return og::fail(og::Status::kInvalidArgument,
                      "no noun '" + og::shown(kind, 80) + "' lies in a scope" + near_noun(kind),
                      "kind");
    }
    return scope->scope->forget(static_cast<og::CellKind>(found->kind), name);
  });
}

og_status og_scope_inspect(const char* name, int32_t verify, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!name) return null_name();
    if (verify != 0 && verify != 1)
      return og::fail(og::Status::kInvalidArgument, "verify is 0 or 1", "verify");
    auto segment = og::Segment::inspect(name);
    if (!segment) return tl::unexpected(segment.error());
    return og_text{og::host_report(*segment, verify == 1)};
  });
}

og_status og_scope_list(og_text** out, og_error** error) {
  return guard_create(out, error, []() -> og::Result<og_text> {
    std::string names;
    for (const std::string& name : og::HostScope::list()) {
      names += names.empty() ? "[" : ",";
      og::append_json_string(names, name);
    }
    return og_text{(names.empty() ? "[" : names) + "]"};
  });
}

og_status og_scope_remove(const char* name, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!name) return null_name();
    return og::Segment::remove(name);
  });
}

og_status og_metrics_add_scope(og_metrics* metrics, const char* name, const og_scope* scope,
                               og_error** error) {
  return add_metrics(metrics, "scope", name, scope, error);
}
