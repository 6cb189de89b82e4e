// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

#include "tests/cpp/error.h"

using namespace outgrow;

static bool same(Bytes a, Bytes b) { return a.view() == b.view() && a.size() == b.size(); }

TEST_CASE("keys are any text or range of bytes") {
  std::string text = "key";
  std::vector<unsigned char> bytes = {'k', 'e', 'y'};
  std::array<std::byte, 3> array = {std::byte{'k'}, std::byte{'e'}, std::byte{'y'}};
  CHECK(same("key", text));
  CHECK(same("key", std::string_view(text)));
  CHECK(same("key", bytes));
  CHECK(same("key", array));
  CHECK(same("key", Bytes(text.data(), 3)));
  CHECK(Bytes().size() == 0);
  CHECK_FALSE(std::is_constructible_v<Bytes, std::vector<int>>);
  CHECK_FALSE(std::is_constructible_v<Bytes, std::nullptr_t>);
}

TEST_CASE("U+0000 and characters beyond the basic plane are bytes of a key like others") {
  Cache cache;
  std::string nul("a\0b", 3), emoji = "\xF0\x9F\x90\x98";
  CHECK(cache.set(nul, "nul") == Status::ok);
  CHECK(cache.set(emoji, "elephant") == Status::ok);
  CHECK(cache.pin(nul).view() == "nul");
  CHECK(cache.pin(emoji).view() == "elephant");
  CHECK(cache.pin("a").status == Status::miss);
}

TEST_CASE("an absurd key is an error") {
  RateLimiter limiter({{"rate", "1/s"}, {"keys", 16}});
  const char* null = nullptr;
  CHECK(status_of([&] { (void)limiter.acquire(null); }) == Status::invalid_argument);
  CHECK(status_of([&] { (void)limiter.acquire(Bytes(nullptr, 5)); }) == Status::invalid_argument);
  CHECK(status_of([&] {
          (void)limiter.acquire(Bytes("x", std::numeric_limits<std::size_t>::max()));
        }) == Status::invalid_argument);
  std::string huge(3u << 20, 'k');
  CHECK(limiter.acquire(huge));
  CHECK_FALSE(limiter.acquire(huge));
}

TEST_CASE("a list of keys is made from any range, and refilled") {
  std::vector<std::string> names = {"a", "b"};
  Keys keys(names);
  CHECK(keys.size() == 2);
  keys.clear();
  keys.add("c");
  CHECK(keys.count() == 1);
  CHECK(Keys{"a", names[1], std::string_view("c")}.size() == 3);
}
