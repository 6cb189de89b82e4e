// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/unpack.h"

#ifdef OUTGROW_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

namespace og::cli {
namespace {

// RFC 8878: a frame of data, or one to be skipped, whose first byte may be any of sixteen.
bool is_magic(std::string_view first) {
  if (first.starts_with("\x28\xb5\x2f\xfd")) return true;
  return first.size() >= 4 && (first[0] & '\xf0') == '\x50' && first.substr(1, 3) == "\x2a\x4d\x18";
}

bool may_begin(char first) { return first == '\x28' || (first & '\xf0') == '\x50'; }

#ifdef OUTGROW_ZSTD
class Unzstd : public Unpacker {
 public:
  ~Unzstd() override { ZSTD_freeDCtx(context_); }

  bool begin() override {
    if (context_ == nullptr) context_ = ZSTD_createDCtx();
    return context_ != nullptr;
  }

  // The library does not go beyond a window of 2^27 bytes, which is what memory this takes.
  State unpack(std::string_view& packed, char* to, std::size_t room, std::size_t& given) override {
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    ZSTD_outBuffer out{to, room, 0};
    const std::size_t state = ZSTD_decompressStream(context_, &out, &in);
    packed.remove_prefix(in.pos);
    given = out.pos;
    if (ZSTD_isError(state) == 0) return state == 0 ? State::kEnded : State::kGoesOn;
    if (ZSTD_getErrorCode(state) == ZSTD_error_frameParameter_windowTooLarge) {
      why_ = "data wants a window of more than 128 MiB";
    }
    return State::kFailed;
  }

  const char* why() const override { return why_; }

 private:
  ZSTD_DCtx* context_ = nullptr;
  const char* why_ = "data damaged";
};
#endif

}  // namespace

const Packing kZstd = {"zstd", is_magic, may_begin, []() -> std::unique_ptr<Unpacker> {
#ifdef OUTGROW_ZSTD
                         return std::make_unique<Unzstd>();
#else
                         return nullptr;
#endif
                       }};

}  // namespace og::cli
