/* SPDX-License-Identifier: Apache-2.0 */
/* example_test PROGRAM EXPECTED: what the program prints, of a server that is started for it. */
#include "tests/hiredis/server.h"

int main(int count, char **arguments) {
  struct server server;
  char command[1024], printed[1024], expected[1024];
  size_t size, wanted;
  FILE *file;
  CHECK_EQ(count, 3);
  server_start(&server, NULL, NULL);
  snprintf(command, sizeof command, "'%s' '%s'", arguments[1], server.socket);
  file = popen(command, "r");
  CHECK(file != NULL);
  size = fread(printed, 1, sizeof printed - 1, file);
  printed[size] = '\0';
  CHECK_EQ(pclose(file), 0);
  file = fopen(arguments[2], "r");
  CHECK(file != NULL);
  wanted = fread(expected, 1, sizeof expected - 1, file);
  expected[wanted] = '\0';
  fclose(file);
  if (strcmp(printed, expected) != 0) fprintf(stderr, "it prints:\n%s", printed);
  CHECK(strcmp(printed, expected) == 0);
  server_end(&server);
  puts("ok");
  return 0;
}
