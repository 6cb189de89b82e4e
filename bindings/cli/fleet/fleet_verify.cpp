// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/fleet/fleet_verify.h"

#include <unistd.h>

#include <chrono>
#include <iostream>

#include "bindings/cli/figures.h"
#include "bindings/cli/fleet/server_client.h"
#include "bindings/cli/fleet/temporary_fleet.h"
#include "bindings/cli/host_report.h"

namespace og::cli {
namespace {

using LimiterHandle = Handle<og_limiter, &og_limiter_destroy>;

constexpr int kMostRounds = 20;
constexpr int64_t kMostWait = 10'000;  // ms, of a client that is a process a command

// What of this machine joins the fleet.
class Trial {
 public:
  Trial(std::string fleet, const std::vector<std::string>& client)
      : name_(std::move(fleet)), client_(client) {}

  Result<void> begin();
  // What is due goes to the server and back. Whether there was anything.
  Result<bool> exchange();
  // Until a token of a limit of 1,000 a second was granted by the server.
  Result<void> take_a_token();
  Result<void> leave();
  Result<Json> status() const {
    return ask([&](og_text** out, og_error** error) {
      return og_fleet_status(joined_.fleet.get(), out, error);
    });
  }

 private:
  const std::string name_;
  const ServerClient client_;
  TemporaryFleet joined_;
  LimiterHandle limiter_;
};

Result<void> Trial::begin() {
  auto joined = TemporaryFleet::create(name_, kMostWait);
  if (!joined) return tl::unexpected(joined.error());
  joined_ = std::move(*joined);
  auto options = make_config("limiter", {{"rate", "1000/s"}, {"keys", "16"}});
  if (!options) return tl::unexpected(options.error());
  const std::string own = "verify-" + std::to_string(getpid());
  og_limiter* limiter = nullptr;
  og_error* error = nullptr;
  if (og_limiter_create_in(joined_.scope.get(), own.c_str(), options->get(), nullptr, &limiter,
                           &error) != OG_OK)
    return tl::unexpected(failure_of(error));
  limiter_.reset(limiter);
  return {};
}

Result<bool> Trial::exchange() {
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
  return !batch->commands.empty();
}

Result<void> Trial::take_a_token() {
  constexpr char kKey[] = "key";
  for (int round = 0; round < kMostRounds; ++round) {
    // Its time is given: so it does not wait for what this thread is to fetch.
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const int64_t ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    const int64_t wait = og_limiter_acquire_at(limiter_.get(), kKey, sizeof kKey - 1, 1, ns);
    const auto known = status();
    if (!known) return tl::unexpected(known.error());
    if ((*known)["state"] == "apart") {
      return fail("no fleet works on this server: " +
                  printable((*known)["why"].get<std::string>(), 200));
    }
    if (wait == 0 && (*known)["granted"] > 0) return {};
    if (const auto done = exchange(); !done) return tl::unexpected(done.error());
  }
  return fail("no fleet works on this server: it grants nothing");
}

Result<void> Trial::leave() {
  if (og_fleet_leave(joined_.fleet.get()) != OG_OK) return fail("the library failed");
  const auto done = exchange();
  return done ? Result<void>() : tl::unexpected(done.error());
}

}  // namespace

Result<void> verify_server(const std::string& fleet, const std::vector<std::string>& client) {
  Trial trial(fleet, client);
  if (auto done = trial.begin(); !done) return done;
  if (auto done = trial.take_a_token(); !done) return done;
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
