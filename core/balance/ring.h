// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/balance/endpoint.h"
#include "core/base/hash.h"

namespace og {

enum class RingHash { kXxh3, kKetama };

// A ring of points, each a server's (Karger et al. 1997): a key belongs to the first point at or
// after its own position, going round at the end.
//
// Finding that point by bisection misses the cache and the branch predictor some fourteen times at
// a hundred servers. Places are uniform, so their upper bits tell nearly everything: an index of
// about as many entries as points says where to start, and the search looks at one or two points
// from there. That is what makes a lookup cost two cache lines.
//
// The ring is the same whatever the order in which servers came: points that fall on one position
// are ordered by their servers' names, and only the first of them can own a key. A server's points
// do not depend on the other servers but for its share of the weights and their number. With equal
// weights it has `points` on an xxh3 ring, whatever the number: when one joins or leaves, keys move
// to it or from it and nowhere else. Not so on a ketama ring, whose float arithmetic gives every
// server a digest less at some numbers of servers: 61, 122, 237 and 244 of the first 250, with 160
// points.
class Ring {
 public:
  // ketama: as libketama (Jones 2007) positions servers, so that its clients agree with us. A
  // server has floor(share of the weight * points / 4 * servers) digests, in libketama's float
  // arithmetic, of md5("name-i"), and each digest is four points. xxh3: the same shares, one XXH3
  // of "name-i" a point.
  //
  // `before`: a ring of the same hash and points, or null. What it has of a server that is on both
  // with as many points is taken over, so that a change costs the new servers' points and one pass
  // over all.
  Ring(std::span<const Member> members, RingHash hash, int64_t points,
       const Ring* before = nullptr);

  // Whether a ring of these members would be this one: so it is when their health alone has
  // changed.
  bool is_of(std::span<const Member> members) const noexcept;
  // Points that were hashed for it, and not taken over.
  size_t hashed() const noexcept { return hashed_; }

  uint32_t position_of(std::string_view key) const noexcept {
    return hash_ == RingHash::kXxh3 ? static_cast<uint32_t>(hash64(key) >> 32)
                                    : ketama_position(key);
  }

  // The owner of a position: an index into the members; -1 on an empty ring. `skip(member)` says
  // which to pass over: their keys go on to the next point, as if they were not on the ring.
  template <class Skip>
  int32_t owner(uint32_t position, Skip&& skip) const noexcept {
    size_t size = points_.size();
    if (size == 0) return -1;
    size_t at = index_[position >> shift_];
    while (at < size && points_[at].position < position) ++at;
    if (at == size) at = 0;
    int32_t first = points_[at].member;
    if (!skip(first)) [[likely]]
      return first;
    for (size_t i = 1; i < size; ++i) {
      if (++at == size) at = 0;
      if (!skip(points_[at].member)) return points_[at].member;
    }
    return -1;
  }

  void prefetch_index(uint32_t position) const noexcept {
    if (!points_.empty()) __builtin_prefetch(&index_[position >> shift_]);
  }
  void prefetch_point(uint32_t position) const noexcept {
    if (!points_.empty()) __builtin_prefetch(points_.data() + index_[position >> shift_]);
  }

  struct Point {
    uint32_t position;
    int32_t member;
  };
  std::span<const Point> points() const noexcept { return points_; }

 private:
  struct Server {  // a member
    std::string name;
    int64_t weight;
    int64_t digests;  // ketama: of four points; xxh3: of one
  };

  static uint32_t ketama_position(std::string_view key) noexcept;
  void add_ketama(const Server& server, int32_t member);
  void add_xxh3(const Server& server, int32_t member);
  std::vector<Point> taken_over(const Ring* before, std::vector<bool>* known) const;
  void draw_index();

  RingHash hash_;
  int shift_ = 31;
  size_t hashed_ = 0;
  std::vector<Server> servers_;  // by member
  std::vector<Point> points_;    // by position
  std::vector<uint32_t> index_;  // for each value of the upper bits, the first point at or after it
};

}  // namespace og
