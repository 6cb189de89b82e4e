// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/write_target.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "bindings/cli/signals_held.h"

namespace og::cli {
namespace {

constexpr int kMostLinks = 40;  // the kernel's own bound

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// The text that a link holds, seen through a descriptor of the link itself.
std::string text_of_link(int link) {
  std::string text(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(link, "", text.data(), text.size());
  text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return text;
}

bool is_in_proc(int fd) {
  struct statfs about{};
  return ::fstatfs(fd, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

// The number of one of our own descriptors that an entry of a folder of /proc stands for, or -1.
int own_descriptor(int folder, const std::string& name) {
  const std::string here = "/proc/self/fd/" + std::to_string(folder);
  char path[PATH_MAX];
  const ssize_t length = ::readlink(here.c_str(), path, sizeof path);
  const std::string own = "/proc/" + std::to_string(::getpid()) + "/";
  if (length <= 0 || name.size() > 9 || name.find_first_not_of("0123456789") != name.npos)
    return -1;
  const std::string_view found(path, static_cast<std::size_t>(length));
  return found.starts_with(own) && found.ends_with("/fd") ? std::stoi(name) : -1;
}

std::string random_name() {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz012345";
  unsigned char bytes[12] = {};
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) return {};
  std::string name = ".outgrow-";
  for (const unsigned char byte : bytes) name += kLetters[byte % 32];
  return name;
}

}  // namespace

bool is_strangers(const struct stat& entry, const struct stat& folder, uid_t user) {
  const bool shared =
      (folder.st_mode & S_ISVTX) != 0 && (folder.st_mode & (S_IWOTH | S_IWGRP)) != 0;
  return shared && entry.st_uid != user && entry.st_uid != folder.st_uid;
}

WriteTarget::WriteTarget(WriteTarget&& other) noexcept
    : path_(std::move(other.path_)),
      kind_(other.kind_),
      folder_(std::exchange(other.folder_, -1)),
      name_(std::move(other.name_)),
      descriptor_(other.descriptor_) {}

WriteTarget::~WriteTarget() {
  if (folder_ >= 0) ::close(folder_);
}

Result<WriteTarget> WriteTarget::find(const std::string& path) {
  WriteTarget target(path);
  if (const int error = target.resolve(); error != 0) {
    return fail("cannot write " + path + ": " + std::strerror(error));
  }
  return target;
}

int WriteTarget::resolve() {
  std::string at = path_;
  for (int links = 0; links <= kMostLinks; ++links) {
    const std::size_t slash = at.rfind('/');
    const std::string folder = slash == at.npos ? "." : at.substr(0, slash + 1);
    name_ = slash == at.npos ? at : at.substr(slash + 1);
    if (folder_ >= 0) ::close(folder_);
    folder_ = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat folder_about{};
    if (folder_ < 0 || ::fstat(folder_, &folder_about) != 0) return errno;
    if (name_.empty() || name_ == "." || name_ == "..") return EISDIR;

    const Descriptor entry(::openat(folder_, name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (entry.get() < 0) return errno == ENOENT ? check(folder_about, nullptr) : errno;
    struct stat about{};
    if (::fstat(entry.get(), &about) != 0) return errno;
    if (!S_ISLNK(about.st_mode)) return check(folder_about, &about);
    if (is_strangers(about, folder_about, ::geteuid())) return EACCES;
    if (const int error = follow(entry.get(), at); error != 0 || kind_ != Kind::kFile) return error;
  }
  return ELOOP;
}

// `at` becomes what the link says; but a link of /proc says no path: the kernel opens what it
// means.
int WriteTarget::follow(int entry, std::string& at) {
  if (!is_in_proc(entry)) {
    const std::string next = text_of_link(entry);
    if (next.empty()) return ENOENT;
    at = next.starts_with('/') ? next : at.substr(0, at.size() - name_.size()) + next;
    return 0;
  }
  descriptor_ = own_descriptor(folder_, name_);
  kind_ = descriptor_ >= 0 ? Kind::kDescriptor : Kind::kOfProc;
  if (kind_ == Kind::kOfProc) {
    return ::faccessat(folder_, name_.c_str(), W_OK, AT_EACCESS) == 0 ? 0 : errno;
  }
  const int flags = ::fcntl(descriptor_, F_GETFL);
  if (flags < 0) return errno;
  return (flags & O_ACCMODE) == O_RDONLY ? EBADF : 0;
}

int WriteTarget::check(const struct stat& folder, const struct stat* entry) {
  if (entry != nullptr && S_ISDIR(entry->st_mode)) return EISDIR;
  if (entry != nullptr && !S_ISREG(entry->st_mode)) {
    if (is_strangers(*entry, folder, ::geteuid())) return EACCES;
    kind_ = Kind::kDevice;
    return ::faccessat(folder_, name_.c_str(), W_OK, AT_EACCESS) == 0 ? 0 : errno;
  }
  // Of a stranger's file the kernel says no when it is to be replaced.
  if (::faccessat(folder_, ".", W_OK | X_OK, AT_EACCESS) != 0) return errno;
  const bool strangers = entry != nullptr && is_strangers(*entry, folder, ::geteuid());
  return strangers && ::geteuid() != 0 && ::geteuid() != folder.st_uid ? EPERM : 0;
}

bool WriteTarget::write_to(int fd, std::string_view text) const {
  while (!text.empty()) {
    const ssize_t put = ::write(fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool WriteTarget::write_beside(std::string_view text) const {
  const SignalsHeld held;
  const std::string beside = random_name();
  constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const int fd = beside.empty() ? -1 : ::openat(folder_, beside.c_str(), kNew, 0600);
  if (fd < 0) return false;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool done = write_to(fd, text) && ::fchmod(fd, 0666 & ~mask) == 0 && ::fsync(fd) == 0;
  done = ::close(fd) == 0 && done;
  done = done && ::renameat(folder_, beside.c_str(), folder_, name_.c_str()) == 0;
  if (done) return true;
  const int error = errno;
  ::unlinkat(folder_, beside.c_str(), 0);
  errno = error;
  return false;
}

Result<void> WriteTarget::write(std::string_view text) const {
  bool done = false;
  if (kind_ == Kind::kFile) {
    done = write_beside(text);
  } else if (kind_ == Kind::kDescriptor) {
    done = write_to(descriptor_, text);
  } else {
    const int link = kind_ == Kind::kDevice ? O_NOFOLLOW : 0;
    const Descriptor device(::openat(folder_, name_.c_str(), O_WRONLY | O_CLOEXEC | link));
    done = device.get() >= 0 && write_to(device.get(), text);
  }
  if (done) return {};
  return fail("cannot write " + path_ + ": " + std::strerror(errno));
}

}  // namespace og::cli
