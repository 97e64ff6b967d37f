/* rot13: a text with its letters moved by 13. Plain C, without options and state. */
#include <millrace/operation.h>

enum { PIECE = 4096 };

static char rotated(char letter) {
  if (letter >= 'a' && letter <= 'z') return (char)('a' + (letter - 'a' + 13) % 26);
  if (letter >= 'A' && letter <= 'Z') return (char)('A' + (letter - 'A' + 13) % 26);
  return letter;
}

static int32_t rot13(const void* instance, millrace_run* run) {
  const millrace_bytes input = run->parts[0];
  char piece[PIECE];
  size_t used = 0;
  (void)instance;
  for (size_t i = 0; i < input.size; ++i) {
    piece[used++] = rotated(input.data[i]);
    if (used < PIECE && i + 1 < input.size) continue;
    if (run->append(run, 0, piece, used) != 0 || run->should_stop(run) != 0) return 1;
    used = 0;
  }
  return 0;
}

const millrace_library* millrace_library_get(void) {
  /* One field without a name: the result is the text itself, and a pipe passes it on. */
  static const millrace_field fields[] = {{"", MILLRACE_TEXT}};
  static const millrace_operation operations[] = {{"rot13", MILLRACE_INPUT_BYTES,
                                                   MILLRACE_PASSES_RESULT, 0, NULL, 0, fields, 1,
                                                   NULL, rot13, NULL}};
  static const millrace_library library = {MILLRACE_OPERATIONS_ABI, sizeof(millrace_operation),
                                           "1.0.0", operations, 1};
  return &library;
}
