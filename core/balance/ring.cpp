// SPDX-License-Identifier: Apache-2.0
#include "core/balance/ring.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "core/base/md5.h"

namespace og {
namespace {

constexpr int kPointsPerDigest = 4;

uint32_t digest_position(const std::array<uint8_t, 16>& digest, int which) noexcept {
  const uint8_t* p = digest.data() + which * 4;
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

// libketama's: pct is a float, the product a double, the count of servers a float.
int64_t ketama_digests(int64_t weight, int64_t total, int64_t points, size_t servers) {
  float share = static_cast<float>(weight) / static_cast<float>(total);
  double digests = static_cast<double>(share) * static_cast<double>(points / kPointsPerDigest) *
                   static_cast<double>(static_cast<float>(servers));
  return static_cast<int64_t>(std::floor(static_cast<float>(digests)));
}

// A server of mean weight has `points`; every server has one at least.
int64_t exact_points(int64_t weight, int64_t total, int64_t points, size_t servers) {
  auto product = static_cast<__int128>(weight) * points * static_cast<int64_t>(servers);
  return std::max<int64_t>(static_cast<int64_t>(product / total), 1);
}

}  // namespace

Ring::Ring(std::span<const Member> members, RingHash hash, int64_t points, const Ring* before)
    : hash_(hash) {
  int64_t total = 0;
  size_t servers = 0;
  for (const Member& m : members) {
    total += m.weight;
    servers += m.weight > 0;
  }
  for (const Member& m : members) {
    const int64_t digests = m.weight == 0 ? 0
                            : hash == RingHash::kKetama
                                ? ketama_digests(m.weight, total, points, servers)
                                : exact_points(m.weight, total, points, servers);
    servers_.push_back({std::string(m.name), m.weight, digests});
  }
  std::vector<bool> known(members.size());
  const std::vector<Point> kept = taken_over(before, &known);
  points_.reserve(servers * static_cast<size_t>(points));
  for (size_t i = 0; i < servers_.size(); ++i) {
    if (known[i]) continue;
    const auto member = static_cast<int32_t>(i);
    hash == RingHash::kKetama ? add_ketama(servers_[i], member) : add_xxh3(servers_[i], member);
  }
  hashed_ = points_.size();
  const auto in_order = [&](const Point& a, const Point& b) {
    if (a.position != b.position) return a.position < b.position;
    return servers_[static_cast<size_t>(a.member)].name <
           servers_[static_cast<size_t>(b.member)].name;
  };
  std::sort(points_.begin(), points_.end(), in_order);
  if (!kept.empty()) {
    std::vector<Point> all(points_.size() + kept.size());
    std::merge(points_.begin(), points_.end(), kept.begin(), kept.end(), all.begin(), in_order);
    points_.swap(all);
  }
  draw_index();
}

// In their order: by position, and of one position by name, whatever the members' numbers.
std::vector<Ring::Point> Ring::taken_over(const Ring* before, std::vector<bool>* known) const {
  if (!before) return {};
  std::unordered_map<std::string_view, int32_t> present;
  for (size_t i = 0; i < servers_.size(); ++i)
    present.emplace(servers_[i].name, static_cast<int32_t>(i));
  std::vector<int32_t> now(before->servers_.size(), -1);
  for (size_t i = 0; i < now.size(); ++i) {
    const Server& was = before->servers_[i];
    const auto found = present.find(was.name);
    if (found == present.end() ||
        servers_[static_cast<size_t>(found->second)].digests != was.digests)
      continue;
    now[i] = found->second;
    (*known)[static_cast<size_t>(found->second)] = true;
  }
  std::vector<Point> kept;
  kept.reserve(before->points_.size());
  for (const Point& p : before->points_) {
    const int32_t member = now[static_cast<size_t>(p.member)];
    if (member >= 0) kept.push_back({p.position, member});
  }
  return kept;
}

bool Ring::is_of(std::span<const Member> members) const noexcept {
  return std::equal(
      members.begin(), members.end(), servers_.begin(), servers_.end(),
      [](const Member& m, const Server& s) { return m.weight == s.weight && m.name == s.name; });
}

void Ring::draw_index() {
  int bits = std::clamp(static_cast<int>(std::bit_width(points_.size())), 1, 24);
  shift_ = 32 - bits;
  index_.resize(size_t{1} << bits);
  size_t at = 0;
  for (size_t i = 0; i < index_.size(); ++i) {
    while (at < points_.size() && points_[at].position < static_cast<uint64_t>(i) << shift_) ++at;
    index_[i] = static_cast<uint32_t>(at);
  }
}

uint32_t Ring::ketama_position(std::string_view key) noexcept {
  return digest_position(md5(key), 0);
}

void Ring::add_ketama(const Server& server, int32_t member) {
  std::string text(server.name);
  text += '-';
  size_t stem = text.size();
  for (int64_t i = 0; i < server.digests; ++i) {
    text.resize(stem);
    text += std::to_string(i);
    auto digest = md5(text);
    for (int h = 0; h < kPointsPerDigest; ++h)
      points_.push_back({digest_position(digest, h), member});
  }
}

// The number is part of the text, not the seed: over short texts XXH3 gives seeds and last bytes to
// the same few bits, so that "db1" and "db2" would share nearly all of their points.
void Ring::add_xxh3(const Server& server, int32_t member) {
  std::string text(server.name);
  text += '-';
  size_t stem = text.size();
  for (int64_t i = 0; i < server.digests; ++i) {
    text.resize(stem);
    text += std::to_string(i);
    points_.push_back({static_cast<uint32_t>(hash64(text) >> 32), member});
  }
}

}  // namespace og
