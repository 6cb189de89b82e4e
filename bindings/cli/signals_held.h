// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

namespace og::cli {

// The signals by which a user ends the command. Ctrl-C is the first.
inline constexpr int kEndingSignals[] = {SIGINT, SIGTERM, SIGHUP};

// Holds them off while something is made that must not be left half done; they come after it.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : kEndingSignals) sigaddset(&ending, signal);
    pthread_sigmask(SIG_BLOCK, &ending, &before_);
  }
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace og::cli
