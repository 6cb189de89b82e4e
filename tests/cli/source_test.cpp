// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/source.h"

#include <unistd.h>
#include <zlib.h>
#ifdef OUTGROW_ZSTD
#include <zstd.h>
#endif

#include <fstream>

#include "bindings/cli/log/merge.h"
#include "tests/catch.h"

using og::cli::LineSource;
using og::cli::LogMerge;

namespace {

// A file that is gone at the end of the test.
class Scratch {
 public:
  explicit Scratch(const std::string& bytes) {
    path_ = "/tmp/outgrow-source-XXXXXX";
    const int fd = mkstemp(path_.data());
    REQUIRE(fd >= 0);
    REQUIRE(write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    close(fd);
  }
  ~Scratch() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string gzipped(const std::string& text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::vector<std::string> lines_of(const std::string& bytes) {
  const Scratch file(bytes);
  auto source = LineSource::open(file.path());
  REQUIRE(source);
  std::vector<std::string> lines;
  for (std::string_view line;;) {
    auto more = (*source)->next(line);
    REQUIRE(more);
    if (!*more) return lines;
    lines.emplace_back(line);
    REQUIRE((*source)->line_number() == static_cast<int64_t>(lines.size()));
  }
}

// What is said of the bytes, behind the file's name: an error, or else what could not be read.
struct Told {
  std::string error;
  std::string fault;
  std::vector<std::string> lines;
  bool last_was_cut = false;
};

Told told_of(const std::string& bytes) {
  const Scratch file(bytes);
  auto source = LineSource::open(file.path());
  REQUIRE(source);
  Told told;
  const auto named = [&](const std::string& text) {
    return text.empty() ? text : text.substr(file.path().size());
  };
  for (std::string_view line;;) {
    auto more = (*source)->next(line);
    if (!more) {
      told.error = named(more.error().text);
      return told;
    }
    if (!*more) break;
    told.lines.emplace_back(line);
    told.last_was_cut = (*source)->was_cut();
  }
  told.fault = named((*source)->fault());
  return told;
}

const std::vector<std::string> kThree = {"one", "", "three"};

}  // namespace

TEST_CASE("lines end in a newline, in both bytes of Windows, or with the file") {
  CHECK(lines_of("one\n\nthree\n") == kThree);
  CHECK(lines_of("one\r\n\r\nthree\r\n") == kThree);
  CHECK(lines_of("one\n\nthree") == kThree);
  CHECK(lines_of("").empty());
  CHECK(lines_of("x") == std::vector<std::string>{"x"});
  CHECK(lines_of("\n") == std::vector<std::string>{""});
}

TEST_CASE("gzip: whole, in members, padded with zeros") {
  CHECK(lines_of(gzipped("one\n\nthree\n")) == kThree);
  CHECK(lines_of(gzipped("one\n\nth") + gzipped("") + gzipped("ree\n")) == kThree);
  CHECK(lines_of(gzipped("one\n\nthree\n") + std::string(700, '\0')) == kThree);
}

TEST_CASE("gzip: cut off anywhere, damaged, followed by something else") {
  const std::string whole = gzipped("one\n\nthree\n");
  for (std::size_t length = 2; length < whole.size(); ++length) {
    INFO(length);
    const Told told = told_of(whole.substr(0, length));
    CHECK(told.error.empty());
    CHECK(told.fault.find(": gzip data cut off after line ") == 0);
    std::string text;
    for (const std::string& line : told.lines) text += line + "\n";
    if (told.last_was_cut) text.pop_back();
    CHECK(std::string("one\n\nthree\n").starts_with(text));
  }
  CHECK(told_of(whole.substr(0, whole.size() - 8)).lines == kThree);  // only the checksum is lost
  std::string damaged = whole;
  damaged[damaged.size() - 6] ^= 0x55;  // of the checksum
  CHECK(told_of(damaged).error == ": gzip data damaged after line 0");
  const Told followed = told_of(whole + "plain text\nand more\n");
  CHECK(followed.lines == kThree);
  CHECK(followed.fault == ": bytes that are not gzip follow its data after line 3");
  CHECK(told_of(whole).fault.empty());
  CHECK(told_of("plain, without a newline").fault.empty());
  CHECK_FALSE(told_of("plain, without a newline").last_was_cut);
}

#ifdef OUTGROW_ZSTD
namespace {

std::string zstandard(const std::string& text, int window_log = 0) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (window_log > 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  }
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer made{out.data(), out.size(), 0};
  // As a stream, or the text's size is the window.
  const std::size_t left = window_log > 0
                               ? ZSTD_compressStream2(context, &made, &in, ZSTD_e_flush) +
                                     ZSTD_compressStream2(context, &made, &in, ZSTD_e_end)
                               : ZSTD_compressStream2(context, &made, &in, ZSTD_e_end);
  REQUIRE(left == 0);
  ZSTD_freeCCtx(context);
  out.resize(made.pos);
  return out;
}

}  // namespace

TEST_CASE("zstd: whole, in frames, with frames to be skipped") {
  const std::string skipped("\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
  CHECK(lines_of(zstandard("one\n\nthree\n")) == kThree);
  CHECK(lines_of(zstandard("one\n\nth") + zstandard("") + zstandard("ree\n")) == kThree);
  CHECK(lines_of(skipped + zstandard("one\n\nthree\n") + skipped) == kThree);
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 40000; ++i) {
    expected.push_back(std::to_string(i * 7919 % 10007) + " is a number");
    text += expected.back() + "\n";
  }
  CHECK(lines_of(zstandard(text)) == expected);
}

TEST_CASE("zstd: cut off anywhere, damaged, followed by something else, too large a window") {
  const std::string whole = zstandard("one\n\nthree\n");
  for (std::size_t length = 4; length < whole.size(); ++length) {
    INFO(length);
    const Told told = told_of(whole.substr(0, length));
    CHECK(told.error.empty());
    CHECK(told.fault.find(": zstd data cut off after line ") == 0);
  }
  std::string damaged = whole;
  damaged.back() = static_cast<char>(damaged.back() ^ 0x55);  // of the checksum
  CHECK(told_of(damaged).error.find(": zstd data damaged after line ") == 0);
  const Told followed = told_of(whole + "plain text\nand more\n");
  CHECK(followed.lines == kThree);
  CHECK(followed.fault == ": bytes that are not zstd follow its data after line 3");
  CHECK(told_of(zstandard("one\n", 28)).error ==
        ": zstd data wants a window of more than 128 MiB after line 0");
}
#else
TEST_CASE("zstd: a build without it says so, and what helps") {
  const Scratch file("\x28\xb5\x2f\xfd and more");
  const auto source = LineSource::open(file.path());
  REQUIRE_FALSE(source);
  CHECK(source.error().text == file.path() +
                                   " is packed by zstd, which this build does not read; zstd -dc " +
                                   file.path() + " | outgrow replay - does");
}
#endif

TEST_CASE("a line that is cut off with its data is told apart from a last one without a newline") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * 7919 % 10007) + " is a number\n";
  const std::string packed = gzipped(text);
  const Told told = told_of(packed.substr(0, packed.size() / 2));
  REQUIRE(told.lines.size() > 5000);
  std::string read;
  for (const std::string& line : told.lines) read += line + "\n";
  if (told.last_was_cut) read.pop_back();
  CHECK(text.starts_with(read));
  CHECK(told.last_was_cut == (text[read.size() - 1] != '\n'));
  CHECK_FALSE(told_of(gzipped("one\nlast")).last_was_cut);
}

TEST_CASE("lines around the longest that fits") {
  for (const std::size_t length :
       {LineSource::kLongestLine - 1, LineSource::kLongestLine, LineSource::kLongestLine * 3 + 7}) {
    const std::string big(length, 'x');
    const auto lines = lines_of("before\n" + big + "\nafter\n");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "before");
    CHECK(lines[1] == (length < LineSource::kLongestLine ? big : ""));
    CHECK(lines[2] == "after");
    CHECK(lines_of(big + "\n").size() == 1);
    CHECK(lines_of(big).size() == 1);
  }
}

TEST_CASE("many lines across many buffers arrive as they were") {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 40000; ++i) {
    expected.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i * 7 % 97), 'y'));
    text += expected.back() + "\n";
  }
  CHECK(lines_of(text) == expected);
  CHECK(lines_of(gzipped(text)) == expected);
}

TEST_CASE("what cannot be read says why") {
  auto missing = LineSource::open("/nowhere/access.log");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text == "cannot read /nowhere/access.log: No such file or directory");
  auto folder = LineSource::open("/tmp");
  REQUIRE_FALSE(folder);
  CHECK(folder.error().text == "cannot read /tmp: Is a directory");
}

TEST_CASE("logs are merged by time, ties in the order of the arguments") {
  const auto line = [](const char* client, int second) {
    char text[128];
    std::snprintf(text, sizeof text,
                  "%s - - [01/Jan/2024:00:00:%02d +0000] \"GET / HTTP/1.1\" 200 1\n", client,
                  second);
    return std::string(text);
  };
  const Scratch first(line("a", 1) + line("a", 3) + "broken\n" + line("a", 3) + line("a", 9));
  const Scratch second(gzipped(line("b", 0) + line("b", 3) + line("b", 4)));
  const Scratch third("");
  auto log = LogMerge::open({first.path(), second.path(), third.path()}, false);
  REQUIRE(log);
  std::string order;
  for (;;) {
    auto record = log->next();
    REQUIRE(record);
    if (*record == nullptr) break;
    order += std::string((*record)->client) + std::to_string((*record)->epoch_s % 60) + " ";
  }
  CHECK(order == "b0 a1 a3 a3 b3 b4 a9 ");
  CHECK(log->left_out().malformed == 1);
  REQUIRE(log->left_out().malformed_lines.size() == 1);
  CHECK(log->left_out().malformed_lines[0].line_number == 3);
  CHECK(log->left_out().malformed_lines[0].start == "broken");
}
