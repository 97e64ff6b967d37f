/* Operations of your own for Millrace: a C interface between the package and a shared library.
 *
 * A library exports millrace_library_get() and describes its operations; JavaScript gets them with
 * loadOperations(path). docs/guides/own-operations.md has an example, operation.hpp a wrapper for
 * C++. Needs C99 or C++11 and nothing to link against.
 *
 * Threads: run() is called on many native threads at once with the same instance, which it must
 * not change. create() and destroy() are called on any thread.
 *
 * An operation may not: throw a C++ exception or longjmp out of a function of this interface; call
 * Node-API or V8; keep a pointer into its input, or a millrace_run, after run() has returned; wait
 * for a device, a lock or another process unless it is declared MILLRACE_BLOCKING; exit the
 * process, fork without exec, change the working directory, the locale or signal handlers. A
 * library is never unloaded, and what crashes in it ends the process. */
#ifndef MILLRACE_OPERATION_H
#define MILLRACE_OPERATION_H

#include <stddef.h>
#include <stdint.h>

/* The version of this interface. Millrace refuses a library of another one. Later versions keep the
 * first two members of millrace_library, so that the refusal can name both. */
#define MILLRACE_OPERATIONS_ABI 1

#if defined(_WIN32)
#define MILLRACE_EXPORT __declspec(dllexport)
#else
#define MILLRACE_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that someone else owns. `data` may be NULL when `size` is 0; no NUL byte follows them. */
typedef struct millrace_bytes {
  const char* data;
  size_t size;
} millrace_bytes;

/* What a field of a result is; millrace_field.kind. */
enum {
  MILLRACE_NUMBER = 0, /* a double; NaN unless set */
  MILLRACE_TEXT = 1,   /* UTF-8, a string in JavaScript; empty unless appended to */
  MILLRACE_JSON = 2,   /* JSON text, any value in JavaScript; null unless appended to */
  MILLRACE_BYTES = 3   /* a Buffer; empty unless allocated */
};

/* A field of an operation's result. The result is an object with these fields; of one field without
 * a name ("") it is that field's value. Names: letters, digits and _, no digit first, at most 64.
 */
typedef struct millrace_field {
  const char* name;
  uint32_t kind;
} millrace_field;

/* Where in the input something is wrong: `offset` in bytes from 0, `line` and `column` from 1. */
typedef struct millrace_position {
  uint64_t offset;
  uint64_t line;
  uint64_t column;
} millrace_position;

/* Why create() or run() failed; the `code` of the error in JavaScript. */
enum {
  MILLRACE_FAILED = 0, /* ERR_OPERATION_FAILED */
  MILLRACE_SYNTAX = 1, /* ERR_SYNTAX: the input is not valid in its language */
  MILLRACE_INVALID_ARGUMENT =
      2,                     /* ERR_INVALID_ARGUMENT: an option or the input is not acceptable */
  MILLRACE_TOO_LARGE = 3,    /* ERR_TOO_LARGE: beyond a limit */
  MILLRACE_CORRUPT_DATA = 4, /* ERR_CORRUPT_DATA */
  MILLRACE_UNSUPPORTED = 5,  /* ERR_UNSUPPORTED */
  MILLRACE_OUT_OF_MEMORY = 6 /* ERR_OUT_OF_MEMORY */
};

/* Takes the reason of a failure; the last one counts. `message` is UTF-8 that ends with NUL;
 * `position` may be NULL. */
typedef struct millrace_errors millrace_errors;
struct millrace_errors {
  void* host;
  void (*fail)(millrace_errors* self, uint32_t code, const char* message,
               const millrace_position* position);
  /* The operating system refused: `system_errno` becomes ENOENT and so on. `system_call` is a name
   * of the library's own that lives as long as it, or NULL. */
  void (*fail_system)(millrace_errors* self, int32_t system_errno, const char* system_call);
};

/* One run on one item: its input, and where the result goes. `field` is a position in the
 * operation's list of fields; a field of another kind makes the run fail. */
typedef struct millrace_run millrace_run;
struct millrace_run {
  void* host;
  const millrace_bytes* parts; /* of the item, `part_count` of them */
  size_t part_count;
  millrace_errors* errors;

  /* Not 0 when the item has to stop, because it was cancelled or ran out of time: return
   * something other than 0 soon. Ask at least once per megabyte or millisecond of work. */
  int32_t (*should_stop)(millrace_run* self);

  void (*set_number)(millrace_run* self, size_t field, double value);
  /* Adds to a text or JSON field. 0, or else the memory is exhausted: return something other than
   * 0. */
  int32_t (*append)(millrace_run* self, size_t field, const char* data, size_t size);
  /* `size` bytes of zeros that become the field, to be written to until run() returns; NULL when
   * the memory is exhausted or `size` is 0. A second call replaces the first. */
  char* (*allocate)(millrace_run* self, size_t field, size_t size);
  /* Makes what was allocated for a field shorter. */
  void (*truncate)(millrace_run* self, size_t field, size_t size);
};

/* What an item is; millrace_operation.input. */
enum {
  MILLRACE_INPUT_BYTES = 0, /* a string (its UTF-8), Buffer or Uint8Array */
  MILLRACE_INPUT_PATH = 1,  /* the same, and errors name it as a path */
  MILLRACE_INPUT_PARTS = 2  /* an object whose properties are the parts, each as for BYTES */
};

/* What the next stage of a pipe works on; millrace_operation.passes_on. */
enum {
  MILLRACE_PASSES_INPUT = 0,  /* the input again: for operations that look and do not transform */
  MILLRACE_PASSES_RESULT = 1, /* the first field that is text, JSON or bytes */
  MILLRACE_PASSES_NOTHING = 2 /* nothing may follow */
};

/* Bits of millrace_operation.flags. */
enum {
  MILLRACE_BLOCKING = 1 /* run() waits for devices: it then runs on threads meant for that */
};

typedef struct millrace_operation {
  const char* name;              /* as a field's; unique in the library */
  uint32_t input;                /* MILLRACE_INPUT_... */
  uint32_t passes_on;            /* MILLRACE_PASSES_... */
  uint32_t flags;                /* MILLRACE_BLOCKING or 0 */
  const char* const* part_names; /* with MILLRACE_INPUT_PARTS: 1 to 4 names, as a field's */
  size_t part_count;
  const millrace_field* fields; /* at least one, at most 64 */
  size_t field_count;

  /* The options as JSON text, "{}" if there are none. 0 and *instance, or else it has failed; it
   * then says why by `errors`. NULL: there are no options to take, and the instance is NULL. */
  int32_t (*create)(millrace_bytes options, millrace_errors* errors, void** instance);
  /* 0, or else it has failed; it then says why by run->errors. */
  int32_t (*run)(const void* instance, millrace_run* run);
  /* NULL: there is nothing to do. Never called while a run is under way. */
  void (*destroy)(void* instance);
} millrace_operation;

/* Everything here lives as long as the library. */
typedef struct millrace_library {
  uint32_t abi;            /* MILLRACE_OPERATIONS_ABI */
  uint32_t operation_size; /* sizeof(millrace_operation) */
  const char* version;     /* of the library, for people; may be NULL */
  const millrace_operation* operations;
  size_t operation_count; /* 1 to 256 */
} millrace_library;

/* The one function that a library exports. Called once for each loadOperations(). */
MILLRACE_EXPORT const millrace_library* millrace_library_get(void);

#ifdef __cplusplus
}
#endif

#endif
