// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/write_target.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.h"

using og::cli::is_strangers;
using og::cli::WriteTarget;

namespace {

constexpr uid_t kMe = 1000;
constexpr uid_t kOther = 1001;

struct stat entry_of(uid_t owner, mode_t mode = 0777) {
  struct stat about{};
  about.st_uid = owner;
  about.st_mode = mode;
  return about;
}

// A folder that is gone at the end of the test.
struct Folder {
  Folder() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string at(const char* name) const { return path + "/" + name; }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path), {}));
  }
  std::string path = "/tmp/outgrow-target-XXXXXX";
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("an entry of another user in a folder that all share is a stranger's") {
  const auto shared = entry_of(0, 01777);
  CHECK(is_strangers(entry_of(kOther), shared, kMe));
  CHECK(is_strangers(entry_of(kOther), shared, 0));  // root least of all should follow it
  CHECK_FALSE(is_strangers(entry_of(kMe), shared, kMe));
  CHECK_FALSE(is_strangers(entry_of(0), shared, kMe));  // the folder's owner could replace anything
  CHECK(is_strangers(entry_of(kOther), entry_of(kMe, 01770), kMe));
  CHECK_FALSE(is_strangers(entry_of(kOther), entry_of(kMe, 01755), kMe));
  CHECK_FALSE(is_strangers(entry_of(kOther), entry_of(0, 0755), kMe));
}

TEST_CASE("a link that is put in the way after the target was found is replaced, not followed") {
  const Folder folder;
  const std::string report = folder.at("report.html");
  const std::string victim = folder.at("victim");
  std::ofstream(victim) << "mine";
  auto target = WriteTarget::find(report);
  REQUIRE(target);
  REQUIRE(symlink(victim.c_str(), report.c_str()) == 0);
  REQUIRE(target->write("text"));
  CHECK(text_of(victim) == "mine");
  CHECK(text_of(report) == "text");
  CHECK_FALSE(std::filesystem::is_symlink(report));
  CHECK(folder.files() == 2);
}

TEST_CASE("a folder that is replaced after the target was found is not written to") {
  const Folder folder;
  std::filesystem::create_directory(folder.at("mine"));
  std::filesystem::create_directory(folder.at("other"));
  auto target = WriteTarget::find(folder.at("mine/report.html"));
  REQUIRE(target);
  std::filesystem::rename(folder.at("mine"), folder.at("moved"));
  std::filesystem::create_directory_symlink(folder.at("other"), folder.at("mine"));
  REQUIRE(target->write("text"));
  CHECK(text_of(folder.at("moved/report.html")) == "text");
  CHECK(std::filesystem::is_empty(folder.at("other")));
}

TEST_CASE("one's own links are followed to their end") {
  const Folder folder;
  std::filesystem::create_directory(folder.at("there"));
  std::filesystem::create_symlink("second", folder.at("first"));
  std::filesystem::create_symlink("there/../there/report.html", folder.at("second"));
  for (const char* text : {"new", "again"}) {
    auto target = WriteTarget::find(folder.at("first"));
    REQUIRE(target);
    REQUIRE(target->write(text));
    CHECK(text_of(folder.at("there/report.html")) == text);
    CHECK(std::filesystem::is_symlink(folder.at("first")));
  }
}
