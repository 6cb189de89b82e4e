// SPDX-License-Identifier: Apache-2.0
// The tutorial's StatelessService: instances that keep nothing of any user, so that each request
// may go to any of them and one may leave at any time. What a user's next request needs lies in a
// store behind a cache.
//
// Two services, each a part of the path. `front` limits clients and picks the instance, past the
// breakers of those that fail; `data`, which the instances share, answers from the cache or says on
// which node of the database to ask.
#include <outgrow.h>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

namespace {

void must(og_status status) {
  if (status == OG_OK) return;
  std::fprintf(stderr, "%s\n", og_status_text(status));
  std::exit(1);
}

og_service* make_service(std::initializer_list<std::pair<const char*, const char*>> options) {
  og_config* config = nullptr;
  og_service* service = nullptr;
  must(og_config_create(&config, nullptr));
  for (auto [name, value] : options) must(og_config_set(config, name, value));
  must(og_service_create(config, nullptr, &service, nullptr));
  og_config_destroy(&config);
  return service;
}

std::string take(og_value* value) {
  std::string bytes;
  if (value)
    bytes.assign(static_cast<const char*>(og_value_data(value)),
                 static_cast<size_t>(og_value_size(value)));
  og_value_destroy(&value);
  return bytes;
}

class StatelessService {
 public:
  StatelessService(og_service* data, og_store* database) : data_(data), database_(database) {}

  // Counts the user's visits; only a visit changes what is known of the user.
  int process_request(const std::string& user, bool visit) {
    std::string key = "user:" + user;
    int visits = std::atoi(load(key).c_str());
    if (visit) save(key, std::to_string(++visits));
    return visits;
  }

 private:
  std::string load(const std::string& key) {
    og_value* value = nullptr;
    int64_t call = og_service_begin(data_, OG_SERVICE_READ, nullptr, 0, key.data(),
                                    static_cast<int64_t>(key.size()), &value, nullptr);
    if (call <= 0) return take(value);  // cached, or known not to exist
    // On a real database: the connection to node og_service_node(data_, call).
    og_value* row = nullptr;
    int64_t size =
        og_store_get(database_, key.data(), static_cast<int64_t>(key.size()), &row, nullptr);
    og_service_end(data_, call, size >= 0 || size == OG_ABSENT, -1, og_value_data(row),
                   size == OG_ABSENT ? OG_SERVICE_KEEP_ABSENCE : og_value_size(row),
                   OG_CACHE_DEFAULT_TTL);
    return take(row);
  }

  void save(const std::string& key, const std::string& state) {
    int64_t call = og_service_begin(data_, OG_SERVICE_WRITE, nullptr, 0, key.data(),
                                    static_cast<int64_t>(key.size()), nullptr, nullptr);
    og_status written = og_store_set(database_, key.data(), static_cast<int64_t>(key.size()),
                                     state.data(), static_cast<int64_t>(state.size()), nullptr);
    // Invalidates the key, as tutorial and database would have it: after the update.
    og_service_end(data_, call, written == OG_OK, -1, nullptr, OG_SERVICE_KEEP_NOTHING, 0);
  }

  og_service* data_;  // shared: nothing here belongs to one user
  og_store* database_;
};

void request(og_service* front, og_endpoints* instances, StatelessService* services,
             const char* user, bool visit) {
  int64_t call =
      og_service_begin(front, OG_SERVICE_READ, user, static_cast<int64_t>(std::string(user).size()),
                       nullptr, 0, nullptr, nullptr);
  if (call <= 0) {
    std::printf("%s: %s\n", user, og_status_text(static_cast<og_status>(call)));
    return;
  }
  int32_t instance = og_service_server(front, call);
  int visits = services[instance].process_request(user, visit);
  og_service_end(front, call, 1, -1, nullptr, OG_SERVICE_KEEP_NOTHING, 0);
  og_text* name = nullptr;
  must(og_endpoints_name(instances, instance, &name, nullptr));
  std::printf("%s: %s %s, %d so far\n", og_text_data(name), user, visit ? "visits" : "looks",
              visits);
  og_text_destroy(&name);
}

}  // namespace

int main() {
  og_service* front = make_service({{"servers", "web-1, web-2"},
                                    {"balancer.seed", "1"},
                                    {"limiter.rate", "5/h"},
                                    {"breaker.failure_threshold", "5"}});
  og_service* data = make_service({{"cache.ttl_ms", "300s"}, {"replicas.replicas", "2"}});
  og_store* database = nullptr;
  og_endpoints* instances = nullptr;
  must(og_store_create(nullptr, nullptr, &database, nullptr));
  must(og_service_endpoints(front, &instances, nullptr));
  StatelessService services[] = {{data, database}, {data, database}};

  request(front, instances, services, "ada", true);
  request(front, instances, services, "ada", false);
  request(front, instances, services, "ada", false);
  request(front, instances, services, "bob", true);
  must(og_endpoints_remove(instances, 0, nullptr));
  std::printf("web-1 leaves\n");
  request(front, instances, services, "ada", true);
  request(front, instances, services, "ada", false);
  request(front, instances, services, "ada", false);
  std::printf("%d loads, %d hits, %d writes\n",
              static_cast<int>(og_service_stat(data, OG_SERVICE_FILLS)),
              static_cast<int>(og_service_stat(data, OG_SERVICE_HITS)),
              static_cast<int>(og_service_stat(data, OG_SERVICE_INVALIDATIONS)));

  og_endpoints_destroy(&instances);
  og_store_destroy(&database);
  og_service_destroy(&data);
  og_service_destroy(&front);
}
