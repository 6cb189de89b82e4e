// SPDX-License-Identifier: Apache-2.0
#pragma once

// What clang's thread safety analysis (-Wthread-safety) is told of locks: which lock guards a
// member, and which one a function needs. For other compilers they are nothing.
#if defined(__clang__)
#define OG_THREAD_SAFETY(attribute) __attribute__((attribute))
#else
#define OG_THREAD_SAFETY(attribute)
#endif

#define OG_LOCK OG_THREAD_SAFETY(capability("mutex"))     // the class is a lock
#define OG_SCOPED_LOCK OG_THREAD_SAFETY(scoped_lockable)  // it holds one while it lives
#define OG_GUARDED_BY(lock) OG_THREAD_SAFETY(guarded_by(lock))
#define OG_REQUIRES(...) OG_THREAD_SAFETY(requires_capability(__VA_ARGS__))
#define OG_REQUIRES_SHARED(...) OG_THREAD_SAFETY(requires_shared_capability(__VA_ARGS__))
#define OG_ACQUIRES(...) OG_THREAD_SAFETY(acquire_capability(__VA_ARGS__))
#define OG_RELEASES(...) OG_THREAD_SAFETY(release_capability(__VA_ARGS__))
#define OG_TRY_ACQUIRES(...) OG_THREAD_SAFETY(try_acquire_capability(__VA_ARGS__))
#define OG_ASSERTS_HELD(...) OG_THREAD_SAFETY(assert_capability(__VA_ARGS__))
// For reading alone: by who has another lock, which those who write take too.
#define OG_ASSERTS_READABLE(...) OG_THREAD_SAFETY(assert_shared_capability(__VA_ARGS__))
#define OG_NOT_ANALYSED OG_THREAD_SAFETY(no_thread_safety_analysis)  // say why beside it
