// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
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
 * The jar's library as a file, in a folder below {@code java.io.tmpdir} that is the user's alone
 * and named after its content: unpacked once, whole or not at all, by as many JVMs as start
 * together.
 *
 * <p>Anyone may put a folder of that name, or a link to one, into a shared tmpdir. One that is not
 * ours, or that others may write to, is left alone: a fresh folder of a random name takes its
 * place, for this once.
 */
final class ExtractedLibrary {
  private static final FileAttribute<Set<PosixFilePermission>> MINE_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  final Path path;
  private final Path once; // the folder to delete again, or null

  private ExtractedLibrary(Path path, Path once) {
    this.path = path;
    this.once = once;
  }

  static ExtractedLibrary of(byte[] content, String file) throws IOException {
    Path tmpdir = tmpdir();
    Path probe = Files.createTempFile(tmpdir, "outgrow", null, MINE_ALONE);
    UserPrincipal me; // whom the file system takes us for
    Path own;
    try {
      me = Files.getOwner(probe);
      own = tmpdir.resolve("outgrow-" + user(probe));
    } finally {
      Files.delete(probe);
    }
    Path folder = own.resolve(digest(content));
    if (isMine(own, me) && isMine(folder, me))
      return new ExtractedLibrary(unpack(content, folder, file), null);
    Path fresh = Files.createTempDirectory(tmpdir, "outgrow-", MINE_ALONE);
    Files.write(Files.createFile(fresh.resolve(file), MINE_ALONE), content);
    return new ExtractedLibrary(fresh.resolve(file), fresh);
  }

  /**
   * The same library by another name. The JVM loads a file for one class loader alone, and knows it
   * by its name; by a hard link the process goes on with the code that it has.
   */
  static ExtractedLibrary another(Path library) throws IOException {
    Path fresh = Files.createTempDirectory(tmpdir(), "outgrow-", MINE_ALONE);
    Path name = fresh.resolve(library.getFileName());
    try {
      Files.createLink(name, library);
    } catch (IOException
        | UnsupportedOperationException e) { // another file system, or another's file
      Files.copy(library, name);
    }
    return new ExtractedLibrary(name, fresh);
  }

  /** What is loaded needs its file no more. */
  void loaded() {
    if (once == null) return;
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(once);
    } catch (IOException e) {
      // It stays, in a folder that is nobody else's.
    }
  }

  private static Path tmpdir() {
    return Path.of(System.getProperty("java.io.tmpdir"))
        .toAbsolutePath(); // as System.load wants it
  }

  /**
   * The user's name where it is one, else the number. In a container a user need not have a name.
   */
  private static String user(Path probe) throws IOException {
    String name = System.getProperty("user.name");
    boolean named = name != null && name.matches("[A-Za-z0-9_][A-Za-z0-9_.@-]*");
    return named ? name : "uid-" + Files.getAttribute(probe, "unix:uid");
  }

  private static Path unpack(byte[] content, Path folder, String file) throws IOException {
    Path path = folder.resolve(file);
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

  /**
   * Makes it if there is none. Nothing is written into it before it is known to be ours, and
   * closed.
   */
  private static boolean isMine(Path folder, UserPrincipal me) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createDirectory(folder, MINE_ALONE);
      } catch (FileAlreadyExistsException e) {
        // Another JVM was faster.
      }
    }
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return found.isDirectory()
        && found.owner().equals(me)
        && !found.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !found.permissions().contains(PosixFilePermission.OTHERS_WRITE);
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
