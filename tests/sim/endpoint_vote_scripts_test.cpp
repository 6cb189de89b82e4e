// SPDX-License-Identifier: Apache-2.0
// The script of endpoints' health votes against its model, on real servers, over random states.
#include "core/fleet/endpoint_vote_scripts.h"

#include <cstdio>

#include "core/base/random.h"
#include "tests/catch.h"
#include "tests/sim/endpoint_vote_model.h"
#include "tests/sim/real_redis.h"

namespace og {
namespace {

using test::RealRedis;
using test::run;
using test::shown;

void compare_states(RealRedis& redis) {
  int64_t late = 0, heard = 0, nothing_new = 0, cut = 0, gone = 0, anew = 0, forgotten = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    test::EndpointVoteModel model;
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(random.below(n)); };
    const std::string key = "{h" + std::to_string(seed) + "}";
    const uint64_t names = 1 + random.below(40), machines = 1 + random.below(9);
    const int64_t vote = 1'000'000 + below(9'000'000);
    int64_t now = 1'700'000'000'000'000 + below(1'000'000), order = 1;
    for (int step = 0; step < 150; ++step) {
      INFO("seed " << seed << " step " << step << " state " << model.head());
      // Mostly on; a clock that stands, and one that steps back and far on.
      if (random.below(40) == 0)
        now += below(60'000'000) - 30'000'000;
      else if (random.below(5) > 0)
        now += below(400'000);
      order += below(5) - 1;
      const std::string name = "machine-" + std::to_string(random.below(machines));
      const bool tells = random.below(2);
      std::string text = name;
      const uint64_t part = random.below(4);
      for (uint64_t i = 0; tells && i < names; ++i) {
        if (random.below(4) <= part) text += " 10.0.0." + std::to_string(i) + ":80%20";
      }
      const std::vector<int64_t> numbers{now,
                                         random.below(30) ? vote : vote / 2 + 1,
                                         1 + below(random.below(2) ? 4 : 100),
                                         random.below(3) ? model.version : below(2) * (now - 9),
                                         tells,
                                         std::max<int64_t>(order, 0)};
      const size_t before = model.machines.size();
      const int64_t begun = model.begun_anew, were_cut = model.cut;
      const FleetReply wanted = model.run(numbers, text);
      const FleetReply reply = run(redis, kEndpointVotesScript, key, numbers, text);
      REQUIRE(shown(reply) == shown(wanted));
      REQUIRE(redis.run({"HGET", key, ""}).text == model.head());
      REQUIRE(redis.run({"HGET", key, "="}).text == model.tally());
      REQUIRE(redis.run({"HGET", key, ":" + name}).text == model.word(name));
      REQUIRE(redis.run({"HGET", key, "-" + name}).text == model.names(name));
      REQUIRE(redis.run({"HLEN", key}).integer == static_cast<int64_t>(model.fields()));
      const int64_t left = redis.run({"PTTL", key}).integer;
      if (wanted.list[0].integer > 0) {
        REQUIRE(left <= model.keep_ms);
        REQUIRE(left > model.keep_ms - 1000);
        nothing_new += wanted.list.size() == 5;
        heard += wanted.list.size() == 6 && !wanted.list[5].text.empty();
      }
      late += wanted.list[0].integer < 0;
      gone += model.machines.size() < before;
      cut += model.cut > were_cut;
      anew += model.begun_anew > begun;
      if (random.below(60) == 0) {
        redis.run({"DEL", key});
        model = {};
        ++forgotten;
      }
    }
    for (const auto& [name, machine] : model.machines)
      REQUIRE(redis.run({"HGET", key, ":" + name}).text == model.word(name));
  }
  // The states come to all that there is.
  for (int64_t times : {late, heard, nothing_new, cut, gone, anew, forgotten}) REQUIRE(times > 20);
  redis.run({"HSET", "other endpoint votes", "", "2 of another release"});
  const FleetReply refused = run(redis, kEndpointVotesScript, "other endpoint votes",
                                 {-1, 1'000'000, 1, 0, 0, 1}, "machine");
  REQUIRE(refused.text.find("OUTGROW") != std::string::npos);
  REQUIRE(redis.run({"HLEN", "other endpoint votes"}).integer == 1);
}

void compare_a_crowd(RealRedis& redis) {
  // More machines than a command of the script's takes arguments: all of them end.
  for (int64_t i = 0; i < 2500; ++i)
    run(redis, kEndpointVotesScript, "crowd", {5, 1000, 1, 0, 1, i + 1},
        "machine-" + std::to_string(i) + " a b");
  REQUIRE(redis.run({"HGET", "crowd", "="}).text == "a 2500 b 2500");
  REQUIRE(shown(run(redis, kEndpointVotesScript, "crowd", {20'000, 1000, 9, 5, 1, 9999},
                    "last b")) == " 1 0 20000 1 9999|");
  REQUIRE(redis.run({"HGET", "crowd", "="}).text == "b 1");
  REQUIRE(redis.run({"HLEN", "crowd"}).integer == 4);
}

void compare_endpoint_votes(const char* program) {
  auto redis = RealRedis::start(program);
  if (!redis) {
    std::printf("SKIPPED: no %s on this machine\n", program);
    return;
  }
  REQUIRE(redis->run({"SCRIPT", "LOAD", std::string(kEndpointVotesScript.text)}).text ==
          kEndpointVotesScript.sha);
  compare_states(*redis);
  compare_a_crowd(*redis);
}

}  // namespace

TEST_CASE("votes on endpoints' health do on Redis what their model does") {
  compare_endpoint_votes("redis-server");
}
TEST_CASE("votes on endpoints' health do on Valkey what their model does") {
  compare_endpoint_votes("valkey-server");
}

}  // namespace og
