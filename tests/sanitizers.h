/* SPDX-License-Identifier: Apache-2.0 */
/* __SANITIZE_ADDRESS__ and __SANITIZE_THREAD__ are GCC's words; clang asks for features. */
#pragma once

#ifdef __has_feature
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer) && !defined(__SANITIZE_THREAD__)
#define __SANITIZE_THREAD__ 1
#endif
#endif
