// A batch crosses as a handful of values, whatever its length: numbers as typed arrays, text joined
// in one string with its ends, small blocks packed into one ArrayBuffer, large ones handed over
// uncopied.
#include "binding/convert.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "binding/errors.h"

namespace millrace::binding {
namespace {

// Below this size copying a block beats the cost of an external ArrayBuffer and its finalizer.
constexpr size_t kExternalBytes = 64 * 1024;

struct PackedInput {
  std::string bytes;
  std::vector<size_t> ends;
};

/// Splits a NUL-joined string. False when it does not hold `count` items.
bool splitJoined(const Napi::Value& joined, size_t count, PackedInput& packed) {
  std::string text = joined.As<Napi::String>().Utf8Value();
  packed.ends.reserve(count);
  packed.bytes.reserve(text.size());
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    packed.bytes.append(text, begin, end - begin);
    packed.ends.push_back(packed.bytes.size());
    begin = end + 1;
  }
  return packed.ends.size() == count;
}

/// Copies strings (as UTF-8) and the bytes of ArrayBuffer views.
void packArray(const Napi::Array& items, size_t count, PackedInput& packed) {
  packed.ends.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const Napi::Value item = items[i];
    if (item.IsString()) {
      packed.bytes.append(item.As<Napi::String>().Utf8Value());
    } else {
      const auto view = item.As<Napi::Uint8Array>();
      packed.bytes.append(reinterpret_cast<const char*>(view.Data()), view.ByteLength());
    }
    packed.ends.push_back(packed.bytes.size());
  }
}

napi_value toFloat64(Napi::Env env, const std::vector<double>& numbers) {
  if (numbers.empty()) return env.Undefined();
  auto array = Napi::Float64Array::New(env, numbers.size());
  std::copy(numbers.begin(), numbers.end(), array.Data());
  return array;
}

napi_value toFloat32(Napi::Env env, const std::vector<float>& numbers) {
  auto array = Napi::Float32Array::New(env, numbers.size());
  std::copy(numbers.begin(), numbers.end(), array.Data());
  return array;
}

napi_value toLatin1(Napi::Env env, const std::string& text) {
  if (text.empty()) return env.Undefined();
  napi_value value = nullptr;
  const napi_status status = napi_create_string_latin1(env, text.data(), text.size(), &value);
  if (status != napi_ok) throw Napi::Error::New(env);
  return value;
}

/// UTF-16 code units of valid UTF-8: one per leading byte, two where it opens a four-byte sequence.
size_t utf16Length(const std::string& text) {
  size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += static_cast<size_t>((byte & 0xC0) != 0x80) + static_cast<size_t>(byte >= 0xF0);
  }
  return units;
}

bool isAscii(const std::string& text) {
  // All bytes, without a branch in the loop, so that it is vectorised.
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

/// All texts in one string, and where each ends in it.
std::pair<napi_value, napi_value> toJoinedText(Napi::Env env,
                                               const std::vector<std::string>& texts) {
  if (texts.empty()) return {env.Undefined(), env.Undefined()};
  std::string joined;
  for (const std::string& text : texts) joined.append(text);
  // V8 reads Latin-1 several times as fast as it decodes UTF-8.
  const bool ascii = isAscii(joined);
  std::vector<double> ends;
  ends.reserve(texts.size());
  double end = 0;
  for (const std::string& text : texts) {
    end += static_cast<double>(ascii ? text.size() : utf16Length(text));
    ends.push_back(end);
  }
  const napi_value all =
      ascii && !joined.empty() ? toLatin1(env, joined) : Napi::String::New(env, joined);
  return {all, toFloat64(env, ends)};
}

/// An ArrayBuffer over the block itself; a copy where the runtime forbids external memory. Throws
/// Napi::Error for a block larger than the runtime's buffers may be.
Napi::Value toArrayBuffer(Napi::Env env, Bytes block) {
  const size_t size = block.size();
  std::byte* data = block.release();
  napi_value value = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, data, size, [](napi_env, void* memory, void*) { std::free(memory); }, nullptr, &value);
  if (status == napi_ok) return {env, value};
  // After a generic failure Node has called the finalizer, or will: the block is no longer ours.
  if (status == napi_generic_failure) throw Napi::Error::New(env);
  const std::unique_ptr<std::byte, decltype(&std::free)> owner(data, &std::free);
  if (status != napi_no_external_buffers_allowed) throw Napi::Error::New(env);
  auto copy = Napi::ArrayBuffer::New(env, size);
  std::memcpy(copy.Data(), data, size);
  return copy;
}

size_t smallBytes(const std::vector<Bytes>& blocks) {
  size_t sum = 0;
  for (const Bytes& block : blocks) sum += block.size() < kExternalBytes ? block.size() : 0;
  return sum;
}

/// The small blocks, one after the other. Throws std::bad_alloc.
Napi::Value packBlocks(Napi::Env env, const std::vector<Bytes>& blocks, size_t size) {
  const auto fill = [&blocks](std::byte* to) {
    for (const Bytes& block : blocks) {
      if (block.empty() || block.size() >= kExternalBytes) continue;
      std::memcpy(to, block.data(), block.size());
      to += block.size();
    }
  };
  if (size < kExternalBytes) {
    auto packed = Napi::ArrayBuffer::New(env, size);
    fill(static_cast<std::byte*>(packed.Data()));
    return packed;
  }
  // V8 ends the process when it cannot allocate; malloc says so.
  Result<Bytes> packed = Bytes::allocate(size);
  if (!packed) throw std::bad_alloc();
  fill(packed.value().data());
  return toArrayBuffer(env, std::move(packed).value());
}

/// The blocks as an array of ArrayBuffers (the first packs all small ones), and for each item the
/// triple (which ArrayBuffer, offset, length). A block that cannot be handed over is its item's
/// failure.
std::pair<napi_value, napi_value> toBlocks(Napi::Env env, Batch& batch) {
  std::vector<Bytes>& blocks = batch.bytes();
  if (blocks.empty()) return {env.Undefined(), env.Undefined()};
  auto buffers = Napi::Array::New(env);
  buffers.Set(0U, packBlocks(env, blocks, smallBytes(blocks)));
  std::vector<double> places(blocks.size() * 3);
  size_t offset = 0;
  uint32_t next = 1;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const size_t size = blocks[i].size();
    const std::span<double, 3> place(&places[3 * i], 3);
    place[2] = static_cast<double>(size);
    if (size < kExternalBytes) {
      place[1] = static_cast<double>(offset);
      offset += size;
      continue;
    }
    try {
      buffers.Set(next, toArrayBuffer(env, std::move(blocks[i])));
      place[0] = static_cast<double>(next++);
    } catch (const Napi::Error& refused) {
      batch.errors().push_back({i, Error::of(ErrorCode::kTooLarge, refused.Message())});
      place[2] = 0;
    }
  }
  return {buffers, toFloat64(env, places)};
}

}  // namespace

std::shared_ptr<Batch> toBatch(const Napi::CallbackInfo& info, size_t firstArgument,
                               const ResultShape& shape) {
  const auto id = info[firstArgument].As<Napi::Number>().Uint32Value();
  const size_t count = info[firstArgument + 1].As<Napi::Number>().Uint32Value();
  const Napi::Value input = info[firstArgument + 2];
  const double timeoutMs = info[firstArgument + 3].As<Napi::Number>().DoubleValue();
  PackedInput packed;
  if (input.IsString()) {
    if (!splitJoined(input, count, packed)) return nullptr;
  } else if (input.IsArray()) {
    packArray(input.As<Napi::Array>(), count, packed);
  }
  return std::make_shared<Batch>(id, count, std::move(packed.bytes), std::move(packed.ends),
                                 static_cast<int64_t>(timeoutMs * 1e6), shape);
}

std::array<napi_value, kResultValues> toJsResult(Napi::Env env, const Completion& completion) {
  Batch& batch = *completion.batch;
  napi_value text = nullptr;
  napi_value ends = env.Undefined();
  if (batch.shape().text) {
    std::tie(text, ends) = toJoinedText(env, batch.text());
  } else {
    text = toLatin1(env, batch.fixedText());
  }
  const auto [blocks, places] = toBlocks(env, batch);  // before errors, which it may add to
  const napi_value errors = batch.errors().empty() ? static_cast<napi_value>(env.Undefined())
                                                   : Napi::String::New(env, toJson(batch.errors()));
  return {Napi::Number::New(env, completion.lane),
          Napi::Number::New(env, batch.id()),
          errors,
          toFloat32(env, batch.elapsedMs()),
          toFloat64(env, batch.numbers()),
          text,
          ends,
          blocks,
          places};
}

}  // namespace millrace::binding
