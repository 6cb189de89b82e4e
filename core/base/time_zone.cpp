// SPDX-License-Identifier: Apache-2.0
#include "core/base/time_zone.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

namespace og {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;  // the largest of the database's has under 4000
constexpr uint32_t kMostChanges = 10'000;
constexpr const char* kFolders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                    "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};

tl::unexpected<Error> bad(std::string what) { return fail(Status::kBadValue, std::move(what)); }
tl::unexpected<Error> broken(const char* what) {
  return bad(std::string("its file is no TZif file that can be read: ") + what);
}

// Names that stay within the folder.
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  for (size_t at = 0; at <= name.size();) {
    const size_t end = std::min(name.find('/', at), name.size());
    const std::string_view part = name.substr(at, end - at);
    if (part.empty() || part.front() == '.') return false;
    for (const char c : part) {
      const bool usual = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!usual && !std::strchr("_+-.", c)) return false;
    }
    at = end + 1;
  }
  return true;
}

class File {
 public:
  explicit File(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (file_ >= 0) ::close(file_);
  }

  bool is_open() const { return file_ >= 0; }
  // Of a file that is one; else nothing.
  std::optional<size_t> size() const {
    struct stat found{};
    if (::fstat(file_, &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
    return static_cast<size_t>(found.st_size);
  }
  // Up to so many of it.
  bool read(std::string& bytes, size_t most) const {
    bytes.resize(most);
    size_t size = 0;
    while (size < bytes.size()) {
      const ssize_t got = ::read(file_, bytes.data() + size, bytes.size() - size);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return false;
      if (got == 0) break;
      size += static_cast<size_t>(got);
    }
    bytes.resize(size);
    return true;
  }

 private:
  const int file_;
};

Result<TimeZone> load_file(const std::string& path) {
  const File file(path);
  if (!file.is_open())
    return bad("its file " + path + " cannot be opened: " + std::strerror(errno));
  const auto size = file.size();
  if (!size) return bad(path + " is no file");
  if (*size > kMostBytes) return broken("it is too long");
  std::string bytes;
  if (!file.read(bytes, *size)) return bad("its file " + path + " cannot be read");
  return TimeZone::parse(bytes);
}

bool is_there(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

Result<TimeZone> TimeZone::load(const std::string& name) {
  if (name == "UTC") return utc();
  if (!is_name(name)) return bad("use a name of the IANA database, such as Europe/Paris");
  const char* const given = ::secure_getenv("TZDIR");
  if (given && *given) {
    const std::string path = std::string(given) + '/' + name;
    if (is_there(path)) return load_file(path);
    return bad("there is no such file in " + std::string(given) + ", which TZDIR names");
  }
  for (const char* folder : kFolders) {
    const std::string path = std::string(folder) + '/' + name;
    if (is_there(path)) return load_file(path);
  }
  if (std::none_of(std::begin(kFolders), std::end(kFolders), is_there)) {
    return bad(std::string("this machine has no time zones in ") + kFolders[0] +
               ": install the package tzdata, or name their folder in TZDIR");
  }
  return bad(std::string("there is no such file in ") + kFolders[0]);
}

// Takes numbers of the most significant byte first from the front of a file. Of one that is too
// short they are 0, and it is not good.
class TimeZone::Reader {
 public:
  struct Counts {
    char version = 0;
    uint32_t utc_marks = 0, standard_marks = 0, leaps = 0, changes = 0, types = 0, chars = 0;
  };

  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool is_good() const { return good_; }
  std::string_view rest() const { return rest_; }

  std::string_view take(size_t size) {
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  uint64_t number(size_t size) {
    uint64_t value = 0;
    for (const char byte : take(size)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  int64_t time(size_t size) {
    const uint64_t value = number(size);
    return size == 4 ? int64_t{static_cast<int32_t>(value)} : static_cast<int64_t>(value);
  }
  Counts header() {
    Counts counts;
    good_ = good_ && take(4) == "TZif";
    const std::string_view version = take(16);
    if (!version.empty()) counts.version = version.front();
    for (uint32_t* count : {&counts.utc_marks, &counts.standard_marks, &counts.leaps,
                            &counts.changes, &counts.types, &counts.chars})
      *count = static_cast<uint32_t>(number(4));
    return counts;
  }
  void skip(const Counts& c, size_t time_size) {
    take(size_t{c.changes} * (time_size + 1) + size_t{c.types} * 6 + c.chars +
         size_t{c.leaps} * (time_size + 4) + c.standard_marks + c.utc_marks);
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

Result<TimeZone> TimeZone::parse(std::string_view file) {
  if (file.size() > kMostBytes) return broken("it is too long");
  Reader reader(file);
  auto counts = reader.header();
  if (!reader.is_good()) return broken("it does not begin as one");
  size_t time_size = 4;
  if (counts.version >= '2') {  // the same again, in 64 bits
    reader.skip(counts, time_size);
    counts = reader.header();
    if (!reader.is_good()) return broken("its second part is missing");
    time_size = 8;
  }
  if (counts.leaps != 0)
    return bad("its file counts leap seconds, which the clocks of machines do not");
  if (counts.types == 0 || counts.types > 256 || counts.changes > kMostChanges)
    return broken("it has no kind of time, or too many changes");

  TimeZone zone;
  zone.changes_.resize(counts.changes);
  for (Change& change : zone.changes_) change.at = reader.time(time_size);
  const std::string_view kinds = reader.take(counts.changes);
  std::vector<int64_t> offsets(counts.types);
  for (int64_t& offset : offsets) {
    offset = reader.time(4);
    reader.take(2);  // whether it is summer's, what it is called
  }
  reader.take(counts.chars);
  reader.take(counts.standard_marks);
  reader.take(counts.utc_marks);
  if (!reader.is_good()) return broken("it is cut off");
  for (const int64_t offset : offsets) {
    if (offset <= -kMostZoneOffset || kMostZoneOffset <= offset)
      return broken("it is over a day from UTC");
  }
  zone.first_ = offsets.front();
  for (size_t i = 0; i < zone.changes_.size(); ++i) {
    const auto kind = static_cast<unsigned char>(kinds[i]);
    if (kind >= offsets.size()) return broken("a change is to no kind of time");
    if (i > 0 && zone.changes_[i].at <= zone.changes_[i - 1].at)
      return broken("its changes are out of order");
    zone.changes_[i].offset = offsets[kind];
  }
  if (time_size == 4) return zone;

  std::string_view rule = reader.rest();
  const size_t end = rule.empty() ? rule.npos : rule.find('\n', 1);
  if (rule.empty() || rule.front() != '\n' || end == rule.npos)
    return broken("its last line is missing");
  rule = rule.substr(1, end - 1);
  if (rule.empty()) return zone;  // nothing is known of later
  zone.after_ = PosixZoneRule::parse(rule);
  if (!zone.after_) return broken("its last line is no rule");
  return zone;
}

ZoneSpan TimeZone::span_at(int64_t unix_s) const noexcept {
  using Limits = std::numeric_limits<int64_t>;
  const auto later = std::upper_bound(changes_.begin(), changes_.end(), unix_s,
                                      [](int64_t at, const Change& c) { return at < c.at; });
  if (later == changes_.end() && after_) {
    ZoneSpan span = after_->span_at(unix_s);
    if (!changes_.empty()) span.begin = std::max(span.begin, changes_.back().at);
    return span;
  }
  const int64_t end = later == changes_.end() ? Limits::max() : later->at;
  if (later == changes_.begin()) return {Limits::min(), end, first_};
  return {(later - 1)->at, end, (later - 1)->offset};
}

}  // namespace og
