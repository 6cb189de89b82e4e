// SPDX-License-Identifier: Apache-2.0
#include "tests/capi/allocation/allocator.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "outgrow/base.h"

namespace {

thread_local bool t_counting = false;
thread_local int64_t t_count = 0;
thread_local int64_t t_fail_at = -1;

bool refuses() {
  if (!t_counting) return false;
  return t_count++ == t_fail_at;
}

void* allocate(size_t size, size_t alignment) {
  if (refuses()) return nullptr;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size ? size : 1);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(size_t size, size_t alignment) {
  void* memory = allocate(size, alignment);
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t n) { return allocate_or_throw(n, 1); }
void* operator new[](size_t n) { return allocate_or_throw(n, 1); }
void* operator new(size_t n, std::align_val_t a) { return allocate_or_throw(n, size_t(a)); }
void* operator new[](size_t n, std::align_val_t a) { return allocate_or_throw(n, size_t(a)); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return allocate(n, 1); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return allocate(n, 1); }
void* operator new(size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate(n, size_t(a));
}
void* operator new[](size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate(n, size_t(a));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { std::free(p); }

namespace allocation {

int64_t count(const std::function<void()>& body) {
  t_count = 0;
  t_fail_at = -1;
  t_counting = true;
  body();
  t_counting = false;
  return t_count;
}

void fail_nth(int64_t n, const std::function<void()>& body) {
  t_count = 0;
  t_fail_at = n;
  t_counting = true;
  body();
  t_counting = false;
  t_fail_at = -1;
}

std::vector<Scenario>& scenarios() {
  static std::vector<Scenario> all;
  return all;
}

bool held(bool whole, int32_t status) {
  if (status == OG_OK || (!whole && status == OG_NO_MEMORY)) return true;
  std::printf("answered %s\n", og_status_text(status));
  std::exit(1);
}

}  // namespace allocation
