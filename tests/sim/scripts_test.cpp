// SPDX-License-Identifier: Apache-2.0
// The fleet's scripts against their model, on real servers, over random states.
#include <cstdio>

#include "core/base/random.h"
#include "core/fleet/bucket_scripts.h"
#include "core/fleet/endpoint_scripts.h"
#include "core/fleet/member_scripts.h"
#include "core/fleet/slot_scripts.h"
#include "core/fleet/vote_scripts.h"
#include "tests/catch.h"
#include "tests/sim/bucket_model.h"
#include "tests/sim/endpoint_model.h"
#include "tests/sim/member_model.h"
#include "tests/sim/real_redis.h"
#include "tests/sim/slot_model.h"
#include "tests/sim/vote_model.h"

namespace og {
namespace {

using test::BucketModel;
using test::RealRedis;
using test::run;
using test::shown;

std::vector<int64_t> integers(const FleetReply& reply) {
  std::vector<int64_t> numbers;
  for (const FleetReply& one : reply.list) numbers.push_back(one.integer);
  return numbers;
}

// Rates of all sizes that there are, and the ones where doubles would first be wrong.
struct Bucket {
  int64_t count, period, burst;
};
Bucket draw_bucket(Random& random) {
  switch (random.below(4)) {
    case 0:
      return {100, 1'000'000, static_cast<int64_t>(1 + random.below(200))};
    case 1:
      return {1, 86'400'000'000, static_cast<int64_t>(1 + random.below(1000))};
    case 2:
      return {999'983, 1'000'000, static_cast<int64_t>(1 + random.below(2'000'000))};
    default: {
      const auto period = static_cast<int64_t>(1 + random.below(1'000'000));
      const auto most = static_cast<uint64_t>(9'007'199'254'740'992 / period);
      return {static_cast<int64_t>(1 + random.below(1'000'000)), period,
              static_cast<int64_t>(1 + random.below(std::min<uint64_t>(most, 1'000'000'000'000)))};
    }
  }
}

void compare_members(RealRedis& redis) {
  Random random(1);
  test::MemberModel model;
  int64_t now = 1'700'000'000'000'000;
  for (int step = 0; step < 500; ++step) {
    INFO("step " << step);
    now += static_cast<int64_t>(random.below(3'000'000)) - 200'000;
    const std::string name = "machine-" + std::to_string(random.below(12));
    const int64_t ttl = random.below(5) == 0 ? 0 : 10'000'000;
    REQUIRE(integers(run(redis, kBeatScript, "members", {now, ttl}, name)) ==
            model.beat({now, ttl}, name));
  }
  REQUIRE(redis.run({"PTTL", "members"}).integer > 0);
}

void compare_slots(RealRedis& redis) {
  Random random(2);
  test::SlotModel model;
  int64_t now = 1'700'000'000'000'000, order = 1;
  for (int step = 0; step < 1500; ++step) {
    INFO("step " << step);
    now += static_cast<int64_t>(random.below(600'000)) - 50'000;
    const std::string name = "machine-" + std::to_string(random.below(8));
    const auto want = static_cast<int64_t>(random.below(30));
    order += static_cast<int64_t>(random.below(4)) - 1;
    const std::vector<int64_t> numbers{
        now,       static_cast<int64_t>(10 + random.below(3) * 30),
        3'000'000, random.below(3) ? 0 : static_cast<int64_t>(random.below(20)),
        want,      std::max<int64_t>(order, 0)};
    REQUIRE(integers(run(redis, kSlotsScript, "slots", numbers, name)) ==
            model.slots(numbers, name));
    REQUIRE(redis.run({"HGET", "slots", name}).text == model.text(name));
    REQUIRE(redis.run({"HLEN", "slots"}).integer == static_cast<int64_t>(model.holders.size()));
  }
}

void compare_votes(RealRedis& redis) {
  int64_t opened = 0, granted = 0, closed = 0, late = 0, forgotten = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    test::VoteModel model;
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(random.below(n)); };
    const std::string key = "{v" + std::to_string(seed) + "}";
    const int64_t open = 1 + below(4'000'000), vote = 1'000'000 + below(9'000'000);
    int64_t now = 1'700'000'000'000'000 + below(1'000'000), order = 1;
    const size_t machines = 1 + random.below(9);
    for (int step = 0; step < 150; ++step) {
      INFO("seed " << seed << " step " << step << " state " << model.text());
      // Mostly on; a clock that stands, and one that steps back and far on.
      if (random.below(40) == 0)
        now += below(60'000'000) - 30'000'000;
      else if (random.below(5) > 0)
        now += below(300'000);
      order += below(5) - 1;
      const std::string name = "machine-" + std::to_string(random.below(machines));
      // Of the present generation, an older one, one that the server forgot, or none.
      int64_t generation = model.fleet.generation, until = model.fleet.until;
      const uint64_t draw = random.below(20);
      if (draw == 0) generation = until = 0;
      if (draw == 1) generation -= 1;
      if (draw == 2) {
        generation += 1 + below(1000);
        until = random.below(2) ? 0 : now + below(6'000'000) - 2'000'000;
      }
      const bool fails = random.below(3) > 0;
      const std::vector<int64_t> numbers{now,
                                         random.below(30) ? open : open / 2 + 1,
                                         vote,
                                         1 + below(6),
                                         1 + below(3'000'000),
                                         1 + below(5),
                                         random.below(20) ? 30 : below(101),
                                         random.below(4) ? 0 : below(12),
                                         std::max<int64_t>(generation, 0),
                                         std::max<int64_t>(until, 0),
                                         fails,
                                         fails ? 0 : below(4),
                                         random.below(12) == 0,
                                         random.below(4) ? 0 : below(4),
                                         below(4'000'000),
                                         random.below(2) ? 0 : below(4),
                                         std::max<int64_t>(order, 0)};
      const int64_t before = model.fleet.generation;
      const bool was_open = model.fleet.until > 0;
      const auto wanted = model.votes(numbers, name);
      const FleetReply reply = run(redis, kVotesScript, key, numbers, name);
      INFO(reply.text);
      REQUIRE(integers(reply) == wanted);
      REQUIRE(redis.run({"HGET", key, ""}).text == model.text());
      REQUIRE(redis.run({"HGET", key, name}).text == model.text(name));
      REQUIRE(redis.run({"HLEN", key}).integer == 1 + static_cast<int64_t>(model.machines.size()));
      const int64_t left = redis.run({"PTTL", key}).integer;
      if (wanted[0] > 0) {
        REQUIRE(left <= model.keep_ms);
        REQUIRE(left > model.keep_ms - 1000);
        granted += wanted[7] > 0;
      }
      late += wanted[0] < 0;
      opened += !was_open && model.fleet.until > 0;
      closed += was_open && model.fleet.until == 0 && model.fleet.generation > before;
      if (random.below(60) == 0) {
        redis.run({"DEL", key});
        model = {};
        ++forgotten;
      }
    }
    for (const auto& [name, machine] : model.machines)
      REQUIRE(redis.run({"HGET", key, name}).text == model.text(name));
  }
  // The states come to all that there is.
  for (int64_t times : {opened, granted, closed, late, forgotten}) REQUIRE(times > 20);
}

void compare_endpoints(RealRedis& redis) {
  int64_t stood = 0, paged = 0, removed = 0, dropped = 0, nothing_new = 0, forgotten = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    test::EndpointModel model;
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(random.below(n)); };
    const std::string key = "{e" + std::to_string(seed) + "}";
    const uint64_t names = 1 + random.below(40);
    const int64_t keep = 1'000'000 + below(60'000'000);
    int64_t now = 1'700'000'000'000'000 + below(1'000'000);
    for (int step = 0; step < 100; ++step) {
      INFO("seed " << seed << " step " << step);
      // Mostly on; a clock that stands, and one that steps back.
      if (random.below(30) == 0) now += below(40'000'000) - 10'000'000;
      if (random.below(5) > 0) now += below(500'000);
      std::string news;
      const int64_t told = random.below(2) ? 0 : below(30);
      for (int64_t i = 0; i < told; ++i) {
        const std::string name = "10.0.0." + std::to_string(random.below(names)) + ":80%20";
        const int64_t weight = random.below(3) ? below(1'000'001) : -1;
        const int64_t stamp =
            random.below(4) ? std::max<int64_t>(now - below(3'000'000), 1) : 1 + below(3);
        news += (i ? " " : "") + name + ' ' + std::to_string(weight) + ' ' + std::to_string(stamp) +
                (random.below(2) ? " %" : " eu-1");
      }
      const int64_t since = random.below(3)   ? model.version
                            : random.below(2) ? 0
                                              : std::max<int64_t>(now - below(5'000'000), 0);
      const std::vector<int64_t> numbers{now, since, 1 + below(random.below(2) ? 5 : 100), keep};
      const size_t before = model.words.size();
      const FleetReply wanted = model.run(numbers, news);
      const FleetReply reply = run(redis, kEndpointsScript, key, numbers, told ? news : ".");
      REQUIRE(shown(reply) == shown(wanted));
      const auto gone = std::count_if(model.words.begin(), model.words.end(),
                                      [](const auto& one) { return one.second.weight < 0; });
      REQUIRE(redis.run({"ZCARD", key}).integer ==
              static_cast<int64_t>(2 * model.words.size()) + gone + (model.born > 0));
      if (model.born > 0) {
        const int64_t left = redis.run({"PTTL", key}).integer;
        REQUIRE(left >= (keep + 999) / 1000 - 1000);
        REQUIRE(left <= (keep + 999) / 1000 + 3'600'000);
      }
      stood += told > 0 && wanted.list.size() > 6;
      paged += wanted.list[3].integer < wanted.list[2].integer;
      removed += gone > 0;
      dropped += told == 0 && model.words.size() < before;
      nothing_new += wanted.list.size() == 6;
      if (random.below(60) == 0) {
        redis.run({"DEL", key});
        model = {};
        ++forgotten;
      }
    }
  }
  // The states come to all that there is.
  for (int64_t times : {stood, paged, removed, dropped, nothing_new, forgotten})
    REQUIRE(times > 20);
  redis.run({"ZADD", "other endpoints", "0", "2 of another release"});
  const FleetReply refused = run(redis, kEndpointsScript, "other endpoints", {-1, 0, 1, 1}, ".");
  REQUIRE(refused.text.find("OUTGROW") != std::string::npos);
  REQUIRE(redis.run({"ZCARD", "other endpoints"}).integer == 1);
}

void compare(const char* program) {
  auto redis = RealRedis::start(program);
  if (!redis) {
    std::printf("SKIPPED: no %s on this machine\n", program);
    return;
  }
  for (const FleetScript& script :
       {kTakeScript, kSpentScript, kBeatScript, kSlotsScript, kVotesScript, kEndpointsScript}) {
    INFO(script.name);
    REQUIRE(redis->run({"SCRIPT", "LOAD", std::string(script.text)}).text == script.sha);
  }
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed);
    Bucket bucket = draw_bucket(random);
    BucketModel model;
    const std::string key = "{b" + std::to_string(seed) + "}";
    auto now = static_cast<int64_t>(1'700'000'000'000'000 + random.below(1'000'000'000));
    for (int step = 0; step < 60; ++step) {
      INFO(program << " seed " << seed << " step " << step << " state "
                   << model.state.value_or("none"));
      // Mostly on, by less and more than a token takes; a clock that stands, and one that steps
      // back.
      const auto token = static_cast<uint64_t>(bucket.period / bucket.count + 2);
      switch (random.below(8)) {
        case 0:
          break;
        case 1:
          now -= static_cast<int64_t>(random.below(3'000'000));
          break;
        case 2:
          now += static_cast<int64_t>(random.below(1'000'000'000'000));
          break;
        default:
          now += static_cast<int64_t>(random.below(4 * token));
      }
      if (random.below(20) == 0) bucket = draw_bucket(random);  // another release's, or a new limit
      std::vector<int64_t> numbers{now, bucket.count, bucket.period, bucket.burst};
      const auto some = [&] {
        return static_cast<int64_t>(
            random.below(1 + random.below(static_cast<uint64_t>(bucket.burst) + 3)));
      };
      const bool takes = random.below(3) > 0;
      if (takes) {
        const int64_t need = some();
        numbers.insert(numbers.end(),
                       {need, need + some(), (static_cast<int64_t>(random.below(3)) - 1) * some(),
                        random.below(2) ? 100 : static_cast<int64_t>(random.below(101))});
      } else {
        numbers.push_back(some());
      }
      const auto wanted = takes ? model.take(numbers) : model.spent(numbers);
      const FleetReply reply = run(*redis, takes ? kTakeScript : kSpentScript, key, numbers);
      INFO(reply.text);
      REQUIRE(integers(reply) == wanted);
      const FleetReply held = redis->run({"GET", key});
      REQUIRE((held.kind == FleetReply::Kind::kText ? held.text : "none") ==
              model.state.value_or("none"));
      if (model.state) {
        const int64_t left = redis->run({"PTTL", key}).integer;
        REQUIRE(left <= model.keep_ms);
        REQUIRE(left > model.keep_ms - 1000);
      }
    }
  }
  compare_members(*redis);
  compare_slots(*redis);
  compare_votes(*redis);
  compare_endpoints(*redis);
  redis->run({"SET", "other", "not a bucket"});
  const FleetReply refused = run(*redis, kTakeScript, "other", {-1, 1, 1, 1, 1, 1, 0, 100});
  REQUIRE(refused.kind == FleetReply::Kind::kError);
  REQUIRE(refused.text.find("OUTGROW") != std::string::npos);
  REQUIRE(redis->run({"GET", "other"}).text == "not a bucket");
  redis->run({"HSET", "other votes", "", "2 of another release"});
  const FleetReply not_counted =
      run(*redis, kVotesScript, "other votes", std::vector<int64_t>(17, 1), "machine");
  REQUIRE(not_counted.text.find("OUTGROW") != std::string::npos);
  REQUIRE(redis->run({"HLEN", "other votes"}).integer == 1);
}

}  // namespace

TEST_CASE("the fleet's scripts do on Redis what their model does") { compare("redis-server"); }
TEST_CASE("the fleet's scripts do on Valkey what their model does") { compare("valkey-server"); }

}  // namespace og
