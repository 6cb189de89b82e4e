// SPDX-License-Identifier: Apache-2.0
#include "core/scope/segment_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/size_text.h"
#include "core/base/utf8.h"

namespace og {
namespace {

constexpr int kAttempts = 16;

// shm_open takes a slash and no other; everything else is a path.
bool is_shared_memory(const std::string& name) {
  return name.size() > 1 && name[0] == '/' && name.find('/', 1) == name.npos;
}

// As it can be shown on a line: '?' for each byte that is no printable UTF-8.
std::string shown(std::string_view name) {
  std::string line;
  while (!name.empty()) {
    const size_t length = utf8_length(name);
    const bool is_control =
        length == 1 && (static_cast<unsigned char>(name[0]) < 0x20 || name[0] == 0x7f);
    line += length == 0 || is_control ? std::string_view("?") : name.substr(0, length);
    name.remove_prefix(std::max<size_t>(length, 1));
  }
  return line;
}

tl::unexpected<Error> refusal(const std::string& name, const std::string& why) {
  return fail(Status::kIo, "segment '" + name + "': " + why, "name");
}

std::string octal(mode_t mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode));
  return text;
}

int open_file(const std::string& name, int flags, mode_t mode) {
  return is_shared_memory(name) ? shm_open(name.c_str(), flags, mode)
                                : ::open(name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

size_t page_bytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }
size_t whole_pages(int64_t bytes) {
  return (static_cast<size_t>(bytes) + page_bytes() - 1) / page_bytes() * page_bytes();
}

}  // namespace

Result<SegmentFile> SegmentFile::open(const std::string& name, mode_t mode) {
  return open(name, mode, O_RDWR | O_CREAT);
}
Result<SegmentFile> SegmentFile::open_existing(const std::string& name, mode_t mode) {
  return open(name, mode, O_RDWR);
}

Result<void> SegmentFile::check_name(const std::string& name) {
  auto refused = [&](const std::string& why) {
    return fail(Status::kInvalidArgument, "segment '" + shown(name) + "': " + why, "name");
  };
  if (name.empty() || name.find('\0') != name.npos) return refused("is no name");
  if (name.find('/') == name.npos) {
    return refused("is neither shared memory (/" + shown(name) + ") nor the path of a file (./" +
                   shown(name) + ")");
  }
  if (shown(name) != name) return refused("has what is no printable UTF-8 in its name");
  return {};
}

Result<SegmentFile> SegmentFile::open(const std::string& name, mode_t mode, int flags) {
  if (auto checked = check_name(name); !checked) return tl::unexpected(checked.error());
  // Alone at first, so that the mode of a new file is ours to set, whatever the umask. Who finds
  // one there, and then none, has met somebody who removes it: and begins again.
  const bool may_make = flags & O_CREAT;
  int fd = -1;
  bool made = false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    fd = may_make ? open_file(name, flags | O_EXCL, mode) : -1;
    made = fd >= 0;
    if (!made && (errno == EEXIST || !may_make)) fd = open_file(name, flags & ~O_CREAT, mode);
    if (fd >= 0 || errno != ENOENT || !may_make) break;
  }
  if (fd < 0) return refusal(name, std::string("cannot be opened: ") + std::strerror(errno));
  SegmentFile file(name, fd);
  if (made && fchmod(fd, mode) != 0) return file.failed("cannot be given its mode", errno);
  if (auto checked = file.check(mode); !checked) return tl::unexpected(checked.error());
  return file;
}

Result<void> SegmentFile::check(mode_t mode) {
  struct stat status;
  if (fstat(fd_, &status) != 0) return failed("cannot be looked at", errno);
  device_ = status.st_dev;
  inode_ = status.st_ino;
  if (!S_ISREG(status.st_mode)) return refused("is not a regular file");
  const bool group = (mode & 0060) == 0060 && status.st_gid == getegid();
  if (status.st_uid != geteuid() && !group) {
    return refused("belongs to user " + std::to_string(status.st_uid) + ", not to " +
                   std::to_string(geteuid()));
  }
  const mode_t bits = status.st_mode & 0777;
  if (bits & ~mode) {
    return refused("has mode " + octal(bits) + ", wider than " + octal(mode) +
                   ", which option 'access' allows");
  }
  return {};
}

Result<void> SegmentFile::remove(const std::string& name) {
  if (auto checked = check_name(name); !checked) return checked;
  int done = is_shared_memory(name) ? shm_unlink(name.c_str()) : unlink(name.c_str());
  if (done != 0) return refusal(name, std::string("cannot be removed: ") + std::strerror(errno));
  return {};
}

SegmentFile::SegmentFile(SegmentFile&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(other.fd_.exchange(-1)),
      device_(other.device_),
      inode_(other.inode_) {}

SegmentFile& SegmentFile::operator=(SegmentFile&& other) noexcept {
  std::swap(name_, other.name_);
  fd_ = other.fd_.exchange(fd_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

SegmentFile::~SegmentFile() {
  if (has_descriptor()) close(fd());
}

bool SegmentFile::is_it(int fd) const noexcept {
  struct stat status;
  return fd >= 0 && fstat(fd, &status) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

bool SegmentFile::is_linked() const noexcept {
  int fd = open_file(name_, O_RDONLY, 0);
  if (fd < 0) return false;
  const bool same = is_it(fd);
  close(fd);
  return same;
}

// By its descriptor, which leads there when the name is gone; by its name, where there is no /proc
// or the descriptor is another's.
int SegmentFile::reopen() noexcept {
  const int old = fd();
  const bool is_ours = is_it(old);
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", old);
  int next = is_ours ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
  if (next < 0) next = open_file(name_, O_RDWR, 0);
  if (next < 0) return errno;
  if (!is_it(next)) {
    close(next);
    return ENOENT;
  }
  fd_.store(next);
  if (is_ours) close(old);
  return 0;
}

// A free byte of another file says nothing of ours.
ByteLock SegmentFile::lock_of(int64_t byte) const noexcept {
  const ByteLock seen = lock_of_byte(fd(), byte);
  return seen == ByteLock::kFree && !has_descriptor() ? ByteLock::kUnknown : seen;
}

Result<void> SegmentFile::empty() const {
  if (ftruncate(fd_, 0) != 0) return failed("cannot be emptied", errno);
  return {};
}

Result<int64_t> SegmentFile::size() const {
  struct stat status;
  if (fstat(fd_, &status) != 0) return failed("cannot be looked at", errno);
  return status.st_size;
}

// Asked before anything is written: who writes beyond it is ended by a signal.
Result<void> SegmentFile::check_limit(int64_t bytes) const {
  struct rlimit most;
  if (getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur != RLIM_INFINITY &&
      static_cast<rlim_t>(bytes) > most.rlim_cur) {
    return fail(Status::kBadValue,
                "segment '" + name_ + "': option 'size' cannot be " + std::to_string(bytes) +
                    ": this process may write files of at most " + size_text(most.rlim_cur) +
                    " (RLIMIT_FSIZE)",
                "size");
  }
  return {};
}

Result<void> SegmentFile::reserve(int64_t bytes) const {
  int error;
  do {
    error = posix_fallocate(fd_, 0, bytes);
  } while (error == EINTR);
  if (error == 0) return {};
  const std::string wanted = "has no room for " + size_text(static_cast<uint64_t>(bytes));
  struct statvfs room;
  if (error != ENOSPC || fstatvfs(fd_, &room) != 0) return failed(wanted.c_str(), error);
  const bool in_shm = is_shared_memory(name_);
  const std::string where = in_shm ? "/dev/shm" : "its file system";
  return refused(wanted + ": " + where + " has " + size_text(room.f_bavail * room.f_frsize) +
                 " left of " + size_text(room.f_blocks * room.f_frsize) +
                 "; ask for less with size, or give " + where + " more" +
                 (in_shm ? " (a container's: --shm-size)" : ""));
}

Result<int64_t> SegmentFile::read(void* out, int64_t bytes) const {
  ssize_t got;
  do {
    got = pread(fd_, out, static_cast<size_t>(bytes), 0);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return failed("cannot be read", errno);
  return got;
}

Result<void> SegmentFile::write(const void* data, int64_t bytes, int64_t at) const {
  ssize_t put;
  do {
    put = pwrite(fd_, data, static_cast<size_t>(bytes), at);
  } while (put < 0 && errno == EINTR);
  if (put != bytes) return failed("cannot be written", put < 0 ? errno : ENOSPC);
  return {};
}

Result<void*> SegmentFile::map(int64_t bytes) const {
  const size_t page = page_bytes(), size = whole_pages(bytes);
  void* reserved =
      mmap(nullptr, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return failed("cannot be mapped", errno);
  void* memory = mmap(static_cast<char*>(reserved) + page, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_FIXED, fd_, 0);
  if (memory != MAP_FAILED) return memory;
  const int error = errno;
  munmap(reserved, size + 2 * page);
  return failed("cannot be mapped", error);
}

bool SegmentFile::remap(void* memory, int64_t bytes) const noexcept {
  return mmap(memory, whole_pages(bytes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd_, 0) !=
         MAP_FAILED;
}

void SegmentFile::unmap(void* memory, int64_t bytes) noexcept {
  munmap(static_cast<char*>(memory) - page_bytes(), whole_pages(bytes) + 2 * page_bytes());
}

tl::unexpected<Error> SegmentFile::failed(const char* what, int error) const {
  return refused(std::string(what) + ": " + std::strerror(error));
}
tl::unexpected<Error> SegmentFile::refused(const std::string& why) const {
  return refusal(name_, why);
}

}  // namespace og
