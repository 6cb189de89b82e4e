// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * The jar's library as a file, in a folder below {@code java.io.tmpdir} that is the user's alone and
 * named after its content: unpacked once, whole or not at all, by as many JVMs as start together.
 */
final class ExtractedLibrary {
  private static final FileAttribute<Set<PosixFilePermission>> MINE_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private ExtractedLibrary() {}

  static Path of(byte[] content, String file) throws IOException {
    Path tmpdir = Path.of(System.getProperty("java.io.tmpdir"));
    Path own = tmpdir.resolve("outgrow-" + System.getProperty("user.name"));
    Path folder = own.resolve(digest(content));
    Path path = folder.resolve(file);
    UserPrincipal me = ownerOfNew(tmpdir);
    makeMine(own, me);
    makeMine(folder, me);
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        && digest(Files.readAllBytes(path)).equals(digest(content))) {
      return path;
    }
    Path unfinished = Files.createTempFile(folder, file, null, MINE_ALONE);
    try {
      Files.write(unfinished, content);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
    return path;
  }

  /** Whom the file system takes us for; asked in tmpdir, where anyone may write. */
  private static UserPrincipal ownerOfNew(Path tmpdir) throws IOException {
    Path probe = Files.createTempFile(tmpdir, "outgrow", null, MINE_ALONE);
    try {
      return Files.getOwner(probe);
    } finally {
      Files.delete(probe);
    }
  }

  /**
   * Anyone may put a folder of this name, or a link to one, into a shared tmpdir: it must be ours, and
   * closed. Nothing is written into it before that is known.
   */
  private static void makeMine(Path folder, UserPrincipal me) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder, MINE_ALONE);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another JVM was faster.
      }
    }
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory() || !found.owner().equals(me) || found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        || found.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(folder + " is not a folder that only this user can write to");
    }
  }

  private static String digest(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      StringBuilder hex = new StringBuilder();
      for (int i = 0; i < 16; ++i) hex.append(String.format("%02x", digest[i]));
      return hex.toString();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
