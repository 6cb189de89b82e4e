// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace og::cli {

// Text out of packed bytes. Files may hold several members (gzip) or frames (zstd), one behind the
// other.
class Unpacker {
 public:
  enum class State { kGoesOn, kEnded, kFailed };  // kEnded: of the member

  virtual ~Unpacker() = default;
  // Before each member; false without memory.
  virtual bool begin() = 0;
  // Takes of `packed` what it can, and writes up to `room` bytes: `given`.
  virtual State unpack(std::string_view& packed, char* to, std::size_t room,
                       std::size_t& given) = 0;
  // After kFailed, behind the packing's name: "data damaged".
  virtual const char* why() const { return "data damaged"; }
};

// A way to pack, in a file unpack_<name>.cpp of its own. It is listed in unpack.cpp.
struct Packing {
  static constexpr std::size_t kMagicBytes = 4;

  std::string_view name;
  // Whether a file that begins so, with kMagicBytes if it has them, is packed so.
  bool (*is_magic)(std::string_view first);
  // Whether another member may begin so.
  bool (*may_begin)(char first);
  // Null when this build has it not.
  std::unique_ptr<Unpacker> (*make)();
};
extern const Packing kGzip, kZstd;

const Packing* packing_of(std::string_view first);  // null for plain text

}  // namespace og::cli
