#include "operations/walk_operation.h"

#include <cstring>
#include <string>

#include "base/error_code.h"
#include "io/utf8.h"
#include "kernels/hash.h"

namespace millrace {
namespace {

void appendQuoted(std::string_view text, std::string& json) {
  constexpr char kDigits[] = "0123456789abcdef";
  json += '"';
  for (const char each : text) {
    const auto byte = static_cast<uint8_t>(each);
    if (each == '"' || each == '\\') {
      json += '\\';
      json += each;
    } else if (byte < 0x20) {
      json.append("\\u00");
      json += kDigits[byte >> 4];
      json += kDigits[byte & 15];
    } else {
      json += each;
    }
  }
  json += '"';
}

void appendError(const WalkError& error, std::string& json) {
  json.append("{\"path\":");
  appendQuoted(lossyUtf8(error.path), json);
  if (!isUtf8(error.path)) {
    std::string hex(2 * error.path.size(), '0');
    writeHex(bytesOf(error.path), hex);
    json.append(",\"pathHex\":");
    appendQuoted(hex, json);
  }
  json.append(",\"code\":");
  appendQuoted(codeOf(error.error.code), json);
  json.append(",\"errno\":").append(std::to_string(error.error.sysErrno));
  json.append(",\"syscall\":");
  appendQuoted(error.error.syscall, json);
  json.append(",\"message\":");
  appendQuoted(error.error.message, json);
  json += '}';
}

std::string jsonOf(const std::vector<WalkError>& errors) {
  std::string json("[");
  for (size_t i = 0; i < errors.size(); ++i) {
    if (i > 0) json += ',';
    appendError(errors[i], json);
  }
  json += ']';
  return json;
}

Result<Bytes> pack(const WalkResult& result, std::string_view errors) {
  static_assert(sizeof(FileType) == 1);
  const ByteView blocks[] = {std::as_bytes(std::span(result.sizes)),
                             std::as_bytes(std::span(result.types)), bytesOf(errors),
                             bytesOf(result.undecodable)};
  size_t size = 0;
  for (const ByteView block : blocks) size += block.size();
  Result<Bytes> packed = Bytes::allocate(size);
  if (!packed) return packed;
  std::byte* at = packed.value().data();
  for (const ByteView block : blocks) {
    if (!block.empty()) std::memcpy(at, block.data(), block.size());
    at += block.size();
  }
  return packed;
}

}  // namespace

Result<std::shared_ptr<const WalkOperation>> WalkOperation::make(const WalkOptions& options,
                                                                 TaskSink& helpers) {
  Result<Walk> walk = Walk::compile(options);
  if (!walk) return std::move(walk).error();
  return std::shared_ptr<const WalkOperation>(
      std::make_shared<WalkOperation>(std::move(walk).value(), helpers));
}

ResultShape WalkOperation::shape() const {
  ResultShape shape;
  shape.numbers = kWalkColumnCount;
  shape.texts = 1;
  shape.blocks = 1;
  return shape;
}

Result<void> WalkOperation::run(const ItemContext& context, ByteView input,
                                ItemOutput& output) const {
  const Checkpoint checkpoint = [&context] { return context.check(); };
  Result<WalkResult> walked = walk_.run(textOf(input), helpers_, checkpoint);
  if (!walked) return std::move(walked).error();
  WalkResult& result = walked.value();
  const std::string errors = jsonOf(result.errors);
  Result<Bytes> packed = pack(result, errors);
  if (!packed) return std::move(packed).error();
  const auto set = [&](WalkColumn column, size_t value) {
    output.numbers[static_cast<size_t>(column)] = static_cast<double>(value);
  };
  set(WalkColumn::kCount, result.count);
  set(WalkColumn::kDirectories, result.directories);
  set(WalkColumn::kErrorCount, result.errors.size());
  set(WalkColumn::kUndecodableCount, result.undecodableCount);
  set(WalkColumn::kErrorBytes, errors.size());
  set(WalkColumn::kUndecodableBytes, result.undecodable.size());
  output.texts[0] = std::move(result.paths);
  output.blocks[0] = std::move(packed).value();
  return {};
}

}  // namespace millrace
