// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Null for each argument of each public method, as they are: named, or one of those that may be
 * null.
 */
class NullArgumentsTest {
  /** Class, method and position of those whose documentation says what null stands for. */
  private static final Set<String> MAY_BE_NULL =
      Set.of(
          "Balancer.pickAt 0",
          "Balancer.acquireAt 0",
          "Balancer.releaseAt 2",
          "ReplicaRouter.releaseAt 2",
          "Cache.fill 3",
          "Cache.fillAt 3",
          "Cache.fillAbsent 2",
          "Cache.set 2",
          "Cache.setAt 2",
          "Cache.setWeighted 2",
          "Cache.setAbsent 1",
          "Endpoints.add 2",
          "Endpoints.put 2",
          "Endpoints.ensure 2",
          "HttpLimit.client 1",
          "Metrics.counter 2",
          "Metrics.gauge 2",
          "Metrics.histogram 2",
          "Outgrow.describe 0",
          "Query.row 1",
          "Query.rowAt 1",
          "Query.rowMany 1",
          "Query.rowManyAt 1",
          "Query.fail 2",
          "Query.failAt 2",
          "RateLimiter.tryAcquireMany 1",
          "RateLimiter.tryAcquireManyAt 1",
          "Service.begin 1",
          "Service.begin 2",
          "Service.beginAt 1",
          "Service.beginAt 2",
          "Service.endAbsent 1",
          "Service.endAbsent 2",
          "Service.end 3",
          "Service.endAt 1",
          "Service.endAt 2",
          "Service.endAt 3",
          "Store.of 1",
          "Write 1",
          "Builder.clock 0",
          "Builder.scope 0");

  private final List<DynamicTest> tests = new ArrayList<>();
  private final Nouns nouns = new Nouns();

  private void all(Object target, Class<?> type) {
    for (Method method : type.getMethods()) {
      boolean ours =
          method.getDeclaringClass().getPackage().equals(NullArgumentsTest.class.getPackage());
      if (!ours
          || method.isSynthetic()
          || Modifier.isStatic(method.getModifiers()) != (target == null)) continue;
      nulls(target, method, method.getDeclaringClass().getSimpleName() + "." + method.getName());
    }
  }

  private void nulls(Object target, Executable called, String name) {
    for (int i = 0; i < called.getParameterCount(); ++i) {
      if (called.getParameterTypes()[i].isPrimitive() || MAY_BE_NULL.contains(name + " " + i))
        continue;
      if (name.equals("Service.end") && i == 1 && called.getParameterCount() == 4)
        continue; // a latency, or null
      call(target, called, name, i, null);
      Object withNull = holdsNull(called.getGenericParameterTypes()[i].getTypeName());
      if (withNull != null) call(target, called, name + " within", i, withNull);
    }
  }

  private void call(Object target, Executable called, String name, int position, Object argument) {
    tests.add(
        DynamicTest.dynamicTest(
            name + " " + position + " of " + called.getParameterCount(),
            () -> {
              Object[] arguments = new Object[called.getParameterCount()];
              for (int k = 0; k < arguments.length; ++k)
                arguments[k] = sample(called.getParameterTypes()[k]);
              arguments[position] = argument;
              Throwable thrown =
                  assertThrows(
                          InvocationTargetException.class, () -> invoke(target, called, arguments))
                      .getCause();
              assertInstanceOf(NullPointerException.class, thrown, called::toString);
              // The JVM's own says more: Cannot invoke "..." because "<local1>" is null.
              assertTrue(
                  String.valueOf(thrown.getMessage()).matches("[a-z]\\w+(\\.\\w+)?"),
                  () -> called + ": " + thrown.getMessage());
            }));
  }

  private static Object invoke(Object target, Executable called, Object[] arguments)
      throws Exception {
    called.setAccessible(true);
    return called instanceof Method
        ? ((Method) called).invoke(target, arguments)
        : ((Constructor<?>) called).newInstance(arguments);
  }

  /** A list with nothing but null in it, where keys are not a generic type's own. */
  private static Object holdsNull(String type) {
    if (type.equals("java.lang.String[]")) return new String[1];
    if (type.equals(RateLimiter.Part[].class.getTypeName())) return new RateLimiter.Part[1];
    return type.matches("java.util.(List|Collection)<.*>") ? Collections.singletonList(null) : null;
  }

  private Object sample(Class<?> type) {
    if (type == boolean.class) return false;
    if (type == int.class) return 0;
    if (type == long.class) return 0L;
    if (type == double.class) return 0.0;
    if (type == String.class || type == Object.class) return "name";
    if (type == byte[].class) return new byte[1];
    if (type == int[].class) return new int[1];
    if (type == long[].class) return new long[1];
    if (type == double[].class) return new double[1];
    if (type == String[].class) return new String[] {"a"};
    if (type.isArray()) return java.lang.reflect.Array.newInstance(type.getComponentType(), 0);
    if (type == Duration.class) return Duration.ofSeconds(1);
    if (type == Path.class) return Path.of("a");
    if (type == List.class || type == Collection.class)
      return Collections.singletonList(new byte[1]);
    if (type.isEnum()) return type.getEnumConstants()[0];
    // A builder reads it last; and a fleet lies in one alone.
    if (type == Scope.class || type == Fleet.class) return null;
    for (Nouns.Noun noun : nouns.all) {
      if (type.isInstance(noun.resource())) return noun.resource();
    }
    return Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
  }

  @TestFactory
  List<DynamicTest> isNamed() {
    Set<Class<?>> statics = new LinkedHashSet<>(List.of(Outgrow.class, Codec.class, Scope.class));
    for (Nouns.Noun noun : nouns.all) {
      all(noun.resource(), noun.resource().getClass());
      statics.add(noun.resource().getClass());
    }
    for (Class<?> type : statics) all(null, type);
    List.of(
            RateLimiter.builder(),
            HttpLimit.builder(),
            CircuitBreaker.builder(),
            Endpoints.builder(),
            Balancer.builder(),
            Cache.builder(),
            Store.builder(),
            CachedStore.builder(),
            ReplicaRouter.builder(),
            ShardMap.builder(),
            Gather.builder(),
            AutoScaler.builder(),
            Capacity.builder(),
            Sizer.builder(),
            Slo.builder(),
            Service.builder(),
            Metrics.builder(),
            Scope.builder("/a"))
        .forEach(builder -> all(builder, builder.getClass()));
    all(nouns.metrics.counter("a_total", "", null), Metrics.Counter.class);
    all(nouns.metrics.gauge("a", "", null), Metrics.Gauge.class);
    all(nouns.metrics.histogram("a_seconds", "", null), Metrics.Histogram.class);
    all(Scheduler.SHARED, Scheduler.Shared.class);
    nulls(null, Write.class.getConstructors()[0], "Write");
    batch();
    tests.add(DynamicTest.dynamicTest("nothing leaked", nouns::close));
    return tests;
  }

  private void batch() {
    Cache<String, byte[]> cache = Cache.builder().build();
    CachedStore<String, byte[]> behind =
        CachedStore.builder()
            .mode("behind")
            .thread("none")
            .flushInterval("0")
            .build(cache, nouns.store);
    behind.set("a", new byte[1]);
    Batch batch = behind.takeBatch().orElseThrow();
    for (NativeResource made : List.of(batch, behind, cache))
      nouns.all.add(new Nouns.Noun(made, () -> {}));
    all(batch, Batch.class);
  }
}
