// Invariant: what is in the list has passed checkOwnLibrary(), so that nothing else looks at a
// library's tables with suspicion again.
#include "operations/own_library.h"

#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "io/file.h"
#include "io/utf8.h"
#include "operations/operation.h"
#include "operations/own_library_loading.h"

namespace millrace {
namespace {

constexpr size_t kMaxOperations = 256;
constexpr size_t kMaxFields = 64;
constexpr size_t kMaxNameSize = 64;

struct Libraries {
  std::mutex mutex;
  std::vector<std::unique_ptr<const OwnLibrary>> list;  // guarded by mutex
  std::vector<const millrace_library*> descriptions;    // of the same position in list
};

Libraries& libraries() {
  static Libraries& all = *new Libraries;  // never destroyed, as the libraries are not
  return all;
}

bool isName(const char* name) {
  if (name == nullptr) return false;
  size_t size = 0;
  for (; name[size] != '\0'; ++size) {
    const char each = name[size];
    const bool letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
    const bool digit = each >= '0' && each <= '9';
    if (size == kMaxNameSize || !(letter || (digit && size > 0))) return false;
  }
  return size > 0;
}

Error mismatch(std::string message) {
  return Error::of(ErrorCode::kAbiMismatch, std::move(message));
}

Result<void> checkFields(const millrace_operation& operation, const std::string& where) {
  if (operation.fields == nullptr || operation.field_count == 0 ||
      operation.field_count > kMaxFields) {
    return mismatch(where + " must have 1 to 64 fields");
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < operation.field_count; ++i) {
    const millrace_field& field = operation.fields[i];
    const bool isWhole = operation.field_count == 1 && field.name && field.name[0] == '\0';
    if (!isWhole && !isName(field.name)) {
      return mismatch(where + " has a field whose name is no name");
    }
    if (!names.insert(field.name).second) {
      return mismatch(where + " has two fields named " + field.name);
    }
    if (field.kind > MILLRACE_BYTES) return mismatch(where + " has a field of an unknown kind");
  }
  return {};
}

Result<void> checkInput(const millrace_operation& operation, const std::string& where) {
  if (operation.input > MILLRACE_INPUT_PARTS) return mismatch(where + " has an unknown input");
  if (operation.input != MILLRACE_INPUT_PARTS) return {};
  if (operation.part_names == nullptr || operation.part_count == 0 ||
      operation.part_count > kMaxParts) {
    return mismatch(where + " must have 1 to 4 parts");
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < operation.part_count; ++i) {
    if (!isName(operation.part_names[i])) {
      return mismatch(where + " has a part whose name is no name");
    }
    if (!names.insert(operation.part_names[i]).second) {
      return mismatch(where + " has two parts named " + operation.part_names[i]);
    }
  }
  return {};
}

Result<void> checkOperation(const millrace_operation& operation) {
  if (!isName(operation.name)) return mismatch("an operation's name is no name");
  const std::string where = std::string("the operation ") + operation.name;
  if (operation.run == nullptr) return mismatch(where + " has no run()");
  if (operation.passes_on > MILLRACE_PASSES_NOTHING || (operation.flags & ~1u) != 0) {
    return mismatch(where + " has unknown flags");
  }
  Result<void> checked = checkInput(operation, where);
  if (checked) checked = checkFields(operation, where);
  if (!checked || operation.passes_on != MILLRACE_PASSES_RESULT) return checked;
  for (size_t i = 0; i < operation.field_count; ++i) {
    if (operation.fields[i].kind != MILLRACE_NUMBER) return {};
  }
  return mismatch(where + " has no text or bytes to pass on");
}

/// Names are letters, digits and _ only; the version is what the library's author has written.
std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char each : lossyUtf8(text)) {
    if (each == '"' || each == '\\') json += '\\';
    json += static_cast<unsigned char>(each) < 0x20 ? ' ' : each;
  }
  return json + '"';
}

std::string jsonOf(const millrace_operation& operation) {
  std::string json = "{\"name\":" + quoted(operation.name);
  json += ",\"input\":" + std::to_string(operation.input);
  json += ",\"passesOn\":" + std::to_string(operation.passes_on);
  json += ",\"blocking\":";
  json += (operation.flags & MILLRACE_BLOCKING) != 0 ? "true" : "false";
  json += ",\"parts\":[";
  const size_t parts = operation.input == MILLRACE_INPUT_PARTS ? operation.part_count : 0;
  for (size_t i = 0; i < parts; ++i) {
    json.append(i == 0 ? "" : ",").append(quoted(operation.part_names[i]));
  }
  json += "],\"fields\":[";
  for (size_t i = 0; i < operation.field_count; ++i) {
    json.append(i == 0 ? "" : ",").append("{\"name\":").append(quoted(operation.fields[i].name));
    json.append(",\"kind\":").append(std::to_string(operation.fields[i].kind)).append("}");
  }
  return json + "]}";
}

}  // namespace

Result<void> checkOwnLibrary(const millrace_library* library) {
  if (library == nullptr) return mismatch("millrace_library_get() has returned NULL");
  if (library->abi != MILLRACE_OPERATIONS_ABI) {
    return mismatch("the library is made for version " + std::to_string(library->abi) +
                    " of the operations interface, and this is version " +
                    std::to_string(MILLRACE_OPERATIONS_ABI));
  }
  if (library->operation_size != sizeof(millrace_operation)) {
    return mismatch("the library's millrace_operation has " +
                    std::to_string(library->operation_size) + " bytes, and this one " +
                    std::to_string(sizeof(millrace_operation)));
  }
  if (library->operations == nullptr || library->operation_count == 0 ||
      library->operation_count > kMaxOperations) {
    return mismatch("a library must have 1 to 256 operations");
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < library->operation_count; ++i) {
    Result<void> checked = checkOperation(library->operations[i]);
    if (!checked) return checked;
    if (!names.insert(library->operations[i].name).second) {
      return mismatch(std::string("two operations are named ") + library->operations[i].name);
    }
  }
  return {};
}

Result<const OwnLibrary*> OwnLibrary::open(std::string_view path) {
  // First, because the loader's message for a missing file is not for programs.
  const Result<FileStatus> status = statusOf(path, true);
  if (!status) return status.error();
  Libraries& all = libraries();
  // Held while loading, so that a library is in the list once.
  const std::lock_guard lock(all.mutex);
  Result<const millrace_library*> loaded = loadOwnLibrary(std::string(path));
  if (!loaded) return std::move(loaded).error();
  for (size_t i = 0; i < all.list.size(); ++i) {
    if (all.descriptions[i] == loaded.value()) return all.list[i].get();
  }
  Result<void> checked = checkOwnLibrary(loaded.value());
  if (!checked) return std::move(checked).error();
  all.descriptions.push_back(loaded.value());
  all.list.push_back(
      std::make_unique<const OwnLibrary>(static_cast<uint32_t>(all.list.size()), loaded.value()));
  return all.list.back().get();
}

const OwnLibrary& OwnLibrary::numbered(uint32_t number) {
  Libraries& all = libraries();
  const std::lock_guard lock(all.mutex);
  return *all.list[number];
}

std::string OwnLibrary::toJson() const {
  std::string json = "{\"version\":";
  json += description_->version == nullptr ? "null" : quoted(description_->version);
  json += ",\"operations\":[";
  for (size_t i = 0; i < size(); ++i) {
    json.append(i == 0 ? "" : ",").append(jsonOf(operation(i)));
  }
  return json + "]}";
}

}  // namespace millrace
