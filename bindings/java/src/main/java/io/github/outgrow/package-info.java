// SPDX-License-Identifier: Apache-2.0

/**
 * The scaling patterns of outgrow: what may pass, what may be tried, which server, the value or a
 * lease to load it, which shard, how many instances.
 *
 * <p>Objects are made by builders, hold native memory, and are closed; a {@code Cleaner} is only a
 * net ({@code -Doutgrow.debug.leaks=true} logs what it caught). Using one after {@code close} is an
 * {@link java.lang.IllegalStateException}. Unless its documentation says otherwise everything is safe
 * from every thread, closing included. What is decided is returned; errors are
 * {@link io.github.outgrow.OutgrowException}s. Null is a {@link java.lang.NullPointerException}
 * unless a parameter says that it may be null.
 *
 * <p>Keys and values are bytes; a text stands for its UTF-8. Options take a
 * {@link java.time.Duration} or text; answers are in ns, as the clocks count.
 *
 * <p>The native library comes out of the jar into a folder of the user's own below
 * {@code java.io.tmpdir}. {@code -Doutgrow.library.path}, a file or its folder, or
 * {@code java.library.path} name another.
 */
package io.github.outgrow;
