// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/fleet_verify.h"

#include <unistd.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <thread>

#include "bindings/cli/figures.h"
#include "bindings/cli/fleet/server_client.h"
#include "bindings/cli/fleet/temporary_fleet.h"
#include "bindings/cli/host_report.h"

namespace og::cli {
namespace {

using BreakerHandle = Handle<og_breaker, &og_breaker_destroy>;
using ConcurrencyHandle = Handle<og_concurrency, &og_concurrency_destroy>;
using LimiterHandle = Handle<og_limiter, &og_limiter_destroy>;

constexpr int kMostRounds = 50;
constexpr auto kPause = std::chrono::milliseconds(20);  // where nothing was due
constexpr int64_t kMostWait = 10'000;  // ms, of a client that is a process a command

int64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

// What of this machine joins the fleet. All times are given: so no call waits for what this thread
// is to fetch.
class Trial {
 public:
  Trial(std::string fleet, const std::vector<std::string>& client)
      : name_(std::move(fleet)), own_("verify-" + std::to_string(getpid())), client_(client) {}

  Result<void> join() {
    auto joined = TemporaryFleet::create(name_, kMostWait);
    if (!joined) return tl::unexpected(joined.error());
    joined_ = std::move(*joined);
    return {};
  }
  // Each until the server has let it in.
  Result<void> take_a_token();
  Result<void> enter_a_call();
  Result<void> vote();
  Result<void> leave();
  Result<Json> status() const {
    return ask([&](og_text** out, og_error** error) {
      return og_fleet_status(joined_.fleet.get(), out, error);
    });
  }

 private:
  template <auto CreateIn, class HandleType>
  Result<HandleType> make(const char* noun, const NounOptions& options) const {
    const auto config = make_config(noun, options);
    if (!config) return tl::unexpected(config.error());
    typename HandleType::pointer made = nullptr;
    og_error* error = nullptr;
    if (CreateIn(joined_.scope.get(), own_.c_str(), config->get(), nullptr, &made, &error) != OG_OK)
      return tl::unexpected(failure_of(error));
    return HandleType(made);
  }
  // What is due goes to the server and back. How many commands.
  Result<std::size_t> exchange();
  Result<void> exchange_until(const std::function<bool()>& is_let_in);

  const std::string name_, own_;
  const ServerClient client_;
  TemporaryFleet joined_;
};

Result<std::size_t> Trial::exchange() {
  og_text* made = nullptr;
  og_error* error = nullptr;
  if (og_fleet_take(joined_.fleet.get(), &made, &error) != OG_OK)
    return tl::unexpected(failure_of(error));
  const TextHandle text(made);
  const auto batch = batch_of(og_text_data(made));
  if (!batch) return tl::unexpected(batch.error());
  int64_t id = batch->first;
  for (const auto& command : batch->commands) {
    const auto reply = client_.run(command);
    if (!reply) return tl::unexpected(reply.error());
    if (og_fleet_reply(joined_.fleet.get(), id++, reply->data(),
                       static_cast<int64_t>(reply->size()), &error) != OG_OK)
      return tl::unexpected(failure_of(error));
  }
  return batch->commands.size();
}

Result<void> Trial::exchange_until(const std::function<bool()>& is_let_in) {
  for (int round = 0; round < kMostRounds; ++round) {
    const bool is_done = is_let_in();
    const auto known = status();
    if (!known) return tl::unexpected(known.error());
    if ((*known)["state"] == "apart") {
      return fail("no fleet works on this server: " +
                  printable((*known)["why"].get<std::string>(), 200));
    }
    if ((*known)["refused"] > 0) return fail("no fleet works on this server: it refuses a script");
    if (is_done && (*known)["state"] == "up") return {};
    const auto sent = exchange();
    if (!sent) return tl::unexpected(sent.error());
    if (*sent == 0) std::this_thread::sleep_for(kPause);
  }
  return fail("no fleet works on this server: it grants nothing");
}

Result<void> Trial::take_a_token() {
  const auto limiter = make<&og_limiter_create_in, LimiterHandle>(
      "limiter", {{"rate", "1000/s"}, {"keys", "16"}, {"outage", "closed"}});
  if (!limiter) return tl::unexpected(limiter.error());
  constexpr char kKey[] = "key";
  return exchange_until([&] {
    return og_limiter_acquire_at(limiter->get(), kKey, sizeof kKey - 1, 1, now_ns()) == 0;
  });
}

Result<void> Trial::enter_a_call() {
  const auto limit = make<&og_concurrency_create_in, ConcurrencyHandle>(
      "concurrency", {{"limit", "8"}, {"outage", "closed"}});
  if (!limit) return tl::unexpected(limit.error());
  return exchange_until([&] {
    const int64_t permit = og_concurrency_enter_at(limit->get(), now_ns());
    return permit > 0 && og_concurrency_exit_at(limit->get(), permit, now_ns()) == OG_OK;
  });
}

// It is open here, and alone: so nobody else hears of it.
Result<void> Trial::vote() {
  const auto breaker =
      make<&og_breaker_create_in, BreakerHandle>("breaker", {{"failure_threshold", "1"}});
  if (!breaker) return tl::unexpected(breaker.error());
  const int64_t permit = og_breaker_enter_at(breaker->get(), now_ns());
  og_breaker_exit_at(breaker->get(), permit, 0, now_ns());
  const auto before = status();
  if (!before) return tl::unexpected(before.error());
  const int64_t answered = (*before)["answered"];
  return exchange_until([&] {
    og_breaker_enter_at(breaker->get(), now_ns());
    const auto known = status();
    return known && (*known)["answered"] > answered;
  });
}

Result<void> Trial::leave() {
  if (og_fleet_leave(joined_.fleet.get()) != OG_OK) return fail("the library failed");
  const auto done = exchange();
  return done ? Result<void>() : tl::unexpected(done.error());
}

}  // namespace

Result<void> verify_server(const std::string& fleet, const std::vector<std::string>& client) {
  Trial trial(fleet, client);
  if (auto done = trial.join(); !done) return done;
  for (const auto step : {&Trial::take_a_token, &Trial::enter_a_call, &Trial::vote}) {
    if (auto done = (trial.*step)(); !done) return done;
  }
  const auto known = trial.status();
  if (!known) return tl::unexpected(known.error());
  if (auto done = trial.leave(); !done) return done;
  const std::string server = (*known)["server"], advice = (*known)["advice"];
  const int64_t others = (*known)["machines"].get<int64_t>() - 1;
  std::cout << "fleet '" << one_line(fleet) << "': works, "
            << (server.empty() ? "on a server that does not tell what it is" : printable(server))
            << ", "
            << (others == 0   ? "no other machine"
                : others == 1 ? "1 other machine"
                              : with_commas(others) + " other machines")
            << " in it\n";
  if (!advice.empty()) std::cout << "advice: " << printable(advice, 256) << "\n";
  return {};
}

}  // namespace og::cli
