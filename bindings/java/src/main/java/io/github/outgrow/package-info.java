// SPDX-License-Identifier: Apache-2.0

/**
 * The scaling patterns of outgrow: what may pass, what may be tried, which server, the value or a
 * lease to load it, which shard, how many instances.
 *
 * <p>Objects are made by builders, hold native memory, and are closed; that they are collected is
 * only a net ({@code -Doutgrow.debug.leaks=true} logs what it caught). Using one after {@code
 * close} is an {@link java.lang.IllegalStateException}. Unless its documentation says otherwise
 * everything is safe from every thread, closing included. What is decided is returned; errors are
 * {@link io.github.outgrow.OutgrowException}s. Null is a {@link java.lang.NullPointerException}
 * unless a parameter says that it may be null.
 *
 * <p>Keys and values are bytes; a text stands for its UTF-8, and one that has none, as it holds
 * half of a surrogate pair, is an {@link java.lang.IllegalArgumentException}. Options take a {@link
 * java.time.Duration} or text; answers are in ns, as the clocks count.
 *
 * <p>The native library comes out of the jar into a folder of the user's own below {@code
 * java.io.tmpdir}; where another has put one of that name, into a new one, each time. {@code
 * -Doutgrow.library.path}, a file or its folder, or {@code java.library.path} name another.
 *
 * <p>Several class loaders of a JVM may each have the jar, as web applications do. What is not
 * closed keeps none of them alive, but for a {@link io.github.outgrow.Store} by {@link
 * io.github.outgrow.Store#of} and a write-behind {@link io.github.outgrow.CachedStore}.
 */
package io.github.outgrow;
