// Invariants: no exception of ours passes through the library's frames (every callback is noexcept
// and catches); a failure reported by the library counts only when its function returns one.
#include "operations/own_operation.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "io/utf8.h"
#include "json/json_check.h"

namespace millrace {
namespace {

constexpr size_t kMaxMessageBytes = 16 * 1024;

ErrorCode codeFrom(uint32_t code) {
  switch (code) {
    case MILLRACE_SYNTAX:
      return ErrorCode::kSyntax;
    case MILLRACE_INVALID_ARGUMENT:
      return ErrorCode::kInvalidArgument;
    case MILLRACE_TOO_LARGE:
      return ErrorCode::kTooLarge;
    case MILLRACE_CORRUPT_DATA:
      return ErrorCode::kCorruptData;
    case MILLRACE_UNSUPPORTED:
      return ErrorCode::kUnsupported;
    case MILLRACE_OUT_OF_MEMORY:
      return ErrorCode::kOutOfMemory;
    default:
      return ErrorCode::kOperationFailed;
  }
}

/// Collects why a library's function failed; shared by create() and run().
class Failures {
 public:
  Failures() : raw_{this, &Failures::fail, &Failures::failSystem} {}
  Failures(const Failures&) = delete;
  Failures& operator=(const Failures&) = delete;

  millrace_errors* raw() { return &raw_; }

  /// The reason, after the function has returned `result`.
  Error take(int32_t result) {
    if (error_) return std::move(*error_);
    return Error::of(ErrorCode::kOperationFailed,
                     "it has returned " + std::to_string(result) + " without saying why");
  }

 private:
  static void fail(millrace_errors* self, uint32_t code, const char* message,
                   const millrace_position* position) noexcept {
    auto& error = static_cast<Failures*>(self->host)->error_;
    try {
      const std::string_view text = message == nullptr ? "" : message;
      error = Error::of(codeFrom(code), lossyUtf8(text.substr(0, kMaxMessageBytes)));
      if (position != nullptr) {
        error->position = TextPosition{position->offset, position->line, position->column};
      }
    } catch (const std::bad_alloc&) {
      error = Error::of(ErrorCode::kOutOfMemory);
    }
  }

  static void failSystem(millrace_errors* self, int32_t systemErrno, const char* call) noexcept {
    static_cast<Failures*>(self->host)->error_ =
        Error::system(systemErrno, call == nullptr ? "" : call);
  }

  millrace_errors raw_;
  std::optional<Error> error_;
};

bool crossesAsText(uint32_t kind) {
  return kind == MILLRACE_TEXT || kind == MILLRACE_JSON;
}

}  // namespace

/// What one run of a library's function sees of us.
class OwnOperation::Host {
 public:
  Host(const OwnOperation& operation, const ItemContext& context, ItemOutput& output)
      : operation_(operation), context_(context), output_(output) {}

  Result<void> run(std::span<const ByteView> parts) {
    millrace_bytes views[kMaxParts] = {};
    for (size_t i = 0; i < parts.size(); ++i) views[i] = viewOf(parts[i]);
    millrace_run raw{this,
                     views,
                     parts.size(),
                     failures_.raw(),
                     &Host::shouldStop,
                     &Host::setNumber,
                     &Host::append,
                     &Host::allocate,
                     &Host::truncate};
    const int32_t result = operation_.description_.run(operation_.instance_, &raw);
    if (misuse_) return std::move(*misuse_);
    if (result == 0) return checkResult();
    if (stop_) return std::move(*stop_);
    return failures_.take(result);
  }

  static millrace_bytes viewOf(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  static Host& of(millrace_run* self) { return *static_cast<Host*>(self->host); }

  static int32_t shouldStop(millrace_run* self) noexcept {
    Host& host = of(self);
    if (host.stop_) return 1;
    Result<void> go = host.context_.check();
    if (go) return 0;
    host.stop_ = std::move(go).error();
    return 1;
  }

  static void setNumber(millrace_run* self, size_t field, double value) noexcept {
    Host& host = of(self);
    if (!host.isOf(
            field, [](uint32_t kind) { return kind == MILLRACE_NUMBER; }, "a number")) {
      return;
    }
    host.output_.numbers[host.operation_.slots_[field]] = value;
  }

  static int32_t append(millrace_run* self, size_t field, const char* data, size_t size) noexcept {
    Host& host = of(self);
    if (!host.isOf(field, crossesAsText, "text")) return 1;
    try {
      if (size > 0) host.output_.texts[host.operation_.slots_[field]].append(data, size);
      return 0;
    } catch (
        const std::exception&) {  // std::bad_alloc, or std::length_error before it comes to that
      host.misuse_ = Error::of(ErrorCode::kOutOfMemory);
      return 1;
    }
  }

  static char* allocate(millrace_run* self, size_t field, size_t size) noexcept {
    Host& host = of(self);
    Bytes* const block = host.blockOf(field);
    if (block == nullptr) return nullptr;
    Result<Bytes> made = Bytes::allocate(size);
    if (!made) {
      host.misuse_ = std::move(made).error();
      return nullptr;
    }
    *block = std::move(made).value();
    if (size > 0) std::memset(block->data(), 0, size);
    return reinterpret_cast<char*>(block->data());
  }

  static void truncate(millrace_run* self, size_t field, size_t size) noexcept {
    Host& host = of(self);
    Bytes* const block = host.blockOf(field);
    if (block == nullptr) return;
    if (size > block->size()) {
      host.blame("it has made a field longer with truncate()");
    } else {
      block->truncate(size);
    }
  }

  Bytes* blockOf(size_t field) {
    const auto isBytes = [](uint32_t kind) { return kind == MILLRACE_BYTES; };
    return isOf(field, isBytes, "bytes") ? &output_.blocks[operation_.slots_[field]] : nullptr;
  }

  template <typename Matches>
  bool isOf(size_t field, Matches&& matches, const char* what) {
    const millrace_operation& description = operation_.description_;
    if (field < description.field_count && matches(description.fields[field].kind)) return true;
    blame("it has used field " + std::to_string(field) + " as " + what + ", which it is not");
    return false;
  }

  void blame(std::string message) {
    if (!misuse_) misuse_ = Error::of(ErrorCode::kOperationFailed, std::move(message));
  }

  Result<void> checkResult() {
    for (size_t i = 0; i < operation_.description_.field_count; ++i) {
      const millrace_field& field = operation_.description_.fields[i];
      if (!crossesAsText(field.kind)) continue;
      Result<void> checked = checkText(field, output_.texts[operation_.slots_[i]]);
      if (!checked) return checked;
    }
    return {};
  }

  Result<void> checkText(const millrace_field& field, const std::string& text) const {
    const std::string name = field.name[0] == '\0' ? "its result" : std::string(field.name);
    if (!isUtf8(text)) return Error::of(ErrorCode::kOperationFailed, name + " is not UTF-8");
    if (field.kind != MILLRACE_JSON || text.empty()) return {};
    auto problem = checkJson(text, kMaxOwnJsonDepth, [this] { return context_.check(); });
    if (!problem) return std::move(problem).error();
    if (!problem.value()) return {};
    return Error::of(ErrorCode::kOperationFailed,
                     name + " is not JSON: " + problem.value()->reason);
  }

  const OwnOperation& operation_;
  const ItemContext& context_;
  ItemOutput& output_;
  Failures failures_;
  std::optional<Error> stop_;    // asked, and told to stop
  std::optional<Error> misuse_;  // broke a rule of the interface, or there was no memory
};

Result<std::shared_ptr<const Operation>> OwnOperation::make(const millrace_operation& description,
                                                            std::string_view optionsJson) {
  void* instance = nullptr;
  if (description.create != nullptr) {
    Failures failures;
    const millrace_bytes options{optionsJson.data(), optionsJson.size()};
    const int32_t result = description.create(options, failures.raw(), &instance);
    if (result != 0) return failures.take(result);
  }
  return std::shared_ptr<const Operation>(std::make_shared<OwnOperation>(description, instance));
}

OwnOperation::OwnOperation(const millrace_operation& description, void* instance)
    : description_(description), instance_(instance) {
  for (size_t i = 0; i < description.field_count; ++i) {
    const uint32_t kind = description.fields[i].kind;
    size_t& count = kind == MILLRACE_NUMBER  ? shape_.numbers
                    : kind == MILLRACE_BYTES ? shape_.blocks
                                             : shape_.texts;
    slots_.push_back(count++);
  }
}

OwnOperation::~OwnOperation() {
  if (description_.destroy != nullptr) description_.destroy(instance_);
}

size_t OwnOperation::parts() const {
  return description_.input == MILLRACE_INPUT_PARTS ? description_.part_count : 1;
}

Result<void> OwnOperation::run(const ItemContext& context, ByteView input,
                               ItemOutput& output) const {
  for (double& number : output.numbers) number = std::numeric_limits<double>::quiet_NaN();
  Host host(*this, context, output);
  return parts() > 1 ? host.run(context.parts) : host.run(std::span(&input, 1));
}

ByteView OwnOperation::passOn(ByteView input, const ItemOutput& output) const {
  if (description_.passes_on != MILLRACE_PASSES_RESULT) return input;
  for (size_t i = 0; i < description_.field_count; ++i) {
    const uint32_t kind = description_.fields[i].kind;
    if (crossesAsText(kind)) return bytesOf(output.texts[slots_[i]]);
    if (kind == MILLRACE_BYTES) return output.blocks[slots_[i]].view();
  }
  return input;
}

}  // namespace millrace
