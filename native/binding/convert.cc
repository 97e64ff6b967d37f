// A batch crosses as a handful of values, whatever its length: numbers as typed arrays, text joined
// in one string with its ends, small blocks packed into one ArrayBuffer, large ones handed over
// uncopied.
#include "binding/convert.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
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

/// All texts in one string, and where each ends in it.
std::pair<napi_value, napi_value> toJoinedText(Napi::Env env,
                                               const std::vector<std::string>& texts) {
  if (texts.empty()) return {env.Undefined(), env.Undefined()};
  std::string joined;
  std::vector<double> ends;
  ends.reserve(texts.size());
  double end = 0;
  for (const std::string& text : texts) {
    joined.append(text);
    end += static_cast<double>(utf16Length(text));
    ends.push_back(end);
  }
  return {Napi::String::New(env, joined), toFloat64(env, ends)};
}

/// An ArrayBuffer over the block itself; a copy where the runtime forbids external memory.
Napi::Value toArrayBuffer(Napi::Env env, Bytes block) {
  const size_t size = block.size();
  std::byte* data = block.release();
  napi_value value = nullptr;
  const napi_status status = napi_create_external_arraybuffer(
      env, data, size, [](napi_env, void* memory, void*) { std::free(memory); }, nullptr, &value);
  if (status == napi_ok) return {env, value};
  auto copy = Napi::ArrayBuffer::New(env, size);
  std::memcpy(copy.Data(), data, size);
  std::free(data);
  return copy;
}

/// The blocks as an array of ArrayBuffers (the first packs all small ones), and for each item the
/// triple (which ArrayBuffer, offset, length).
std::pair<napi_value, napi_value> toBlocks(Napi::Env env, std::vector<Bytes>& blocks) {
  if (blocks.empty()) return {env.Undefined(), env.Undefined()};
  size_t packedSize = 0;
  for (const Bytes& block : blocks) {
    if (block.size() < kExternalBytes) packedSize += block.size();
  }
  auto packed = Napi::ArrayBuffer::New(env, packedSize);
  auto buffers = Napi::Array::New(env);
  buffers.Set(0U, packed);
  std::vector<double> places;
  places.reserve(blocks.size() * 3);
  size_t offset = 0;
  uint32_t next = 1;
  for (Bytes& block : blocks) {
    const size_t size = block.size();
    if (size < kExternalBytes) {
      if (size > 0)
        std::memcpy(static_cast<std::byte*>(packed.Data()) + offset, block.data(), size);
      places.insert(places.end(), {0.0, static_cast<double>(offset), static_cast<double>(size)});
      offset += size;
    } else {
      places.insert(places.end(), {static_cast<double>(next), 0.0, static_cast<double>(size)});
      buffers.Set(next++, toArrayBuffer(env, std::move(block)));
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
  const auto [blocks, places] = toBlocks(env, batch.bytes());
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
