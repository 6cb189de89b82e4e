// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/link.h"

#include <map>

#include "core/base/time.h"
#include "core/fleet/bucket_scripts.h"
#include "tests/catch.h"
#include "tests/sim/sim_server.h"

namespace og {
namespace {

using test::SimServer;
using Fate = FleetAnswer::Fate;
using State = FleetLink::State;
constexpr int64_t kMs = 1'000'000;

struct Caller : FleetCaller {
  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override {
    REQUIRE(ends.count(tag) == 0);
    ends[tag] = {answer.fate, now};
    last = answer;
  }
  struct End {
    Fate fate;
    int64_t at;
  };
  std::map<uint64_t, End> ends;
  FleetAnswer last;
};

struct Machine {
  FleetLink link{FleetLink::Settings{}};
  SimServer server;
  Caller caller;
  int64_t now = 0;

  bool call(uint64_t tag) {
    return link.call({&kTakeScript, "{k}", {-1, 10, 1'000'000, 10, 1, 1, 0, 100}}, caller, tag,
                     now);
  }
  // One batch, answered at once.
  size_t pump() {
    const auto batch = link.take(now);
    for (const auto& command : batch) link.reply(command.id, server.run(command.words, now), now);
    return batch.size();
  }
  void connect() {
    pump();
    REQUIRE(link.state() == State::kUp);
  }
};

}  // namespace

TEST_CASE("a link asks the server what it is before anything else") {
  Machine m;
  REQUIRE(m.link.due() == 0);
  REQUIRE(m.call(1));
  auto batch = m.link.take(0);
  REQUIRE(batch.size() == 1);
  REQUIRE(batch[0].words == std::vector<std::string>{"INFO"});
  REQUIRE(m.link.take(0).empty());
  m.link.reply(batch[0].id, m.server.run(batch[0].words, 0), 0);
  REQUIRE(m.link.state() == State::kUp);
  REQUIRE(m.link.server().version == "7.0.15");
  REQUIRE(m.link.due() == 0);
  m.pump();
  m.pump();  // with the text
  REQUIRE(m.caller.ends.at(1).fate == Fate::kDone);
}

TEST_CASE("a script that the server does not know is sent whole, once") {
  Machine m;
  m.connect();
  m.call(1);
  auto batch = m.link.take(0);
  REQUIRE(batch[0].words[0] == "EVALSHA");
  m.link.reply(batch[0].id, m.server.run(batch[0].words, 0), 0);
  REQUIRE(m.caller.ends.empty());
  batch = m.link.take(0);
  REQUIRE(batch[0].words[0] == "EVAL");
  m.link.reply(batch[0].id, FleetReply::error_of("NOSCRIPT again"), 0);
  REQUIRE(m.caller.ends.at(1).fate == Fate::kRefused);
  REQUIRE(m.link.counts().texts == 1);

  m.call(2);
  m.pump();
  m.pump();
  m.call(3);
  REQUIRE(m.pump() == 1);
  REQUIRE(m.caller.ends.at(3).fate == Fate::kDone);
  REQUIRE(m.caller.last.reply.list.at(0).integer == 1);
}

TEST_CASE("a call ends when its time is over, and its late reply is nobody's") {
  Machine m;
  m.connect();
  m.call(1);
  auto batch = m.link.take(0);
  REQUIRE(m.link.due() == 50 * kMs);
  m.now = 50 * kMs - 1;
  m.link.take(m.now);
  REQUIRE(m.caller.ends.empty());
  m.now = 50 * kMs;
  m.link.take(m.now);
  REQUIRE(m.caller.ends.at(1).fate == Fate::kUnknownFate);
  REQUIRE(m.caller.last.sent_at == 0);
  REQUIRE(m.link.state() == State::kApart);
  m.link.reply(batch[0].id, FleetReply::integer_of(1), m.now);
  REQUIRE(m.link.counts().late == 1);
  REQUIRE(m.link.due() <= m.now);  // it lives: asked at once
  m.connect();
}

TEST_CASE("one lost reply among others does not part the link") {
  Machine m;
  m.connect();
  m.call(1);
  m.link.take(0);
  m.now = 10 * kMs;
  m.call(2);
  m.pump();
  m.pump();
  REQUIRE(m.caller.ends.at(2).fate == Fate::kDone);
  m.now = 50 * kMs;
  m.link.take(m.now);
  REQUIRE(m.caller.ends.at(1).fate == Fate::kUnknownFate);
  REQUIRE(m.link.state() == State::kUp);
}

TEST_CASE("apart, calls are refused at once, and pauses grow to their longest") {
  Machine m;
  m.connect();
  m.call(1);
  m.link.take(0);
  m.call(2);
  m.link.broken("connection reset", 0);
  REQUIRE(m.caller.ends.at(1).fate == Fate::kUnknownFate);
  REQUIRE(m.caller.ends.at(2).fate == Fate::kNotSent);
  REQUIRE(m.link.why_apart() == "connection reset");
  REQUIRE_FALSE(m.call(3));
  m.link.set_machines(1000);
  int64_t longest = 0, all = 0;
  for (int i = 0; i < 200; ++i) {
    const int64_t pause = m.link.due() - m.now;
    REQUIRE(pause >= 0);
    REQUIRE(pause <= std::min(50 * kMs << std::min(i, 20), 2'000 * kMs));
    longest = std::max(longest, pause);
    all += pause;
    m.now = m.link.due();
    REQUIRE(m.link.take(m.now).size() == 1);
    m.link.broken("connection refused", m.now);
    m.link.broken("told twice", m.now);
  }
  REQUIRE(longest > 1'900 * kMs);
  REQUIRE(all / 200 > 800 * kMs);  // a mean of half the longest
  REQUIRE(m.link.why_apart() == "connection refused");
  REQUIRE(m.link.counts().parted == 1);
  m.now = m.link.due();
  m.connect();
  REQUIRE(m.link.why_apart().empty());
  REQUIRE(m.call(4));
}

TEST_CASE("apart, a link asks again where what it asked was lost, and something else came") {
  Machine m;
  m.connect();
  m.call(1);
  const auto late = m.link.take(m.now);
  m.link.broken("connection reset", m.now);
  m.now = m.link.due();
  REQUIRE(m.link.take(m.now).size() == 1);  // INFO, which is lost
  m.now += kMs;
  m.link.reply(late[0].id, FleetReply::list_of({1, 0, 9, 0}), m.now);
  m.now += 60 * kMs;
  m.link.step(m.now);
  REQUIRE(m.link.state() == State::kApart);
  m.now = m.link.due();
  m.connect();
}

TEST_CASE("what a server says that cannot serve parts the link") {
  for (const char* error :
       {"LOADING Redis is loading the dataset in memory",
        "READONLY You can't write against a read only replica.",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "NOREPLICAS Not enough good replicas to write.", "NOAUTH Authentication required."}) {
    INFO(error);
    Machine m;
    m.connect();
    m.server.error = error;
    m.call(1);
    m.pump();
    REQUIRE(m.caller.ends.at(1).fate == Fate::kRefused);
    REQUIRE(m.link.state() == State::kApart);
    REQUIRE(m.link.why_apart() ==
            "the server answers " + std::string(error).substr(0, std::string(error).find(' ')));
    m.server.error.clear();
    m.now = m.link.due();
    m.connect();
  }
}

TEST_CASE("a server that answers INFO and refuses every script is asked ever more seldom") {
  Machine m;
  m.connect();
  m.link.set_machines(1000);
  int64_t longest = 0;
  uint64_t tag = 0;
  for (int i = 0; i < 50; ++i) {
    m.server.error = "OOM command not allowed when used memory > 'maxmemory'.";
    REQUIRE(m.call(++tag));
    m.pump();
    REQUIRE(m.link.state() == State::kApart);
    longest = std::max(longest, m.link.due() - m.now);
    m.now = m.link.due();
    m.server.error.clear();
    m.connect();
  }
  REQUIRE(longest > 1'500 * kMs);
  REQUIRE(m.link.counts().parted == 1);  // all of it is one outage
  REQUIRE(m.call(++tag));
  for (int i = 0; i < 2; ++i) m.pump();  // by its SHA-1, and with its text
  REQUIRE(m.caller.ends.at(tag).fate == Fate::kDone);
  m.link.broken("connection reset", m.now);
  REQUIRE(m.link.counts().parted == 2);
  REQUIRE(m.link.due() - m.now <= 50 * kMs);
}

TEST_CASE("a few machines are back sooner, and are told while others may be apart") {
  for (const auto& [machines, most] : {std::pair(1, 250), {125, 250}, {500, 1000}, {5000, 2000}}) {
    INFO(machines);
    Machine m;
    m.connect();
    m.link.set_machines(machines);
    REQUIRE_FALSE(m.link.is_back(m.now));
    int64_t longest = 0;
    for (int i = 0; i < 300; ++i) {
      m.link.broken("connection reset", m.now);
      longest = std::max(longest, m.link.due() - m.now);
      m.now = m.link.due();
      REQUIRE(m.link.take(m.now).size() == 1);
    }
    REQUIRE(longest <= most * kMs);
    REQUIRE(longest > most * kMs * 9 / 10);
    m.link.broken("connection reset", m.now);
    m.now = m.link.due();
    m.connect();
    REQUIRE(m.link.is_back(m.now + most * kMs - 1));
    REQUIRE_FALSE(m.link.is_back(m.now + most * kMs));
    m.link.broken("connection reset", m.now);
    REQUIRE_FALSE(m.link.is_back(m.now));
  }
}

TEST_CASE("an error of one key's own parts nothing") {
  Machine m;
  m.connect();
  m.server.error = "WRONGTYPE Operation against a key holding the wrong kind of value";
  m.call(1);
  m.pump();
  REQUIRE(m.caller.ends.at(1).fate == Fate::kRefused);
  REQUIRE(m.link.state() == State::kUp);
}

TEST_CASE("a replica, and a server that loads, keep no limits") {
  Machine m;
  m.server.role = "slave";
  m.pump();
  REQUIRE(m.link.state() == State::kApart);
  REQUIRE(m.link.why_apart().find("replica") != std::string::npos);
  m.server.role = "master";
  m.server.is_loading = true;
  m.now = m.link.due();
  m.pump();
  REQUIRE(m.link.why_apart().find("loading") != std::string::npos);
  m.server.is_loading = false;
  m.now = m.link.due();
  m.connect();
}

TEST_CASE("who may not ask INFO goes on without it") {
  Machine m;
  m.server.info_error = "NOPERM this user has no permissions to run the 'info' command";
  m.connect();
  REQUIRE(m.link.server().version.empty());
}

TEST_CASE("a server that evicts is told") {
  Machine m;
  m.server.eviction = "allkeys-lru";
  m.connect();
  REQUIRE(m.link.server().eviction_of_limits() == "allkeys-lru");
  REQUIRE(ServerFacts::advice_on_eviction("allkeys-lru").find("allkeys-lru") != std::string::npos);
  REQUIRE(ServerFacts::advice_on_eviction("").empty());
  const auto eviction_in = [](const char* info) {
    return ServerFacts::parse(info).eviction_of_limits();
  };
  REQUIRE(eviction_in("maxmemory:0\nmaxmemory_policy:allkeys-lru\n").empty());
  REQUIRE(eviction_in("maxmemory:1000000\nmaxmemory_policy:noeviction\n").empty());
  REQUIRE(eviction_in("role:master\n").empty());
  const auto valkey = ServerFacts::parse("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\n");
  REQUIRE(valkey.product == "valkey");
  REQUIRE(valkey.version == "8.0.1");
}

TEST_CASE("a pipeline and what is in flight are bounded") {
  Machine m;
  m.connect();
  for (uint64_t i = 0; i < 2000; ++i) m.call(i);
  size_t sent = 0;
  for (;;) {
    const size_t taken = m.link.take(0).size();
    REQUIRE(taken <= 128);
    if (taken == 0) break;
    sent += taken;
  }
  REQUIRE(sent == 1024);
  REQUIRE(m.link.due() == 50 * kMs);
  m.link.broken("reset", 0);
  REQUIRE(m.caller.ends.size() == 2000);
}

}  // namespace og
