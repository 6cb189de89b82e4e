// SPDX-License-Identifier: Apache-2.0
// A light gate whose fence the kernel comes to deny, as under a seccomp filter set after the start.
#include "core/base/read_gate.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>

#include "core/base/snapshot.h"
#include "tests/catch.h"
#include "tests/core/forks.h"

namespace og {
namespace {

bool deny_membarrier() {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{4, rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

TEST_CASE(
    "read gate: where the kernel denies the fence that it lent, old values are freed all the "
    "same") {
  if (!has_process_fence()) return;  // nothing is lent here
  CHECK(in_forked_child([] {
          ReadGate gate(true);
          Snapshot<int> value(std::make_unique<int>(0));
          if (!deny_membarrier()) return 1;
          using std::chrono::steady_clock;
          const auto end = steady_clock::now() + std::chrono::seconds(10);
          size_t most = 0;
          int next = 0;
          do {
            value.reserve();
            value.publish(std::make_unique<int>(++next), gate);
            most = std::max(most, value.retired());
            if (value.retired() == 0) return most > 0 ? 0 : 2;
            ReadGate::Pass pass = gate.enter();
            if (*value.get() != next) return 3;
            usleep(1000);
          } while (steady_clock::now() < end);
          return 4;
        }) == 0);
}

}  // namespace og
