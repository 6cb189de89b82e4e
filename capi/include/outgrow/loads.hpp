// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <outgrow/clock.hpp>
#include <outgrow/error.hpp>
#include <outgrow/wait_check.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>

namespace outgrow::detail {

// The loads that run through one Cache object, by key. Leases say who loads; here those who wait
// for a load learn of its end, and take its exception as theirs: one after the other they would get
// it too.
class Loads {
 public:
  struct Load {
    std::thread::id by;
    bool ended = false;
    std::exception_ptr error;
  };
  using Running = std::shared_ptr<Load>;

  // The load of this key, if one runs here. A thread that loads the key itself would wait for
  // itself.
  Running find(std::string_view key) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto found = loads_.find(std::string(key));
    if (found == loads_.end()) return nullptr;
    if (found->second->by == std::this_thread::get_id()) {
      throw Error(Status::invalid_argument,
                  "the loader asked the cache for the key that it is to load");
    }
    return found->second;
  }

  // Until the load has ended, but not for ever: its lease may fall before. Throws what the load
  // threw, or if the thread's WaitCheck ends the wait.
  void wait(const Running& load, Duration lease_left) {
    WaitCheck::throw_if_ended();
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::min(lease_left, kLookAgain), [&] { return load->ended; });
    if (load->error) std::rethrow_exception(load->error);
  }

  Running begin(const std::string& key) {
    auto load = std::make_shared<Load>();
    load->by = std::this_thread::get_id();
    std::lock_guard<std::mutex> lock(mutex_);
    loads_[key] = load;  // one whose lease has fallen goes on without those who wait
    return load;
  }

  // After the lease was used or given up.
  void end(const std::string& key, const Running& load, std::exception_ptr error) noexcept {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      load->ended = true;
      load->error = std::move(error);
      auto found = loads_.find(key);
      if (found != loads_.end() && found->second == load) loads_.erase(found);
    }
    changed_.notify_all();
  }

 private:
  static constexpr Duration kLookAgain = std::chrono::milliseconds(50);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Running> loads_;
};

}  // namespace outgrow::detail
