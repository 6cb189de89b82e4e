/* SPDX-License-Identifier: Apache-2.0 */
/* Which shard holds a key, and what moves when a shard is added: by hash and by range. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program where something could not be made, and says why. */
static void must(og_status status, og_error **error) {
  if (status == OG_OK) return;
  fprintf(stderr, "%s\n",
          error != NULL && *error != NULL ? og_error_message(*error) : og_status_text(status));
  exit(1);
}

static og_shards *make(const char *strategy, int64_t count, const void *const *splits,
                       const int64_t *lens, int64_t split_count) {
  og_config *config = NULL;
  og_shards *shards = NULL;
  og_error *error = NULL;
  must(og_config_create(&config, &error), &error);
  must(og_config_set(config, "strategy", strategy), NULL);
  must(og_config_set_int(config, "shards", count), NULL);
  must(og_shards_create(config, splits, lens, split_count, &shards, &error), &error);
  og_config_destroy(&config);
  return shards;
}

static void grow_by_hash(void) {
  og_error *error = NULL;
  og_shards *live = make("hash", 4, NULL, NULL, 0), *next = NULL;
  int64_t user, moved = 0, onto_new = 0;
  int32_t from, to;
  printf("user 0 is on shard %d\n", og_shards_of_int64(live, 0));

  must(og_shards_copy(live, &next, &error), &error);
  must(og_shards_resize(next, 5, &error), &error);
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
  must(og_shards_assign(live, next, &error), &error); /* lookups go by the new map from now on */
  og_shards_destroy(&next);
  og_shards_destroy(&live);
}

static void split_a_range(void) {
  og_error *error = NULL;
  const void *splits[] = {"h", "p"};
  const int64_t lens[] = {1, 1};
  og_shards *live = make("range", 3, splits, lens, 2), *next = NULL;
  og_ranges *moves = NULL;
  int32_t asked[3];
  int64_t i;
  printf("ada is on shard %d, grace on %d; ", og_shards_of(live, "ada", 3),
         og_shards_of(live, "grace", 5));
  printf("a scan of a..k asks %" PRId64 " of 3\n", og_shards_span(live, "a", 1, "k", 1, asked, 3));

  must(og_shards_copy(live, &next, &error), &error);
  must(og_shards_split(next, "d", 1, 3, &error),
       &error); /* shard 0 is hot: its keys from d on go to a new one */
  must(og_shards_moves(live, next, &moves, &error), &error);
  for (i = 0; i < og_ranges_count(moves); ++i) {
    const void *first, *end;
    int64_t first_len, end_len;
    int32_t from, to;
    og_ranges_at(moves, i, &first, &first_len, &end, &end_len, &from, &to);
    printf("keys from %.*s up to %.*s move from shard %d to %d\n", (int)first_len,
           (const char *)first, (int)end_len, (const char *)end, from, to);
  }
  must(og_shards_assign(live, next, &error), &error);
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
