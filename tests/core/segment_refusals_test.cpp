// SPDX-License-Identifier: Apache-2.0
// What a segment is not attached to, and what is said then.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstddef>

#include "core/base/hash.h"
#include "core/base/options.h"
#include "core/scope/host_scope.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::attach;
using test::SegmentName;
using test::start;
using test::wait_for;

template <class Result>
std::string why(const Result& result) {
  return result ? "done" : result.error().message;
}

}  // namespace

TEST_CASE("segment: one of another time namespace is refused, to look too, and can be removed") {
  SegmentName name;
  attach(name.settings()).reset();
  const int fd = open(name.path().c_str(), O_RDWR);
  SegmentShape shape;
  REQUIRE(pread(fd, &shape, sizeof shape, 0) == sizeof shape);
  REQUIRE(shape.time_namespace != 0);
  shape.time_namespace ^= 1;
  shape.check = hash64({reinterpret_cast<const char*>(&shape), offsetof(SegmentShape, check)}, 0);
  REQUIRE(pwrite(fd, &shape, sizeof shape, 0) == sizeof shape);
  CHECK(why(Segment::attach(name.settings())).find("is of time namespace") != std::string::npos);
  CHECK(why(Segment::inspect(name.text)).find("is of time namespace") != std::string::npos);

  shape.boot[0] ^=
      1;  // of an earlier boot it is made anew: the numbers of its namespaces mean nothing
  shape.check = hash64({reinterpret_cast<const char*>(&shape), offsetof(SegmentShape, check)}, 0);
  REQUIRE(pwrite(fd, &shape, sizeof shape, 0) == sizeof shape);
  close(fd);
  CHECK(why(Segment::attach(name.settings())) == "done");
  CHECK(why(Segment::remove(name.text)) == "done");
}

TEST_CASE("segment: a name that is none is refused wherever one is given") {
  for (const char* name :
       {"", "checkout", "two\nlines", "/two\nlines", "/\x1b[2J", "/latin\xe9", "./\xff"}) {
    CAPTURE(name);
    auto made = HostScope::create(name, {});
    auto seen = Segment::inspect(name);
    auto removed = Segment::remove(name);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == Status::kInvalidArgument);
    CHECK(made.error().option == "name");
    CHECK(why(seen) == why(made));
    CHECK(why(removed) == why(made));
  }
  CHECK(why(Segment::inspect("checkout")) ==
        "segment 'checkout': is neither shared memory (/checkout) nor the path of a file "
        "(./checkout)");
  CHECK(why(Segment::inspect("/two\nlines")).find('\n') == std::string::npos);
}

TEST_CASE("segment: a name of letters from anywhere is one") {
  const std::string name = "/outgrow-t\xc3\xa4st-" + std::to_string(getpid());
  Config config;
  CHECK(why(HostScope::create(name, config)) == "done");
  CHECK(why(Segment::inspect(name)) == "done");
  CHECK(why(Segment::remove(name)) == "done");
}

TEST_CASE("segment: a size beyond what the process may write is an error that names both") {
  SegmentName name;
  const pid_t child = start([&] {
    const struct rlimit most{1 << 20, 1 << 20};
    setrlimit(RLIMIT_FSIZE, &most);
    auto refused = Segment::attach(name.settings(4 << 20));
    if (refused || refused.error().option != "size" || refused.error().code != Status::kBadValue)
      return 1;
    const std::string& message = refused.error().message;
    if (message.find("4194304") == message.npos ||
        message.find("1 MiB (RLIMIT_FSIZE)") == message.npos)
      return 2;
    return Segment::attach(name.settings(1 << 20)) ? 0 : 3;
  });
  CHECK(wait_for(child) == 0);
}

TEST_CASE("segment: removed between two looks, it is made anew") {
  SegmentName name;
  const pid_t remover = start([&] {
    for (int i = 0; i < 20'000; ++i) shm_unlink(name.text.c_str());
    return 0;
  });
  int bad = 0;
  while (waitpid(remover, nullptr, WNOHANG) == 0) {
    for (int i = 0; i < 20; ++i) {
      if (auto made = SegmentFile::open(name.text, 0600); !made)
        bad += why(made).find("No such file") != std::string::npos;
    }
  }
  CHECK(bad == 0);
}

TEST_CASE("scope: damaged segments are listed too") {
  SegmentName name;
  attach(name.settings()).reset();
  const int fd = open(name.path().c_str(), O_RDWR);
  REQUIRE(pwrite(fd, "\xff", 1, offsetof(SegmentShape, objects)) == 1);
  close(fd);
  REQUIRE_FALSE(Segment::inspect(name.text));
  const auto names = HostScope::list();
  CHECK(std::find(names.begin(), names.end(), name.text) != names.end());
}

}  // namespace og
