// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/unpack.h"

namespace og::cli {

/*
 * The lines of one log, plain or packed (told by its first bytes, whatever its name; several
 * members in one file are read on, as gzip and zstd do). Memory is the two buffers: a line longer
 * than kLongestLine is read over and handed out empty.
 *
 * Where packed data is cut off, or followed by something else, the lines end, and fault() says so.
 * Damaged data is an error: nothing tells how much before it is wrong too.
 */
class LineSource {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{1} << 18;

  // "-" is standard input.
  static Result<std::unique_ptr<LineSource>> open(const std::string& path);
  ~LineSource();
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;

  // False at the end. The line is without its newline and stands until the next call.
  Result<bool> next(std::string_view& line);

  bool was_overlong() const { return was_overlong_; }  // the line handed out last
  bool was_cut() const { return was_cut_; }  // the same: it ends where the data was cut off

  // Known at the end: what of the log could not be read, or "".
  const std::string& fault() const { return fault_; }

  const std::string& name() const { return name_; }
  int64_t line_number() const { return line_number_; }  // of the line handed out last, from 1
  int64_t file_bytes() const { return file_bytes_; }    // 0 when not a regular file
  int64_t bytes_read() const { return bytes_read_; }

 private:
  LineSource(std::string name, int fd, int64_t file_bytes);

  Result<bool> refill();  // false when nothing is left
  Result<std::size_t> read_raw(char* to, std::size_t room);
  Result<std::size_t> read_text(char* to, std::size_t room);
  Result<std::size_t> unpack_text(char* to, std::size_t room);
  std::string told(const std::string& what) const;

  std::string name_;
  int fd_;
  int64_t file_bytes_;
  int64_t bytes_read_ = 0;
  int64_t line_number_ = 0;

  std::vector<char> text_;  // [begin_, end_) is read and not yet handed out
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  bool overlong_ = false;  // inside a line that did not fit
  bool was_overlong_ = false;
  bool was_cut_ = false;
  std::string fault_;

  const Packing* packing_ = nullptr;    // null for plain text
  std::unique_ptr<Unpacker> unpacker_;  // likewise
  bool in_member_ = false;
  std::vector<char> raw_;  // packed bytes; those looked at, for plain text
  std::size_t raw_begin_ = 0;
  std::size_t raw_end_ = 0;
};

}  // namespace og::cli
