// The one table of error codes. lib/errors.js and docs/errors.md repeat it; a test compares all
// three. Codes from the operating system (ENOENT, EACCES, ...) travel as kSystem with an errno
// beside it.
#pragma once

#include <cstdint>
#include <string_view>

namespace millrace {

// X(enumerator, public code, summary). Append only: the order is the numeric value.
#define MILLRACE_ERROR_CODES(X)                                                                    \
  X(kSystem, "ERR_SYSTEM", "The operating system refused; `errno` and the code name say why")      \
  X(kClosed, "ERR_CLOSED", "The instance is closed and accepts no more work")                      \
  X(kCancelled, "ERR_CANCELLED", "The work was cancelled before it finished")                      \
  X(kTimeout, "ERR_TIMEOUT", "The item ran longer than its timeout")                               \
  X(kQueueFull, "ERR_QUEUE_FULL", "The bounded queue has no room")                                 \
  X(kOutOfMemory, "ERR_OUT_OF_MEMORY", "A native allocation failed")                               \
  X(kInternal, "ERR_INTERNAL", "A defect in Millrace; please report it")                           \
  X(kInvalidArgument, "ERR_INVALID_ARGUMENT", "A value is outside what the operation accepts")     \
  X(kInvalidPath, "ERR_INVALID_PATH", "A path is empty or contains a NUL byte")                    \
  X(kTooLarge, "ERR_TOO_LARGE", "The input or the result is larger than the stated limit")         \
  X(kCorruptData, "ERR_CORRUPT_DATA", "The bytes are not valid in the expected format")            \
  X(kUnsupported, "ERR_UNSUPPORTED", "This platform or build cannot do it")                        \
  X(kAlreadyStarted, "ERR_ALREADY_STARTED",                                                        \
    "The executor runs already and cannot be reconfigured")                                        \
  X(kDependencyCycle, "ERR_DEPENDENCY_CYCLE", "The dependencies form a cycle")                     \
  X(kDependencyUnknown, "ERR_DEPENDENCY_UNKNOWN", "An item depends on a key that no item has")     \
  X(kDependencyFailed, "ERR_DEPENDENCY_FAILED", "An item that this one depends on failed")         \
  X(kDuplicateKey, "ERR_DUPLICATE_KEY", "Two items have the same key")                             \
  X(kWorkerExited, "ERR_WORKER_EXITED", "The worker exited while it ran the item")                 \
  X(kWorkerOutOfMemory, "ERR_WORKER_OUT_OF_MEMORY", "The worker ran out of memory")                \
  X(kWorkerUncaught, "ERR_WORKER_UNCAUGHT", "The item caused an uncaught error in its worker")     \
  X(kWorkerStart, "ERR_WORKER_START", "No worker could be started")                                \
  X(kTaskModule, "ERR_TASK_MODULE", "The task module or its export cannot be used")                \
  X(kNotCloneable, "ERR_NOT_CLONEABLE", "The value cannot be passed between threads")              \
  X(kNativeUnavailable, "ERR_NATIVE_UNAVAILABLE", "The native addon cannot be loaded")             \
  X(kSyntax, "ERR_SYNTAX", "The text is not valid in its language; `line` and `column` say where") \
  X(kFileChanged, "ERR_FILE_CHANGED", "The file kept changing while it was read")                  \
  X(kAbiMismatch, "ERR_ABI_MISMATCH",                                                              \
    "The library was built for another version of Millrace's operations")                          \
  X(kOperationFailed, "ERR_OPERATION_FAILED", "An operation from outside of Millrace failed")

enum class ErrorCode : uint8_t {
#define MILLRACE_ENUMERATOR(name, code, summary) name,
  MILLRACE_ERROR_CODES(MILLRACE_ENUMERATOR)
#undef MILLRACE_ENUMERATOR
};

/// The public code string, for example "ERR_TIMEOUT".
std::string_view codeOf(ErrorCode code);

/// One sentence for people.
std::string_view summaryOf(ErrorCode code);

}  // namespace millrace
