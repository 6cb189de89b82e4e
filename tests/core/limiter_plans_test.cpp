// SPDX-License-Identifier: Apache-2.0
// A limiter whose keys have plans, against a model in whole numbers: time in 1/1680 ns, of which
// each plan's unit (a 16th, 15th or 14th of a ns) is a whole number.
#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

using Wide = __int128;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kParts = 1680;  // of a ns: the least common multiple of 16, 15 and 14

struct Plan {
  std::string name;
  int64_t count, period, burst;  // count 0: unlimited
  Wide unit() const {            // in parts
    const int64_t n = count / std::gcd(count, period);
    return kParts / (16 / n * n);
  }
  Wide token() const { return Wide{period} * kParts / count; }  // parts that refill one
  std::string text() const {
    if (count == 0) return "unlimited";
    return std::to_string(count) + "/" + std::to_string(period) + "ns:" + std::to_string(burst);
  }
};

Wide up(Wide a, Wide b) { return (a + b - 1) / b; }

struct Model {
  std::vector<Plan> plans;
  int64_t max_debt;
  struct Key {
    size_t own = 0, last = 0;  // its plan, and the one that its bucket is of
    bool exempt = false, blocked = false;
    Wide full = 0;  // when it is
  };
  std::map<std::string, Key> keys;

  // What a bucket that lacks so many parts lacks after a change, by the rule's definition: in units
  // of the new one, rounded up.
  Wide inherit(const std::string& rule, Wide lacks, const Plan& from, const Plan& to) const {
    if (lacks <= 0 || rule == "reset") return 0;
    const Wide cap = from.burst * from.token(), new_cap = to.burst * to.token();
    const Wide owed = std::min(lacks, cap), debt = lacks - owed;
    Wide after;
    const Wide in_tokens = up(owed * to.token(), from.token() * to.unit()) * to.unit();
    if (rule == "proportional") {
      after = up(owed * new_cap, cap * to.unit()) * to.unit();
    } else if (rule == "additive" && to.burst >= from.burst) {
      after = in_tokens;
    } else {
      const Wide left = (cap - owed) * to.token() / (from.token() * to.unit()) * to.unit();
      after = new_cap - std::min(left, new_cap);
    }
    const Wide still = std::min<Wide>(up(debt * to.token(), from.token() * to.unit()) * to.unit(),
                                      max_debt * to.token());
    return std::min(after, new_cap) + still;
  }
  void become(Key& key, size_t plan, int64_t now, const std::string& rule = "proportional") const {
    if (key.last == plan || plans[plan].count == 0) return;
    const Wide present = Wide{now} * kParts;
    const Wide lacks = plans[key.last].count == 0 ? 0 : key.full - present;
    key.full = present + inherit(rule, lacks, plans[key.last], plans[plan]);
    key.last = plan;
  }
  int64_t wait(const Key& key, const Plan& plan, int64_t cost, int64_t now) const {
    const Wide present = Wide{now} * kParts;
    if (cost > plan.burst) return kNeverPasses;
    const Wide beyond =
        std::max(key.full, present) + cost * plan.token() - present - plan.burst * plan.token();
    return beyond <= 0 ? 0 : static_cast<int64_t>(up(beyond, kParts));
  }
  int64_t acquire(const std::string& name, size_t plan, int64_t cost, int64_t now, bool takes) {
    Key& key = keys[name];
    if (key.exempt) return 0;
    if (key.blocked) return kNeverPasses;
    if (plans[plan].count == 0) return 0;
    Key after = key;
    become(after, plan, now);
    const int64_t wait = this->wait(after, plans[plan], cost, now);
    if (wait == 0 && takes) {
      key = after;
      key.full = std::max(key.full, Wide{now} * kParts) + cost * plans[plan].token();
    }
    return wait;
  }
  int64_t give_back(const std::string& name, int64_t cost, int64_t now) {
    Key& key = keys[name];
    const Wide present = Wide{now} * kParts;
    if (key.exempt || key.blocked || plans[key.own].count == 0) return 0;
    Key after = key;
    become(after, key.own, now);
    if (after.full <= present) return 0;
    const Wide token = plans[key.own].token();
    const Wide whole = std::min<Wide>((after.full - present) / token, cost);
    key = after;
    key.full = whole < cost ? present : key.full - whole * token;
    return static_cast<int64_t>(whole);
  }
  void charge(const std::string& name, int64_t cost, int64_t now) {
    Key& key = keys[name];
    if (key.exempt || key.blocked || plans[key.own].count == 0) return;
    become(key, key.own, now);
    const Wide present = Wide{now} * kParts, token = plans[key.own].token();
    const Wide from = std::max(key.full, present);
    key.full = std::max(
        from, std::min(from + cost * token, present + (plans[key.own].burst + max_debt) * token));
  }
};

const std::vector<Plan> kPlans{
    {"default", 10, kSecond, 20},    {"pro", 100, kSecond, 200}, {"slow", 7, kSecond, 5},
    {"odd", 15, 2 * kSecond, 33},    {"free", 0, 0, 0},          {"big", 1000, kSecond, 3},
    {"hours", 5, 3600 * kSecond, 5}, {"third", 3, kSecond, 3}};

std::string texts(const std::vector<Plan>& plans) {
  std::string all;
  for (size_t i = 1; i < plans.size(); ++i)
    all += (i > 1 ? ", " : "") + plans[i].name + "=" + plans[i].text();
  return all;
}

Config config_of(std::initializer_list<std::pair<const char*, std::string>> pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}

std::unique_ptr<Limiter> make(const Config& config) {
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

}  // namespace

TEST_CASE("limiter plans: as the model has it, over random calls, plans and changes of rates") {
  const auto seed = static_cast<uint32_t>(GENERATE(range(0, 60)));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  Model model{kPlans, seed % 3 == 0 ? 7 : 0, {}};
  static constexpr const char* kRules[] = {"proportional", "as_is", "additive", "reset"};
  const std::string rule = kRules[seed % 4];
  const auto limiter = make(config_of({{"rate", "10/s"},
                                       {"burst", "20"},
                                       {"keys", "64"},
                                       {"max_debt", std::to_string(model.max_debt)},
                                       {"tokens_inheritance", rule},
                                       {"plans", texts(model.plans)}}));
  int64_t now = below(100) * kSecond, passed = 0, denied = 0;
  for (int step = 0; step < 4000; ++step) {
    const std::string key(1, static_cast<char>('a' + below(5)));
    now += below(3) == 0 ? 0 : below(4) == 0 ? below(kSecond) : below(60'000'000);
    Model::Key& known = model.keys[key];
    const int64_t cost = 1 + below(below(3) == 0 ? 12 : 3);
    const auto plan = static_cast<size_t>(below(static_cast<int64_t>(kPlans.size())));
    const std::string word = plan == 0 ? "default" : kPlans[plan].name;
    INFO("step " << step << " key " << key << " at " << now << " cost " << cost << " plan "
                 << word);
    switch (below(12)) {
      case 0: {
        const int64_t which = below(8);
        const std::string to = which == 0 ? "exempt" : which == 1 ? "blocked" : word;
        REQUIRE(limiter->set_plan_at(key, to, now));
        known.exempt = to == "exempt";
        known.blocked = to == "blocked";
        known.own = which < 2 ? 0 : plan;
        if (which >= 2) model.become(known, plan, now, rule);
        CHECK(*limiter->plan(key) == to);
        break;
      }
      case 1:
        CHECK(limiter->acquire_as_at(key, word, cost, now) ==
              model.acquire(key, plan, cost, now, true));
        break;
      case 2:
        CHECK(limiter->give_back_at(key, cost, now) == model.give_back(key, cost, now));
        break;
      case 3:
        model.charge(key, cost, now);
        CHECK(limiter->charge_at(key, cost, now) == model.acquire(key, known.own, 1, now, false));
        break;
      case 4: {
        if (below(20) != 0) break;
        const size_t at = static_cast<size_t>(below(4));
        auto plans = model.plans;
        plans[at].burst = 1 + below(40);
        if (below(2)) plans[at].period = (1 + below(3)) * kSecond;
        Config config = config_of({{"burst", std::to_string(plans[0].burst)},
                                   {"rate", std::to_string(plans[0].count) + "/" +
                                                std::to_string(plans[0].period) + "ns"},
                                   {"tokens_inheritance", rule},
                                   {"plans", texts(plans)}});
        const auto changed = limiter->reconfigure_at(config, now);
        if (!changed) FAIL(changed.error().message);
        for (auto& [name, held] : model.keys) {
          const Plan &from = model.plans[held.last], &to = plans[held.last];
          if (from.count != 0) {
            const Wide present = Wide{now} * kParts;
            held.full = present + model.inherit(rule, held.full - present, from, to);
          }
        }
        model.plans = plans;
        break;
      }
      case 5:
        limiter->forget(key);
        known.full = 0;
        known.last = 0;
        break;
      case 6: {
        Standing standing;
        const int64_t wait = limiter->standing_at(key, now, standing);
        CHECK(wait == model.acquire(key, known.own, 1, now, false));
        if (known.exempt || known.blocked || model.plans[known.own].count == 0) break;
        int64_t left = 0;
        while (model.acquire(key, known.own, left + 1, now, false) == 0) ++left;
        CHECK(standing.remaining == left);
        CHECK(standing.limit == model.plans[known.own].burst);
        break;
      }
      default: {
        CHECK(limiter->peek_at(key, cost, now) == model.acquire(key, known.own, cost, now, false));
        const int64_t wait = limiter->acquire_at(key, cost, now);
        CHECK(wait == model.acquire(key, known.own, cost, now, true));
        (wait == 0 ? passed : denied) += 1;
      }
    }
  }
  CHECK(passed > 100);
  CHECK(denied > 100);
  CHECK(limiter->faults().empty());
}

TEST_CASE("limiter plans: going to and fro, by calls or by changes, gains nothing") {
  const bool by_calls = GENERATE(true, false);
  const auto limiter = make(
      config_of({{"rate", "10/s"}, {"burst", "20"}, {"keys", "8"}, {"plans", "pro=100/s:200"}}));
  int64_t share = 0;  // of a burst, in 200ths
  for (int turn = 0; turn < 100; ++turn) {
    const std::string plan = turn % 2 ? "default" : "pro";
    if (!by_calls) REQUIRE(limiter->set_plan_at("a", plan, 0));
    const int64_t wait =
        by_calls ? limiter->acquire_as_at("a", plan, 3, 0) : limiter->acquire_at("a", 3, 0);
    if (wait == 0) share += plan == "pro" ? 3 : 30;
  }
  CHECK(share <= 200);
  CHECK(share > 160);
}

// Calls of one key by two times, each by a plan of its own: a ns refills it once. Of half a burst
// that is left, the fifth of one that 200 ms brought is taken back; by `fast` they bring a whole
// one.
TEST_CASE("limiter plans: two clocks and two plans earn no ns twice") {
  const auto limiter = make(
      config_of({{"rate", "10/s"}, {"burst", "10"}, {"keys", "8"}, {"plans", "fast=1000/s:100"}}));
  const int64_t late = 100 * kSecond, early = late - kSecond / 5;
  REQUIRE(limiter->acquire_at("another", 1, 0) == 0);  // time counts from the first decision
  REQUIRE(limiter->acquire_at("a", 5, late) == 0);
  int64_t share = 0;  // of a burst, in hundredths
  for (int turn = 0; turn < 1000; ++turn) {
    share += limiter->acquire_as_at("a", "fast", 30, early) == 0 ? 30 : 0;
    share += limiter->acquire_at("a", 1, late) == 0 ? 10 : 0;
    share += limiter->give_back_at("a", 1, early) * 10 * -1;
  }
  CHECK(share <= 30 + 100);
}

TEST_CASE(
    "limiter plans: a key's plan stays when all cells are taken, and the map says when full") {
  auto made = Limiter::create(
      config_of({{"rate", "1/s"}, {"keys", "4"}, {"plans", "pro=5/s"}, {"plan_keys", "10"}}),
      make_manual_clock(0), Place(HeapScope::instance(), "api"));
  auto& limiter = **made;
  for (int i = 0; i < 10; ++i) REQUIRE(limiter.set_plan("key-" + std::to_string(i), "pro"));
  const auto full = limiter.set_plan("one more", "pro");
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Status::kFull);
  CHECK(full.error().message ==
        "limiter 'api' has plans for 10 keys, as many as option "
        "'plan_keys' has room for: raise it");
  for (int i = 0; i < 500; ++i) limiter.acquire_at("other-" + std::to_string(i), 1, 0);
  for (int i = 0; i < 10; ++i) CHECK(*limiter.plan("key-" + std::to_string(i)) == "pro");
  CHECK(limiter.set_plan("key-3", "blocked"));  // it has room
  CHECK(limiter.set_plan("one more", "default"));
  CHECK(limiter.set_plan("key-4", "default"));
  CHECK(limiter.set_plan("one more", "exempt"));
  CHECK_FALSE(limiter.set_plan("and another", "exempt"));
  CHECK(limiter.refusal(limiter.acquire("key-3", 1)) ==
        "over the rate limit 'api'; it never passes: its key is blocked, or it costs too much");
}

TEST_CASE("limiter plans: what a map has, against a map that anyone can check") {
  constexpr uint64_t kKeys = 40;
  const auto seed = static_cast<uint32_t>(GENERATE(range(0, 40)));
  std::mt19937_64 random(seed);
  alignas(64) static char memory[4096];
  REQUIRE(PlanMap<>::bytes_for(kKeys) <= sizeof memory);
  std::fill(std::begin(memory), std::end(memory), 0);
  PlanMap<> map(memory, kKeys);
  std::map<uint64_t, uint64_t> model;
  std::vector<uint64_t> hashes;
  for (int i = 0; i < 90; ++i) {  // half of them have one home
    const uint64_t low = random() & ~uint64_t{31} & 0xffffffffffff;
    hashes.push_back(i % 2 ? low : random());
  }
  for (int step = 0; step < 5000; ++step) {
    const uint64_t hash = hashes[random() % hashes.size()];
    const uint64_t plan = random() % 3 ? random() % kPlanNumbers : kDefaultPlan;
    const bool fits = plan == kDefaultPlan || model.contains(hash) || model.size() < kKeys;
    REQUIRE(map.set(hash, plan) == fits);
    if (plan == kDefaultPlan)
      model.erase(hash);
    else if (fits)
      model[hash] = plan;
    REQUIRE(map.used() == model.size());
    for (const uint64_t other : hashes)
      REQUIRE(map.find(other) == (model.contains(other) ? model[other] : kDefaultPlan));
  }
  for (const uint64_t hash : hashes) map.set(hash, kDefaultPlan);
  CHECK(std::all_of(std::begin(memory), std::end(memory), [](char c) { return c == 0; }));
}

// Who dies after it counted a key, and before it noted it, leaves a count that is too high.
TEST_CASE("limiter plans: a map that only seems full is counted anew") {
  constexpr uint64_t kKeys = 4;
  alignas(64) static char memory[1024];
  REQUIRE(PlanMap<>::bytes_for(kKeys) <= sizeof memory);
  std::fill(std::begin(memory), std::end(memory), 0);
  PlanMap<> map(memory, kKeys);
  const auto hash = [](uint64_t i) { return i * 0x9e3779b97f4a7c15; };
  REQUIRE(map.set(hash(1), kBlocked));
  reinterpret_cast<Memory::Word*>(memory)->store(kKeys);
  for (uint64_t i = 2; i <= kKeys; ++i) CHECK(map.set(hash(i), kExempt));
  CHECK_FALSE(map.set(hash(kKeys + 1), kExempt));
  CHECK(map.used() == kKeys);
}

}  // namespace og
