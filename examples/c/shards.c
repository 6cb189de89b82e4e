/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard holds a key, and what moves when a shard is added: by hash and by range. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static og_shards *make(const char *strategy, int64_t count, const void *const *splits,
                       const int64_t *lens, int64_t split_count) {
  og_config *config = NULL;
  og_shards *shards = NULL;
  og_error *error = NULL;
  og_config_create(&config, NULL);
  og_config_set(config, "strategy", strategy);
  og_config_set_int(config, "shards", count);
  if (og_shards_create(config, splits, lens, split_count, &shards, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    og_error_destroy(&error);
  }
  og_config_destroy(&config);
  return shards;
}

static void grow_by_hash(void) {
  og_shards *live = make("hash", 4, NULL, NULL, 0), *next = NULL;
  int64_t user, moved = 0, onto_new = 0;
  int32_t from, to;
  printf("user 0 is on shard %d\n", og_shards_of_int64(live, 0));

  og_shards_copy(live, &next, NULL);
  og_shards_resize(next, 5, NULL);
  for (user = 0; user < 10000; ++user) {
    unsigned char key[8];
    og_shards_int64_key(user, key);
    if (og_shards_move(live, next, key, 8, &from, &to)) {
      ++moved; /* here the program copies the user's rows */
      onto_new += to == 4;
    }
  }
  printf("4 to 5 shards: %.0f %% of the keys are to move, %.1f %% did, all onto the new one: %s\n",
         100 * og_shards_moved_share(live, next), (double)moved / 100,
         moved == onto_new ? "yes" : "no");
  og_shards_assign(live, next, NULL); /* lookups go by the new map from now on */
  og_shards_destroy(&next);
  og_shards_destroy(&live);
}

static void split_a_range(void) {
  const void *splits[] = {"h", "p"};
  const int64_t lens[] = {1, 1};
  og_shards *live = make("range", 3, splits, lens, 2), *next = NULL;
  og_ranges *moves = NULL;
  int32_t asked[3];
  int64_t i;
  printf("ada is on shard %d, grace on %d; ", og_shards_of(live, "ada", 3),
         og_shards_of(live, "grace", 5));
  printf("a scan of a..k asks %" PRId64 " of 3\n", og_shards_span(live, "a", 1, "k", 1, asked, 3));

  og_shards_copy(live, &next, NULL);
  og_shards_split(next, "d", 1, 3, NULL); /* shard 0 is hot: its keys from d on go to a new one */
  og_shards_moves(live, next, &moves, NULL);
  for (i = 0; i < og_ranges_count(moves); ++i) {
    const void *first, *end;
    int64_t first_len, end_len;
    int32_t from, to;
    og_ranges_at(moves, i, &first, &first_len, &end, &end_len, &from, &to);
    printf("keys from %.*s up to %.*s move from shard %d to %d\n", (int)first_len,
           (const char *)first, (int)end_len, (const char *)end, from, to);
  }
  og_shards_assign(live, next, NULL);
  printf("grace is on shard %d\n", og_shards_of(live, "grace", 5));
  og_ranges_destroy(&moves);
  og_shards_destroy(&next);
  og_shards_destroy(&live);
}

int main(void) {
  grow_by_hash();
  split_a_range();
  return 0;
}
