/* Run in a sandbox of this image with the line "ping" as standard input. */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *run(void *argument) {
  return argument;
}

int main(void) {
  char line[16], folder[64];
  assert(fgets(line, sizeof line, stdin) && strcmp(line, "ping\n") == 0);
  assert(getcwd(folder, sizeof folder) && strcmp(folder, "/workspace") == 0 && getuid() != 0);
  pthread_t thread;
  void *result;
  assert(pthread_create(&thread, NULL, run, line) == 0 && pthread_join(thread, &result) == 0 && result == line);
  volatile double two = 2;
  assert(fabs(sqrt(two) * sqrt(two) - two) < 1e-12);
  puts("ok");
  return 0;
}
