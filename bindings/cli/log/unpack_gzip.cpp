// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include "bindings/cli/log/unpack.h"

namespace og::cli {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;

class Gunzip : public Unpacker {
 public:
  ~Gunzip() override {
    if (is_made_) inflateEnd(&z_);
  }

  bool begin() override {
    if (is_made_) return inflateReset(&z_) == Z_OK;
    is_made_ = inflateInit2(&z_, kGzipOnly) == Z_OK;
    return is_made_;
  }

  State unpack(std::string_view& packed, char* to, std::size_t room, std::size_t& given) override {
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z_.avail_in = static_cast<uInt>(packed.size());
    z_.next_out = reinterpret_cast<Bytef*>(to);
    z_.avail_out = static_cast<uInt>(room);
    const int state = inflate(&z_, Z_NO_FLUSH);
    packed.remove_prefix(packed.size() - z_.avail_in);
    given = room - z_.avail_out;
    if (state == Z_STREAM_END) return State::kEnded;
    return state == Z_OK || state == Z_BUF_ERROR ? State::kGoesOn : State::kFailed;
  }

 private:
  z_stream z_{};
  bool is_made_ = false;
};

}  // namespace

const Packing kGzip = {"gzip", [](std::string_view first) { return first.starts_with("\x1f\x8b"); },
                       [](char first) { return first == '\x1f'; },
                       []() -> std::unique_ptr<Unpacker> { return std::make_unique<Gunzip>(); }};

}  // namespace og::cli
