// SPDX-License-Identifier: Apache-2.0
#include "outgrow/fleet.h"

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "core/base/text_argument.h"
#include "core/fleet/fleet_scope.h"
#include "core/fleet/resp.h"
#include "core/fleet/server_acl.h"

using namespace og::capi;

namespace {

constexpr size_t kLongestReason = 120;

tl::unexpected<og::Error> null_fleet() {
  return og::fail(og::Status::kNullHandle, "fleet is NULL");
}

}  // namespace

og_status og_fleet_create(const og_config* config, const og_clock* clock, og_fleet** out,
                          og_error** error) {
  return og_fleet_create_in(nullptr, nullptr, config, clock, out, error);
}

og_status og_fleet_create_in(const og_scope* scope, const char* name, const og_config* config,
                             const og_clock* clock, og_fleet** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_fleet> {
    if (!scope) {
      return og::fail(og::Status::kInvalidArgument,
                      "a fleet lies over the scope of this host: it needs one, and a name",
                      "scope");
    }
    if (!name) return og::fail(og::Status::kInvalidArgument, "name is NULL", "name");
    auto made =
        og::FleetScope::create(scope->scope, name, config_or_empty(config), clock_or_system(clock));
    if (!made) return tl::unexpected(std::move(made.error()));
    return og_fleet{std::move(*made)};
  });
}

void og_fleet_destroy(og_fleet** fleet) { destroy(fleet); }

og_status og_fleet_scope(const og_fleet* fleet, og_scope** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_scope> {
    if (!fleet) return null_fleet();
    return og_scope{fleet->scope};
  });
}

int32_t og_fleet_wait_due(og_fleet* fleet, int64_t timeout_ns) {
  return call<int32_t>(fleet, [&](og_fleet& f) -> int32_t {
    if (timeout_ns < 0) return OG_INVALID_ARGUMENT;
    return f.scope->fleet()->wait(timeout_ns);
  });
}

og_status og_fleet_take(og_fleet* fleet, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!fleet) return null_fleet();
    std::string text;
    for (const auto& command : fleet->scope->fleet()->take()) {
      if (text.empty()) text = ":" + std::to_string(command.id) + "\r\n";
      og::append_resp(text, command.words);
    }
    return og_text{std::move(text)};
  });
}

og_status og_fleet_reply(og_fleet* fleet, int64_t command, const void* reply, int64_t reply_len,
                         og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!fleet) return null_fleet();
    if (!valid(reply, reply_len))
      return og::fail(og::Status::kInvalidArgument, "reply is NULL", "reply");
    auto read = og::parse_resp(bytes(reply, reply_len));
    if (!read) return tl::unexpected(std::move(read.error()));
    fleet->scope->fleet()->reply(command, std::move(*read));
    return {};
  });
}

og_status og_fleet_broken(og_fleet* fleet, const char* why, og_error** error) {
  return guard(error, [&]() -> og::Result<void> {
    if (!fleet) return null_fleet();
    if (!why) return og::fail(og::Status::kInvalidArgument, "why is NULL", "why");
    if (auto text = og::check_text(why, "why"); !text) return text;
    fleet->scope->fleet()->broken(std::string_view(why).substr(0, kLongestReason));
    return {};
  });
}

og_status og_fleet_leave(og_fleet* fleet) {
  return call<og_status>(fleet, [](og_fleet& f) {
    f.scope->fleet()->leave();
    return OG_OK;
  });
}

og_status og_fleet_status(const og_fleet* fleet, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!fleet) return null_fleet();
    return og_text{fleet->scope->fleet()->status()};
  });
}

og_status og_fleet_acl(const og_fleet* fleet, const char* user, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!fleet) return null_fleet();
    if (!user) return og::fail(og::Status::kInvalidArgument, "user is NULL", "user");
    auto line = og::fleet_acl(fleet->scope->fleet()->name(), user);
    if (!line) return tl::unexpected(std::move(line.error()));
    return og_text{std::move(*line)};
  });
}

og_status og_metrics_add_fleet(og_metrics* metrics, const char* name, const og_fleet* fleet,
                               og_error** error) {
  return add_metrics(metrics, "fleet", name, fleet, error);
}
