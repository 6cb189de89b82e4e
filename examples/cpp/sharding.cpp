// SPDX-License-Identifier: Apache-2.0
// A database in four SQLite shards: a user's row is on the shard of the user's number, 0 included;
// a query to all of them says which shard failed, and the policy says whether that is an answer.
#include <outgrow.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

template <class T, void (*kDestroy)(T**)>
struct Destroy {
  void operator()(T* handle) const { kDestroy(&handle); }
};
template <class T, void (*kDestroy)(T**)>
using Handle = std::unique_ptr<T, Destroy<T, kDestroy>>;

using Config = Handle<og_config, og_config_destroy>;
using Store = Handle<og_store, og_store_destroy>;
using Shards = Handle<og_shards, og_shards_destroy>;
using Gather = Handle<og_gather, og_gather_destroy>;
using Query = Handle<og_query, og_query_destroy>;

static Config options(std::vector<std::pair<const char*, const char*>> values) {
  og_config* config = nullptr;
  og_config_create(&config, nullptr);
  for (auto [name, value] : values) og_config_set(config, name, value);
  return Config(config);
}

static Store sqlite() {
  Config config =
      options({{"kind", "sqlite"}, {"path", ":memory:"}});  // a file's name, in a service
  og_store* store = nullptr;
  if (og_store_create(config.get(), nullptr, &store, nullptr) == OG_UNSUPPORTED) {
    og_store_create(nullptr, nullptr, &store, nullptr);  // a build without SQLite: in memory
  }
  return Store(store);
}

static og_status disk_gone(og_store_reply* reply) {
  og_store_reply_error(reply, "disk I/O error");
  return OG_IO;
}

// A shard whose disk is gone: a store of the program's own that answers every call with an error.
static Store broken() {
  og_store_functions functions = {};
  functions.size = sizeof functions;
  functions.get = [](void*, const void*, int64_t, og_store_reply* r) { return disk_gone(r); };
  functions.set = [](void*, const void*, int64_t, const void*, int64_t, og_store_reply* r) {
    return disk_gone(r);
  };
  functions.remove = [](void*, const void*, int64_t, og_store_reply* r) { return disk_gone(r); };
  og_store* store = nullptr;
  og_store_create_custom(&functions, nullptr, &store, nullptr);
  return Store(store);
}

class DatabaseSharding {
 public:
  explicit DatabaseSharding(std::vector<Store> shards) : stores_(std::move(shards)) {
    std::string count = std::to_string(stores_.size());
    og_shards* map = nullptr;
    og_shards_create(options({{"shards", count.c_str()}}).get(), nullptr, nullptr, 0, &map,
                     nullptr);
    map_.reset(map);
  }

  int32_t get_shard(int64_t user_id) const { return og_shards_of_int64(map_.get(), user_id); }

  void save(int64_t user_id, const std::string& row) {
    unsigned char key[8];
    og_shards_int64_key(user_id, key);
    og_store_set(store(get_shard(user_id)), key, 8, row.data(), static_cast<int64_t>(row.size()),
                 nullptr);
  }

  void replace(int32_t shard, Store store) {
    stores_[static_cast<size_t>(shard)] = std::move(store);
  }

  // The rows of users 0 to count - 1: each shard asked for its own, in a thread of its own.
  void cross_shard_query(og_gather* gather, int64_t count) {
    og_query* started = nullptr;
    og_gather_start(gather, nullptr, static_cast<int64_t>(stores_.size()), &started, nullptr);
    Query query(started);
    std::vector<std::thread> threads;
    for (int32_t shard = 0; shard < static_cast<int32_t>(stores_.size()); ++shard) {
      threads.emplace_back([&, shard] { ask(query.get(), shard, count); });
    }
    for (auto& thread : threads) thread.join();
    print(query.get());
  }

 private:
  og_store* store(int32_t shard) const { return stores_[static_cast<size_t>(shard)].get(); }

  void ask(og_query* query, int32_t shard, int64_t count) {
    for (int64_t user = 0; user < count; ++user) {
      if (get_shard(user) != shard) continue;
      unsigned char key[8];
      og_value* value = nullptr;
      og_error* error = nullptr;
      og_shards_int64_key(user, key);
      int64_t size = og_store_get(store(shard), key, 8, &value, &error);
      if (size >= 0) og_query_row(query, shard, key, 8, og_value_data(value), size);
      og_value_destroy(&value);
      if (size < 0 && size != OG_ABSENT) {
        og_query_fail(query, shard, static_cast<og_status>(size), og_error_message(error));
      }
      og_error_destroy(&error);
    }
    og_query_done(query, shard);  // changes nothing when it has failed
  }

  static void print(og_query* query) {
    static const char* const kStates[] = {"pending", "partial", "complete", "failed"};
    std::printf("%s:", kStates[og_query_state(query, nullptr)]);
    const void* row;
    int64_t size;
    while (og_query_next(query, nullptr, nullptr, nullptr, &row, &size) == OG_OK) {
      std::printf(" %.*s", static_cast<int>(size), static_cast<const char*>(row));
    }
    std::printf("\n");
    for (int64_t i = 0; i < og_query_failures(query); ++i) {
      int32_t shard;
      og_status reason;
      const char* message;
      og_query_failure(query, i, &shard, &reason, &message, nullptr);
      std::printf("  shard %d failed, %s: %s\n", shard, og_status_text(reason), message);
    }
  }

  std::vector<Store> stores_;
  Shards map_;
};

static Gather gather(std::vector<std::pair<const char*, const char*>> values) {
  values.emplace_back("order", "key");
  og_gather* made = nullptr;
  og_gather_create(options(std::move(values)).get(), nullptr, &made, nullptr);
  return Gather(made);
}

int main() {
  std::vector<Store> stores;
  for (int i = 0; i < 4; ++i) stores.push_back(sqlite());
  DatabaseSharding database(std::move(stores));

  const char* const names[] = {"ada", "grace", "barbara", "frances", "radia", "karen"};
  for (int64_t user = 0; user < 6; ++user) {
    database.save(user, names[user]);
    std::printf("user %d, %s, is on shard %d\n", static_cast<int>(user), names[user],
                database.get_shard(user));
  }
  Gather all = gather({{"policy", "all"}});
  database.cross_shard_query(all.get(), 6);

  database.replace(database.get_shard(3), broken());
  database.cross_shard_query(all.get(), 6);

  Gather most = gather({{"policy", "at_least"}, {"min_shards", "3"}});
  database.cross_shard_query(most.get(), 6);
}
