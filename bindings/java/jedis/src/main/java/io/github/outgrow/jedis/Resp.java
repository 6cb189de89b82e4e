// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A fleet's commands as words, and what Jedis made of replies as a fleet takes them: RESP 2. */
final class Resp {
  private final byte[] taken;
  private int at;

  private Resp(String taken) {
    this.taken = ascii(taken);
  }

  /** What Fleet.take() gives: the first one's number, ":17", and each as an array of words. */
  static List<Command> commands(String taken) {
    List<Command> commands = new ArrayList<>();
    if (taken.isEmpty()) return commands;
    Resp resp = new Resp(taken);
    long number = resp.number();
    while (resp.at < resp.taken.length) {
      long count = resp.number();
      List<byte[]> words = new ArrayList<>();
      while (words.size() < count) words.add(resp.word());
      commands.add(new Command(number++, words));
    }
    return commands;
  }

  private long number() {
    int begin = ++at; // behind its type
    while (taken[at] != '\r') ++at;
    long value = Long.parseLong(new String(taken, begin, at - begin, StandardCharsets.US_ASCII));
    at += 2;
    return value;
  }

  private byte[] word() {
    byte[] word = new byte[(int) number()];
    System.arraycopy(taken, at, word, 0, word.length);
    at += word.length + 2;
    return word;
  }

  /** Of what Jedis gives for a reply: null, a number, bytes or a list; an exception is an error. */
  static byte[] reply(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(32);
    write(out, value);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, Object value) {
    if (value == null) {
      line(out, "$-1");
    } else if (value instanceof Long number) {
      line(out, ":" + number);
    } else if (value instanceof List<?> list) {
      line(out, "*" + list.size());
      list.forEach(one -> write(out, one));
    } else if (value instanceof Throwable error) {
      line(out, "-" + String.valueOf(error.getMessage()).strip().replaceAll("[\\r\\n]+", " "));
    } else {
      byte[] bytes = value instanceof byte[] own ? own : bytes(String.valueOf(value));
      line(out, "$" + bytes.length);
      out.writeBytes(bytes);
      line(out, "");
    }
  }

  private static void line(ByteArrayOutputStream out, String text) {
    out.writeBytes(bytes(text));
    out.writeBytes(END);
  }

  private static final byte[] END = {'\r', '\n'};

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
