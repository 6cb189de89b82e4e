// SPDX-License-Identifier: Apache-2.0
// A redis-server or valkey-server of a test's own, on a Unix socket in a folder of its own.
#pragma once

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/fleet/reply.h"
#include "core/fleet/script.h"

namespace og::test {

class RealRedis {
 public:
  // Null where the machine has no such server.
  static std::unique_ptr<RealRedis> start(const char* program) {
    std::unique_ptr<RealRedis> redis(new RealRedis(program));
    return redis->connect() ? std::move(redis) : nullptr;
  }
  ~RealRedis() {
    if (context_) redisFree(context_);
    kill(server_, SIGKILL);
    waitpid(server_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  RealRedis(const RealRedis&) = delete;
  RealRedis& operator=(const RealRedis&) = delete;

  FleetReply run(const std::vector<std::string>& words) {
    std::vector<const char*> starts;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
      starts.push_back(word.data());
      sizes.push_back(word.size());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(context_, static_cast<int>(words.size()), starts.data(), sizes.data()));
    if (!reply) return FleetReply::error_of(std::string("broken: ") + context_->errstr);
    FleetReply told = tell(*reply);
    freeReplyObject(reply);
    return told;
  }

 private:
  explicit RealRedis(const char* program) {
    char folder[] = "/tmp/outgrow-redis-XXXXXX";
    folder_ = mkdtemp(folder);
    socket_ = folder_ + "/redis.sock";
    server_ = fork();
    if (server_ != 0) return;
    if (!freopen("/dev/null", "w", stdout)) _exit(1);
    for (const char* path : {program, OUTGROW_VALKEY}) {
      const bool is_named = std::string_view(path).find(program) != std::string_view::npos;
      if (is_named) {
        execlp(path, program, "--port", "0", "--unixsocket", socket_.c_str(), "--save", "",
               "--appendonly", "no", "--dir", folder_.c_str(), static_cast<char*>(nullptr));
      }
    }
    _exit(127);
  }
  bool connect() {
    for (int attempt = 0; attempt < 200 && waitpid(server_, nullptr, WNOHANG) == 0; ++attempt) {
      if (context_) redisFree(context_);
      context_ = redisConnectUnix(socket_.c_str());
      if (context_ && !context_->err && run({"PING"}).text == "PONG") return true;
      usleep(20'000);
    }
    return false;
  }
  static FleetReply tell(const redisReply& reply) {
    switch (reply.type) {
      case REDIS_REPLY_INTEGER:
        return FleetReply::integer_of(reply.integer);
      case REDIS_REPLY_STRING:
      case REDIS_REPLY_STATUS:
        return FleetReply::text_of({reply.str, reply.len});
      case REDIS_REPLY_ERROR:
        return FleetReply::error_of({reply.str, reply.len});
      case REDIS_REPLY_ARRAY: {
        FleetReply list{FleetReply::Kind::kList, 0, {}, {}};
        for (size_t i = 0; i < reply.elements; ++i) list.list.push_back(tell(*reply.element[i]));
        return list;
      }
      default:
        return {};
    }
  }

  std::string folder_, socket_;
  pid_t server_ = -1;
  redisContext* context_ = nullptr;
};

inline FleetReply run(RealRedis& redis, const FleetScript& script, const std::string& key,
                      const std::vector<int64_t>& numbers, const std::string& text = {}) {
  std::vector<std::string> words{"EVALSHA", std::string(script.sha), "1", key};
  for (int64_t number : numbers) words.push_back(std::to_string(number));
  if (!text.empty()) words.push_back(text);
  return redis.run(words);
}

// A list of integers and texts as one.
inline std::string shown(const FleetReply& reply) {
  std::string all = reply.text;
  for (const FleetReply& one : reply.list)
    all += one.kind == FleetReply::Kind::kText ? "|" + one.text : " " + std::to_string(one.integer);
  return all;
}

}  // namespace og::test
