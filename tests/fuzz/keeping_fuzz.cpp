// SPDX-License-Identifier: Apache-2.0
// Any calls, in any order and at any time, of the nouns that keep what they are given: cache,
// cached store (each mode), service, scatter and gather, shard map.
#include "tests/fuzz/handles.h"

namespace og::fuzz {
namespace {

class Keepers {
 public:
  explicit Keepers(Input& input) : input_(input), clock_(input) {
    must(og_cache_create(
        ConfigOf(
            {{"capacity_bytes", "64KiB"}, {"shards", "1"}, {"ttl_ms", "1s"}, {"stale_ms", "1s"}}),
        clock_, cache_.out(), nullptr));
    must(og_store_create(nullptr, clock_, store_.out(), nullptr));
    const char* modes[] = {"aside", "through", "behind"};
    mode_ = input.below(3);
    must(og_cache_create(nullptr, clock_, own_.out(), nullptr));
    must(og_cached_store_create(ConfigOf({{"mode", modes[mode_]},
                                          {"buffer_entries", "4"},
                                          {"dead_letters", "2"},
                                          {"retry_attempts", "1"}}),
                                own_, store_, clock_, cached_.out(), nullptr));
    must(og_service_create(
        ConfigOf({{"limiter.rate", "5/s"}, {"servers", "a,b"}, {"max_in_flight", "8"}}), clock_,
        service_.out(), nullptr));
    must(og_gather_create(ConfigOf({{"max_bytes", "4KiB"}}), clock_, gather_.out(), nullptr));
    must(
        og_shards_create(ConfigOf({{"shards", "3"}}), nullptr, nullptr, 0, shards_.out(), nullptr));
  }

  void step() {
    key_ = input_.bytes(4);
    const int64_t now = clock_.given(input_);
    switch (input_.below(7)) {
      case 0:
        return clock_.move(input_);
      case 1:
        return cache(now);
      case 2:
        return read_and_write(now);
      case 3:
        return write_out(now);
      case 4:
        return serve(now);
      case 5:
        return gather(now);
      default:
        return shard();
    }
  }

 private:
  int64_t size() const { return static_cast<int64_t>(key_.size()); }
  int64_t ttl() {
    return input_.below(3) ? static_cast<int64_t>(input_.number<uint32_t>())
                           : input_.number<int64_t>();
  }

  void cache(int64_t now) {
    Value value;
    int64_t wait = 0;
    const std::string_view bytes = input_.bytes(40);
    const auto length = static_cast<int64_t>(bytes.size());
    switch (input_.below(8)) {
      case 0:
        og_cache_pin_at(cache_, key_.data(), size(), now, value.out());
        break;
      case 1:
        leases_.keep(
            og_cache_get_or_lease_at(cache_, key_.data(), size(), now, value.out(), &wait));
        break;
      case 2:
        og_cache_fill_at(cache_, key_.data(), size(), leases_.some(input_), bytes.data(), length,
                         ttl(), now);
        break;
      case 3:
        og_cache_give_up(cache_, key_.data(), size(), leases_.some(input_));
        break;
      case 4:
        og_cache_set_at(cache_, key_.data(), size(), bytes.data(), length, ttl(), now);
        break;
      case 5:
        og_cache_set_weighted(cache_, key_.data(), size(), bytes.data(), length, ttl(),
                              input_.number<int64_t>());
        break;
      case 6:
        og_cache_delete(cache_, key_.data(), size());
        break;
      default: {
        char out[16];
        og_cache_get_at(cache_, key_.data(), size(), now, out, sizeof out);
        break;
      }
    }
    if (og_cache_stat(cache_, OG_CACHE_BYTES) > 64 * 1024) std::abort();
  }

  void read_and_write(int64_t now) {
    Value value;
    const std::string_view bytes = input_.bytes(20);
    switch (input_.below(3)) {
      case 0:
        og_cached_store_get_at(cached_, key_.data(), size(), now, value.out(), nullptr, nullptr);
        break;
      case 1:
        og_cached_store_set_at(cached_, key_.data(), size(), bytes.data(),
                               static_cast<int64_t>(bytes.size()), now, nullptr);
        break;
      default:
        og_cached_store_delete_at(cached_, key_.data(), size(), now, nullptr);
        break;
    }
  }
  void write_out(int64_t now) {
    switch (input_.below(6)) {
      case 0:
        og_cached_store_pump_at(cached_, now);
        break;
      case 1:
        og_cached_store_take_batch_at(cached_, now, batch_.out(), nullptr);
        break;
      case 2:
        if (batch_ != nullptr) done(now);
        break;
      case 3:
        og_cached_store_redrive_all(cached_);
        break;
      case 4:
        og_cached_store_discard(cached_, key_.data(), size());
        break;
      default:
        og_cached_store_flush(cached_, 0);
        break;
    }
    if (mode_ == 2 && og_cached_store_stat(cached_, OG_CACHED_STORE_PENDING) > 8) std::abort();
  }
  void done(int64_t now) {
    const og_status results[] = {OG_OK, OG_STORE, OG_TIMEOUT};
    og_batch* batch = batch_.release();
    if (og_cached_store_batch_done_at(cached_, &batch, results[input_.below(3)], now) != OG_OK)
      og_batch_destroy(&batch);
  }

  void serve(int64_t now) {
    Value value;
    int64_t wait = 0;
    const std::string_view client = input_.bytes(2);
    switch (input_.below(4)) {
      case 0:
      case 1:
        calls_.keep(og_service_begin_at(service_, input_.number<int8_t>() & 1, client.data(),
                                        static_cast<int64_t>(client.size()), key_.data(), size(),
                                        now, value.out(), &wait));
        break;
      case 2:
        og_service_end_at(service_, calls_.some(input_), input_.number<int8_t>() & 1,
                          input_.number<int64_t>(), client.data(),
                          static_cast<int64_t>(client.size()), ttl(), now);
        break;
      default:
        og_service_cancel_at(service_, calls_.some(input_), now);
        break;
    }
  }

  void gather(int64_t now) {
    const auto shard = static_cast<int32_t>(input_.below(4));
    const int32_t shards[] = {0, 1, 2};
    switch (input_.below(5)) {
      case 0:
        og_gather_start_at(gather_, shards, 3, now, query_.out(), nullptr);
        break;
      case 1:
        og_query_row_at(query_, shard, key_.data(), size(), "row", 3, now);
        break;
      case 2:
        og_query_done_at(query_, shard, now);
        break;
      case 3:
        og_query_fail_at(query_, shard, OG_STORE, "down", now);
        break;
      default: {
        const void *key = nullptr, *row = nullptr;
        int64_t key_size = 0, row_size = 0;
        int32_t from = 0;
        og_query_next_at(query_, now, &from, &key, &key_size, &row, &row_size);
        break;
      }
    }
  }

  void shard() {
    switch (input_.below(3)) {
      case 0:
        og_shards_resize(shards_, static_cast<int64_t>(input_.below(200)), nullptr);
        break;
      case 1:
        og_shards_split(shards_, key_.data(), size(), static_cast<int32_t>(input_.below(9)),
                        nullptr);
        break;
      default:
        og_shards_merge(shards_, key_.data(), size(), nullptr);
        break;
    }
    const int32_t of = og_shards_of(shards_, key_.data(), size());
    if (of < 0 || of >= og_shards_count(shards_)) std::abort();
  }

  Input& input_;
  ManualClock clock_;
  std::string_view key_;
  uint64_t mode_ = 0;
  Held<og_cache, og_cache_destroy> cache_, own_;
  Held<og_store, og_store_destroy> store_;
  Held<og_cached_store, og_cached_store_destroy> cached_;
  Held<og_batch, og_batch_destroy> batch_;
  Held<og_service, og_service_destroy> service_;
  Held<og_gather, og_gather_destroy> gather_;
  Held<og_query, og_query_destroy> query_;
  Held<og_shards, og_shards_destroy> shards_;
  Claims leases_, calls_;
};

}  // namespace
}  // namespace og::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  og::fuzz::Input input(data, size);
  og::fuzz::Keepers keepers(input);
  for (int i = 0; i < 500 && !input.ended(); ++i) keepers.step();
  return 0;
}
