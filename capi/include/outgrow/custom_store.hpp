// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <outgrow/batch.hpp>
#include <string>
#include <string_view>

namespace outgrow {

// A store of your own, to be handed to Store. Its functions are called on threads that are
// themselves inside a call to the library, possibly on several at a time, and must not call the
// same cached store. What they throw is the answer of that call: an Error's status, else
// Status::store, and its text.
class CustomStore {
 public:
  virtual ~CustomStore() = default;

  // Nothing when the key does not exist.
  virtual std::optional<std::string> get(std::string_view key) = 0;
  virtual void set(std::string_view key, std::string_view value) = 0;
  // Deleting what does not exist is no failure.
  virtual void remove(std::string_view key) = 0;
  // In their order; one by one unless overridden.
  virtual void batch_write(const BatchView& batch) {
    for (Write write : batch) {
      if (write.value) {
        set(write.key, *write.value);
      } else {
        remove(write.key);
      }
    }
  }
};

namespace detail {

// The function table of a CustomStore.
class CustomStoreFunctions {
 public:
  static og_store* create(std::unique_ptr<CustomStore> store, const og_clock* clock) {
    if (!store) throw Error(Status::invalid_argument, "there is no custom store");
    og_store_functions functions = {};
    functions.size = sizeof functions;
    functions.context = store.get();
    functions.get = get;
    functions.set = set;
    functions.remove = remove;
    functions.batch_write = batch_write;
    functions.release = [](void* context) { delete static_cast<CustomStore*>(context); };
    og_store* made = make<og_store>(og_store_create_custom, &functions, clock);
    static_cast<void>(store.release());  // the library's from here on
    return made;
  }

 private:
  static CustomStore& of(void* context) { return *static_cast<CustomStore*>(context); }

  // What the action returns, or what it throws as a status and a message.
  template <class Action>
  static og_status answer(og_store_reply* reply, Action&& action) noexcept {
    try {
      return action();
    } catch (const Error& error) {
      og_store_reply_error(reply, error.what());
      auto status = static_cast<og_status>(error.status());
      return is_error(status) ? status : OG_STORE;
    } catch (const std::exception& error) {
      og_store_reply_error(reply, error.what());
      return OG_STORE;
    } catch (...) {
      og_store_reply_error(reply, "the program's store threw what is no std::exception");
      return OG_STORE;
    }
  }

  static og_status get(void* context, const void* key, std::int64_t key_size,
                       og_store_reply* reply) {
    return answer(reply, [&]() -> og_status {
      std::optional<std::string> value = of(context).get(bytes(key, key_size).view());
      if (!value) return OG_ABSENT;
      return og_store_reply_value(reply, value->data(), static_cast<std::int64_t>(value->size()));
    });
  }
  static og_status set(void* context, const void* key, std::int64_t key_size, const void* value,
                       std::int64_t value_size, og_store_reply* reply) {
    return answer(reply, [&]() -> og_status {
      of(context).set(bytes(key, key_size).view(), bytes(value, value_size).view());
      return OG_OK;
    });
  }
  static og_status remove(void* context, const void* key, std::int64_t key_size,
                          og_store_reply* reply) {
    return answer(reply, [&]() -> og_status {
      of(context).remove(bytes(key, key_size).view());
      return OG_OK;
    });
  }
  static og_status batch_write(void* context, const og_batch* batch, og_store_reply* reply) {
    return answer(reply, [&]() -> og_status {
      of(context).batch_write(BatchView(batch));
      return OG_OK;
    });
  }
};

}  // namespace detail
}  // namespace outgrow
