// A thin C++17 wrapper of operation.h, header only: an operation is a class, a failure an
// exception, which this file catches at the boundary. See docs/guides/own-operations.md.
//
//   struct LineCount {
//     static constexpr millrace_field kFields[] = {{"lines", MILLRACE_NUMBER}};
//     explicit LineCount(std::string_view optionsJson);          // throws own::Failure to refuse
//     void run(millrace::own::Run& run) const;                   // may throw own::Failure
//   };
//   MILLRACE_OPERATIONS("1.0.0", millrace::own::describe<LineCount>("lineCount"))
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "operation.h"

namespace millrace::own {

/// Thrown by an operation: `code` is one of MILLRACE_FAILED and its neighbours.
class Failure : public std::runtime_error {
 public:
  Failure(std::uint32_t code, const std::string& message,
          std::optional<millrace_position> position = std::nullopt)
      : std::runtime_error(message), code_(code), position_(position) {}
  explicit Failure(const std::string& message) : Failure(MILLRACE_FAILED, message) {}

  std::uint32_t code() const { return code_; }
  const millrace_position* position() const { return position_ ? &*position_ : nullptr; }

 private:
  std::uint32_t code_;
  std::optional<millrace_position> position_;
};

/// Thrown by Run::checkpoint(): the item has been cancelled or has run out of time.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "the item has to stop"; }
};

/// One run on one item. Lives on run()'s stack; fields are positions in kFields.
class Run {
 public:
  explicit Run(millrace_run& run) : run_(&run) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// The item, or one of its parts; valid until run() returns.
  std::string_view input(std::size_t part = 0) const {
    if (part >= run_->part_count) throw Failure("there is no such part of the input");
    return {run_->parts[part].data, run_->parts[part].size};
  }

  bool shouldStop() const { return run_->should_stop(run_) != 0; }

  /// Call it at least once per megabyte or millisecond of work.
  void checkpoint() const {
    if (shouldStop()) throw Stopped();
  }

  void number(std::size_t field, double value) const { run_->set_number(run_, field, value); }

  /// Adds to a text or JSON field.
  void append(std::size_t field, std::string_view text) const {
    if (run_->append(run_, field, text.data(), text.size()) != 0) throw std::bad_alloc();
  }

  /// `size` bytes of zeros that become the field.
  char* allocate(std::size_t field, std::size_t size) const {
    char* const bytes = run_->allocate(run_, field, size);
    if (bytes == nullptr && size > 0) throw std::bad_alloc();
    return bytes;
  }

  /// Makes what allocate() gave shorter.
  void truncate(std::size_t field, std::size_t size) const { run_->truncate(run_, field, size); }

  /// What the operating system refused; return from run() with `throw Stopped()` or simply return.
  [[noreturn]] void failSystem(std::int32_t systemErrno, const char* systemCall) const {
    run_->errors->fail_system(run_->errors, systemErrno, systemCall);
    throw Stopped();
  }

 private:
  millrace_run* run_;
};

namespace detail {

/// Calls `body` and turns what it throws into a report. 0 when it has thrown nothing.
template <typename Body>
std::int32_t guarded(millrace_errors* errors, Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const Stopped&) {
    // Either the host knows why, or failSystem() has said it.
  } catch (const Failure& failure) {
    errors->fail(errors, failure.code(), failure.what(), failure.position());
  } catch (const std::bad_alloc&) {
    errors->fail(errors, MILLRACE_OUT_OF_MEMORY, "", nullptr);
  } catch (const std::exception& caught) {
    errors->fail(errors, MILLRACE_FAILED, caught.what(), nullptr);
  } catch (...) {
    errors->fail(errors, MILLRACE_FAILED, "an exception that is no std::exception", nullptr);
  }
  return 1;
}

template <typename T>
std::int32_t create(millrace_bytes options, millrace_errors* errors, void** instance) noexcept {
  return guarded(errors, [&] { *instance = new T(std::string_view(options.data, options.size)); });
}

template <typename T>
std::int32_t run(const void* instance, millrace_run* raw) noexcept {
  return guarded(raw->errors, [&] {
    Run run(*raw);
    static_cast<const T*>(instance)->run(run);
  });
}

template <typename T>
void destroy(void* instance) noexcept {
  delete static_cast<T*>(instance);
}

}  // namespace detail

/// Describes an operation whose item is a string or bytes, or a path (MILLRACE_INPUT_PATH).
template <typename T>
constexpr millrace_operation describe(const char* name, std::uint32_t input = MILLRACE_INPUT_BYTES,
                                      std::uint32_t passesOn = MILLRACE_PASSES_INPUT,
                                      std::uint32_t flags = 0) {
  return {name,
          input,
          passesOn,
          flags,
          nullptr,
          0,
          T::kFields,
          std::size(T::kFields),
          detail::create<T>,
          detail::run<T>,
          detail::destroy<T>};
}

/// Describes an operation whose item is an object with the properties T::kParts.
template <typename T>
constexpr millrace_operation describeWithParts(const char* name,
                                               std::uint32_t passesOn = MILLRACE_PASSES_INPUT,
                                               std::uint32_t flags = 0) {
  return {name,
          MILLRACE_INPUT_PARTS,
          passesOn,
          flags,
          T::kParts,
          std::size(T::kParts),
          T::kFields,
          std::size(T::kFields),
          detail::create<T>,
          detail::run<T>,
          detail::destroy<T>};
}

}  // namespace millrace::own

/// Exports the library: its version and one describe() or describeWithParts() per operation.
#define MILLRACE_OPERATIONS(version, ...)                                                         \
  extern "C" MILLRACE_EXPORT const millrace_library* millrace_library_get(void) {                 \
    static const millrace_operation operations[] = {__VA_ARGS__};                                 \
    static const millrace_library library = {MILLRACE_OPERATIONS_ABI, sizeof(millrace_operation), \
                                             version, operations, std::size(operations)};         \
    return &library;                                                                              \
  }
