// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <deque>
#include <string>

#include "core/balance/ring.h"
#include "core/base/md5.h"
#include "tests/catch.h"

namespace og {

// libketama/ketama_test.c prints, for the keys 0, 1, 2 ... and the servers of ketama.servers, the
// key's position, the position of the point that owns it, and the server. MediaWiki's
// HashRingTest.php publishes the md5 of its first thousand lines behind an empty one. So every
// position is compared, of keys and of points, not owners alone.
TEST_CASE("ketama: a thousand lines of libketama's own test program, by their digest") {
  constexpr int64_t kWeights[] = {600, 300, 200, 350, 1000, 800, 950, 100};
  std::deque<std::string> names;
  std::vector<Member> members;
  for (size_t i = 0; i < std::size(kWeights); ++i) {
    names.push_back("10.0.1." + std::to_string(i + 1) + ":11211");
    members.push_back({nullptr, names.back(), kWeights[i], true});
  }
  const Ring ring(members, RingHash::kKetama, 160);

  std::string lines = "\n";
  for (int key = 0; key < 1000; ++key) {
    uint32_t position = ring.position_of(std::to_string(key));
    int32_t owner = ring.owner(position, [](int32_t) { return false; });
    auto points = ring.points();
    auto point =
        std::lower_bound(points.begin(), points.end(), position,
                         [](const Ring::Point& p, uint32_t at) { return p.position < at; });
    if (point == points.end()) point = points.begin();
    lines += std::to_string(position) + " " + std::to_string(point->position) + " " +
             names[static_cast<size_t>(owner)] + "\n";
  }
  const std::array<uint8_t, 16> published = {0xd1, 0xa4, 0x91, 0x2a, 0x80, 0xe4, 0x65, 0x4e,
                                             0xc2, 0xe4, 0xe4, 0x62, 0xc8, 0xb9, 0x11, 0xc6};
  CHECK(md5(lines) == published);
}

}  // namespace og
