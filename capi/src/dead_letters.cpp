// SPDX-License-Identifier: Apache-2.0
#include "capi/src/guard.h"
#include "core/cache/cached_store.h"
#include "outgrow/cached_store.h"

using namespace og::capi;

struct og_dead_letters {
  std::vector<og::DeadLetter> letters;

  const og::DeadLetter* at(int64_t index) const {
    bool there = index >= 0 && index < static_cast<int64_t>(letters.size());
    return there ? &letters[static_cast<size_t>(index)] : nullptr;
  }
};

og_status og_cached_store_dead_letters(const og_cached_store* store, og_dead_letters** out,
                                       og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_dead_letters> {
    if (!store) return og::fail(og::Status::kNullHandle, "store is NULL");
    return og_dead_letters{store->cached->dead_letters()};
  });
}

void og_dead_letters_destroy(og_dead_letters** letters) { destroy(letters); }

int64_t og_dead_letters_count(const og_dead_letters* letters) {
  return call<int64_t>(letters, [](auto& l) { return l.letters.size(); });
}

og_status og_dead_letters_at(const og_dead_letters* letters, int64_t index, const void** key,
                             int64_t* key_len, const void** value, int64_t* value_len) {
  if (key) *key = nullptr;
  if (key_len) *key_len = 0;
  if (value) *value = nullptr;
  if (value_len) *value_len = 0;
  return call<og_status>(letters, [&](auto& l) -> og_status {
    const og::DeadLetter* letter = l.at(index);
    if (!letter) return OG_INVALID_ARGUMENT;
    og::StoreWrite write = og::view_write(letter->write);
    if (key) *key = write.key.data();
    if (key_len) *key_len = static_cast<int64_t>(write.key.size());
    if (!write.value) return OG_ABSENT;
    if (value) *value = write.value->data();
    if (value_len) *value_len = static_cast<int64_t>(write.value->size());
    return OG_OK;
  });
}

og_status og_dead_letters_reason(const og_dead_letters* letters, int64_t index, int64_t* attempts,
                                 const char** message) {
  if (attempts) *attempts = 0;
  if (message) *message = "";
  return call<og_status>(letters, [&](auto& l) -> og_status {
    const og::DeadLetter* letter = l.at(index);
    if (!letter) return OG_INVALID_ARGUMENT;
    if (attempts) *attempts = letter->attempts;
    if (message) *message = letter->error.message.c_str();
    return code(letter->error.code);
  });
}

og_status og_cached_store_redrive(og_cached_store* store, const void* key, int64_t key_len) {
  return call<og_status>(store, [&](auto& s) -> og_status {
    if (!valid(key, key_len)) return OG_INVALID_ARGUMENT;
    return code(s.cached->redrive_at(bytes(key, key_len), s.cached->now()));
  });
}

int64_t og_cached_store_redrive_all(og_cached_store* store) {
  return call<int64_t>(store, [](auto& s) { return s.cached->redrive_all_at(s.cached->now()); });
}

og_status og_cached_store_discard(og_cached_store* store, const void* key, int64_t key_len) {
  return call<og_status>(store, [&](auto& s) -> og_status {
    if (!valid(key, key_len)) return OG_INVALID_ARGUMENT;
    return s.cached->discard(bytes(key, key_len)) ? OG_OK : OG_MISS;
  });
}
