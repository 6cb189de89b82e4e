// SPDX-License-Identifier: Apache-2.0
#include "core/scale/saved_state.h"

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>

#include "core/base/hash.h"

namespace og {
namespace {

constexpr std::size_t kSealDigits = 16;
constexpr std::size_t kLongestState = std::size_t{64} << 20;

std::string seal_of(std::string_view text) {
  char digits[kSealDigits + 1];
  std::snprintf(digits, sizeof digits, "%016" PRIx64, hash64(text));
  return digits;
}

}  // namespace

std::string sealed(std::string text) {
  const std::string seal = seal_of(text);
  return std::move(text) + seal;
}

Result<std::string_view> unsealed(std::string_view saved, std::string_view head,
                                  const char* whose) {
  const auto bad = [&](const char* what) {
    return fail(Status::kBadValue, std::string("this is no ") + whose + "'s state: " + what);
  };
  const std::size_t version_at = head.size() - 2;
  if (saved.size() <= head.size() + kSealDigits) return bad("it is too short");
  if (saved.size() > kLongestState) return bad("it is too long");
  if (saved.substr(0, version_at) != head.substr(0, version_at)) return bad("it begins otherwise");
  if (saved.substr(0, head.size()) != head) return bad("another version wrote it");
  const std::string_view text = saved.substr(0, saved.size() - kSealDigits);
  if (saved.substr(text.size()) != seal_of(text)) return bad("it is damaged");
  return text.substr(head.size());
}

int64_t offset_to_utc(const Clock& clock) {
  if (clock.kind() == Clock::Kind::kManual) return 0;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count() - clock.now();
}

StateArchive resumed(std::string_view body, int64_t clock_began, int64_t now) {
  StateArchive first = StateArchive::reading(body, 0);
  int64_t began = 0, then = 0, shift = 0;
  first.value(began);
  first.time(then);
  if (__builtin_sub_overflow(began, clock_began, &shift)) shift = 0;
  StateArchive archive = StateArchive::reading(body, std::min(shift, now - then));
  archive.value(began);
  return archive;
}

}  // namespace og
