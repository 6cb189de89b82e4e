// SPDX-License-Identifier: Apache-2.0
#include "core/base/tickets.h"

#include <vector>

#include "tests/catch.h"

namespace og {

TEST_CASE("tickets: a reserved slot holds nothing until published, a seized one until recycled") {
  Tickets tickets(2, 100);
  int64_t slot = tickets.reserve();
  REQUIRE(slot >= 0);
  std::vector<int32_t> expired;
  auto expire = [&](int64_t now) {
    tickets.expire(now, [&](int32_t owner) { expired.push_back(owner); });
  };
  expire(1'000);
  CHECK(expired.empty());

  int64_t ticket = tickets.publish(slot, 7, 1'000);
  CHECK(Tickets::slot_of(ticket) == slot);
  CHECK(tickets.is_out(ticket));
  Tickets::Held held;
  REQUIRE(tickets.seize(ticket, 1'099, &held));
  CHECK(held.owner == 7);
  CHECK(held.since == 1'000);
  CHECK(!tickets.is_out(ticket));
  CHECK(!tickets.seize(ticket, 1'099, &held));
  CHECK(!tickets.give_back(ticket, 1'099, &held));

  // The slot is out of use meanwhile: of two, one is left.
  CHECK(tickets.take(1, 1'099) > 0);
  CHECK(tickets.reserve() == -1);
  CHECK(tickets.take(2, 1'099) == static_cast<int64_t>(Status::kFull));
  tickets.recycle(slot);
  int64_t next = tickets.take(3, 1'100);
  CHECK(next > 0);
  CHECK(Tickets::slot_of(next) == slot);
  CHECK(next != ticket);
  CHECK(!tickets.is_out(ticket));

  CHECK(!tickets.seize(next, 1'200, &held));  // past its deadline
  CHECK(tickets.is_out(next));                // until somebody looks
  expire(1'200);
  CHECK(!tickets.is_out(next));
  CHECK(expired == std::vector<int32_t>{3, 1});
}

// The count is one of a set in a segment: it does not go below 0. The clock jumps while the call is
// being counted, as it does for a thread that stood still there.
TEST_CASE("tickets: one that expires while its call is being counted leaves nothing counted") {
  Tickets tickets(1, 100);
  int64_t counted = 0;
  auto uncount = [&] { counted -= counted > 0; };
  auto expire = [&](int64_t now) { tickets.expire(now, [&](int32_t) { uncount(); }); };
  auto count = [&] {
    expire(1'000);
    ++counted;
  };
  CHECK(tickets.take_counted(7, 0, count, uncount) > 0);
  expire(1'000);
  CHECK(counted == 0);

  // Beyond the capacity nothing is held, and nothing counted.
  CHECK(tickets.take_counted(7, 1'000, [&] { ++counted; }, uncount) > 0);
  CHECK(tickets.take_counted(
            7, 1'000, [&] { ++counted; }, uncount) == static_cast<int64_t>(Status::kFull));
  CHECK(counted == 1);
}

}  // namespace og
