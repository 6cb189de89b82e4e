// SPDX-License-Identifier: Apache-2.0
// A token bucket in a Redis of our own on loopback, as people have it for want of a shared limit.
#pragma once

#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>

class RedisBucket {
 public:
  // Null where there is no redis-server.
  static std::unique_ptr<RedisBucket> start() {
    std::unique_ptr<RedisBucket> redis(new RedisBucket);
    return redis->connect() ? std::move(redis) : nullptr;
  }
  ~RedisBucket() {
    if (context_) redisFree(context_);
    kill(server_, SIGTERM);
    waitpid(server_, nullptr, 0);
  }
  RedisBucket(const RedisBucket&) = delete;
  RedisBucket& operator=(const RedisBucket&) = delete;

  bool acquire(const char* key) {
    auto* reply = static_cast<redisReply*>(
        redisCommand(context_, "EVALSHA %s 1 %s 1000000000 1000000000 1", script_.c_str(), key));
    const bool passed = reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
    freeReplyObject(reply);
    return passed;
  }

 private:
  // KEYS[1]; rate a second, burst, cost. Time is the server's.
  static constexpr const char* kScript =
      "local t = redis.call('TIME') local now = t[1] + t[2] / 1e6 "
      "local rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) "
      "local b = redis.call('HMGET', KEYS[1], 'tokens', 'at') "
      "local tokens = math.min(burst, (tonumber(b[1]) or burst) + (now - (tonumber(b[2]) or now)) "
      "* rate) "
      "local passed = tokens >= cost if passed then tokens = tokens - cost end "
      "redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now) "
      "redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000)) "
      "return passed and 1 or 0";

  RedisBucket() {
    server_ = fork();
    if (server_ != 0) return;
    if (!freopen("/dev/null", "w", stdout)) _exit(1);
    const std::string port = std::to_string(kPort);
    execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1", "--save",
           "", "--appendonly", "no", static_cast<char*>(nullptr));
    _exit(127);
  }
  bool connect() {
    for (int attempt = 0; attempt < 100 && waitpid(server_, nullptr, WNOHANG) == 0; ++attempt) {
      usleep(50'000);
      if (context_) redisFree(context_);
      context_ = redisConnect("127.0.0.1", kPort);
      if (!context_ || context_->err) continue;
      auto* reply = static_cast<redisReply*>(redisCommand(context_, "SCRIPT LOAD %s", kScript));
      if (!reply) continue;
      script_.assign(reply->str, reply->len);
      const bool loaded = reply->type == REDIS_REPLY_STRING;
      freeReplyObject(reply);
      return loaded && acquire("warm");
    }
    return false;
  }

  static constexpr int kPort = 16379;
  pid_t server_ = -1;
  redisContext* context_ = nullptr;
  std::string script_;
};
