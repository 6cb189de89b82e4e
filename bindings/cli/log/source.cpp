// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace og::cli {
namespace {

constexpr std::size_t kRawBytes = std::size_t{1} << 16;

}  // namespace

LineSource::LineSource(std::string name, int fd, int64_t file_bytes)
    : name_(std::move(name)),
      fd_(fd),
      file_bytes_(file_bytes),
      text_(kLongestLine),
      raw_(kRawBytes) {}

LineSource::~LineSource() {
  if (fd_ > STDERR_FILENO) ::close(fd_);
}

Result<std::unique_ptr<LineSource>> LineSource::open(const std::string& path) {
  const bool standard_input = path == "-";
  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail("cannot read " + path + ": " + std::strerror(errno));
  struct stat about{};
  const bool regular = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  std::unique_ptr<LineSource> source(
      new LineSource(standard_input ? "standard input" : path, fd, regular ? about.st_size : 0));

  // Read until these bytes are there: a pipe may hand them out one by one.
  while (source->raw_end_ < Packing::kMagicBytes) {
    auto got =
        source->read_raw(source->raw_.data() + source->raw_end_, kRawBytes - source->raw_end_);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    source->raw_end_ += *got;
  }
  source->packing_ = packing_of({source->raw_.data(), source->raw_end_});
  if (source->packing_ != nullptr) {
    source->unpacker_ = source->packing_->make();
    if (source->unpacker_ == nullptr) {
      const std::string name(source->packing_->name);
      return fail(path + " is packed by " + name + ", which this build does not read; " + name +
                  " -dc " + path + " | outgrow replay - does");
    }
  }
  return source;
}

std::string LineSource::told(const std::string& what) const {
  return name_ + ": " + what + " after line " + std::to_string(line_number_);
}

Result<std::size_t> LineSource::read_raw(char* to, std::size_t room) {
  for (;;) {
    const ssize_t got = ::read(fd_, to, room);
    if (got >= 0) {
      bytes_read_ += got;
      return static_cast<std::size_t>(got);
    }
    if (errno != EINTR) return fail("cannot read " + name_ + ": " + std::strerror(errno));
  }
}

Result<std::size_t> LineSource::read_text(char* to, std::size_t room) {
  if (unpacker_) return unpack_text(to, room);
  if (raw_begin_ == raw_end_) return read_raw(to, room);
  const std::size_t held = std::min(room, raw_end_ - raw_begin_);
  std::memcpy(to, raw_.data() + raw_begin_, held);
  raw_begin_ += held;
  return held;
}

Result<std::size_t> LineSource::unpack_text(char* to, std::size_t room) {
  const std::string name(packing_->name);
  std::size_t given = 0;
  while (given == 0) {
    if (raw_begin_ == raw_end_) {
      auto got = read_raw(raw_.data(), raw_.size());
      if (!got) return got;
      if (*got == 0) {
        if (in_member_) fault_ = told(name + " data cut off");
        return 0;
      }
      raw_begin_ = 0;
      raw_end_ = *got;
    }
    if (!in_member_) {
      // What follows a member is another one, or padding with zeros.
      if (raw_[raw_begin_] == '\0') {
        ++raw_begin_;
        continue;
      }
      if (!packing_->may_begin(raw_[raw_begin_])) {
        fault_ = told("bytes that are not " + name + " follow its data");
        return 0;
      }
      if (!unpacker_->begin()) return fail("no memory to read " + name_);
      in_member_ = true;
    }
    std::string_view packed(raw_.data() + raw_begin_, raw_end_ - raw_begin_);
    const Unpacker::State state = unpacker_->unpack(packed, to, room, given);
    raw_begin_ = raw_end_ - packed.size();
    if (state == Unpacker::State::kFailed) return fail(told(name + " " + unpacker_->why()));
    in_member_ = state != Unpacker::State::kEnded;
  }
  return given;
}

Result<bool> LineSource::refill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(text_.data(), text_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == text_.size()) {  // the line does not fit: read over it
    overlong_ = true;
    end_ = 0;
  }
  auto got = read_text(text_.data() + end_, text_.size() - end_);
  if (!got) return tl::unexpected(got.error());
  end_ += *got;
  at_end_ = *got == 0;
  return !at_end_;
}

Result<bool> LineSource::next(std::string_view& line) {
  bool has_newline = false;
  std::size_t seen = 0;  // of the bytes from begin_, those without a newline
  for (;;) {
    const char* const from = text_.data() + begin_ + seen;
    const std::size_t length = end_ - begin_ - seen;
    if (const void* found = length > 0 ? std::memchr(from, '\n', length) : nullptr) {
      const auto newline = static_cast<std::size_t>(static_cast<const char*>(found) - text_.data());
      line = std::string_view(text_.data() + begin_, newline - begin_);
      begin_ = newline + 1;
      has_newline = true;
      break;
    }
    seen = end_ - begin_;
    auto more = refill();
    if (!more) return more;
    if (overlong_ && seen == text_.size()) seen = 0;
    if (*more) continue;
    if (begin_ == end_ && !overlong_) return false;
    line = std::string_view(text_.data() + begin_, end_ - begin_);  // without a newline at the end
    begin_ = end_;
    break;
  }
  ++line_number_;
  if (overlong_) line = {};
  was_overlong_ = overlong_;
  overlong_ = false;
  was_cut_ = at_end_ && in_member_ && begin_ == end_ && !has_newline;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

}  // namespace og::cli
