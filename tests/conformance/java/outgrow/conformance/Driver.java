// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

/** One noun under a vector's steps, over the public API. */
interface Driver extends AutoCloseable {
  /** What the step answers: text, number, boolean, null, or lists and maps of them. */
  Object step(Step step, long now) throws Exception;

  @Override
  void close();
}
