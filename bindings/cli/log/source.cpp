// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace og::cli {
namespace {

constexpr std::size_t kRawBytes = std::size_t{1} << 16;
constexpr int kGzipOnly = 16 + MAX_WBITS;

}  // namespace

LineSource::LineSource(std::string name, int fd, int64_t file_bytes)
    : name_(std::move(name)),
      fd_(fd),
      file_bytes_(file_bytes),
      text_(kLongestLine),
      raw_(kRawBytes) {}

LineSource::~LineSource() {
  if (inflater_) inflateEnd(inflater_.get());
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

  // Read until two bytes are there: a pipe may hand them out one by one.
  while (source->raw_end_ < 2) {
    auto got =
        source->read_raw(source->raw_.data() + source->raw_end_, kRawBytes - source->raw_end_);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    source->raw_end_ += *got;
  }
  if (source->raw_end_ >= 2 && source->raw_[0] == '\x1f' && source->raw_[1] == '\x8b') {
    source->inflater_ = std::make_unique<z_stream>();
    if (inflateInit2(source->inflater_.get(), kGzipOnly) != Z_OK) {
      source->inflater_.reset();
      return fail("no memory to read " + path);
    }
    source->in_member_ = true;
  }
  return source;
}

std::string LineSource::told(const char* what) const {
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
  if (inflater_) return inflate_text(to, room);
  if (raw_begin_ == raw_end_) return read_raw(to, room);
  const std::size_t held = std::min(room, raw_end_ - raw_begin_);
  std::memcpy(to, raw_.data() + raw_begin_, held);
  raw_begin_ += held;
  return held;
}

Result<std::size_t> LineSource::inflate_text(char* to, std::size_t room) {
  z_stream& z = *inflater_;
  z.next_out = reinterpret_cast<Bytef*>(to);
  z.avail_out = static_cast<uInt>(room);
  while (z.avail_out == room) {
    if (raw_begin_ == raw_end_) {
      auto got = read_raw(raw_.data(), raw_.size());
      if (!got) return got;
      if (*got == 0) {
        if (in_member_) fault_ = told("gzip data cut off");
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
      if (raw_[raw_begin_] != '\x1f') {
        fault_ = told("bytes that are not gzip follow its data");
        return 0;
      }
      if (inflateReset(&z) != Z_OK) return fail(told("gzip data damaged"));
      in_member_ = true;
    }
    z.next_in = reinterpret_cast<Bytef*>(raw_.data() + raw_begin_);
    z.avail_in = static_cast<uInt>(raw_end_ - raw_begin_);
    const int state = inflate(&z, Z_NO_FLUSH);
    raw_begin_ = raw_end_ - z.avail_in;
    if (state == Z_STREAM_END) {
      in_member_ = false;
    } else if (state != Z_OK && state != Z_BUF_ERROR) {
      return fail(told("gzip data damaged"));
    }
  }
  return room - z.avail_out;
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
