// A batch crosses as a handful of values, whatever its length: numbers as typed arrays, short texts
// joined, small blocks packed into one ArrayBuffer, large ones handed over uncopied.
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
#include "text/utf8.h"

namespace millrace::binding {
namespace {

// Below this size copying a block beats the cost of an external ArrayBuffer and its finalizer.
constexpr size_t kExternalBytes = 64 * 1024;
// Shorter texts are joined, into strings of at most kJoinBytes: a slice keeps the whole alive.
constexpr size_t kJoinedTextBytes = 4 * 1024;
constexpr size_t kJoinBytes = 1024 * 1024;
// Typed arrays of doubles may view a block.
constexpr size_t kBlockAlignment = 8;
// Longer strings are measured before they are written: three times their room is a lot.
constexpr size_t kMeasuredUnits = size_t{4} << 20;

size_t aligned(size_t size) {
  return (size + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
}

struct PackedInput {
  PooledBytes bytes;
  std::vector<size_t> ends;
  bool isText = false;  // all items are strings
};

/// Splits a NUL-joined string. False when it does not hold `count` items.
bool splitJoined(const Napi::Value& joined, size_t count, PackedInput& packed) {
  std::string text = joined.As<Napi::String>().Utf8Value();
  packed.ends.reserve(count);
  packed.bytes.reserve(text.size());
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    packed.bytes.append(bytesOf(std::string_view(text).substr(begin, end - begin)));
    packed.ends.push_back(packed.bytes.size());
    begin = end + 1;
  }
  return packed.ends.size() == count;
}

/// Writes strings as UTF-8. A UTF-16 unit takes at most three bytes: given that room, V8 writes a
/// string without measuring it first, which takes as long again.
class StringWriter {
 public:
  /// REQUIRES: `string` is one.
  void append(const Napi::Value& string, PooledBytes& bytes) {
    size_t units = 0;
    check(string.Env(), napi_get_value_string_utf16(string.Env(), string, nullptr, 0, &units));
    if (units > kMeasuredUnits) {
      bytes.append(bytesOf(Napi::String(string.Env(), string).Utf8Value()));
      return;
    }
    if (3 * units + 1 > room_) {
      room_ = 3 * units + 1;
      scratch_ = std::make_unique_for_overwrite<char[]>(room_);
    }
    size_t written = 0;
    check(string.Env(),
          napi_get_value_string_utf8(string.Env(), string, scratch_.get(), room_, &written));
    bytes.append(bytesOf({scratch_.get(), written}));
  }

 private:
  static void check(Napi::Env env, napi_status status) {
    if (status != napi_ok) throw Napi::Error::New(env);
  }

  std::unique_ptr<char[]> scratch_;
  size_t room_ = 0;
};

/// The bytes of all items, if strings are ASCII: growing step by step would touch twice the memory.
size_t expectedBytes(const Napi::Array& items) {
  size_t sum = 0;
  for (uint32_t i = 0; i < items.Length(); ++i) {
    const Napi::Value item = items[i];
    size_t size = 0;
    if (!item.IsString()) {
      size = item.As<Napi::Uint8Array>().ByteLength();
    } else if (napi_get_value_string_utf16(items.Env(), item, nullptr, 0, &size) != napi_ok) {
      throw Napi::Error::New(items.Env());
    }
    sum += size;
  }
  return sum;
}

/// Copies strings (as UTF-8) and the bytes of ArrayBuffer views.
void packArray(const Napi::Array& items, PackedInput& packed) {
  const uint32_t count = items.Length();
  packed.ends.reserve(count);
  packed.bytes.reserve(expectedBytes(items));
  StringWriter writer;
  packed.isText = true;
  for (uint32_t i = 0; i < count; ++i) {
    const Napi::Value item = items[i];
    if (item.IsString()) {
      writer.append(item, packed.bytes);
    } else {
      packed.isText = false;
      const auto view = item.As<Napi::Uint8Array>();
      packed.bytes.append({reinterpret_cast<const std::byte*>(view.Data()), view.ByteLength()});
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

/// Gathers texts into few strings: short ones are joined, ASCII ones by themselves, because V8
/// reads Latin-1 several times as fast as it decodes UTF-8; long ones become strings of their own.
class TextPacker {
 public:
  explicit TextPacker(Napi::Env env) : env_(env), strings_(Napi::Array::New(env)) {}

  /// The triple (which string, begin, end) in UTF-16 units. Throws Napi::Error when V8 refuses.
  std::array<double, 3> add(const std::string& text) {
    if (text.empty()) return {0, 0, 0};
    const bool ascii = isAscii(text);
    const auto units = static_cast<double>(ascii ? text.size() : utf16UnitsIn(text));
    if (text.size() >= kJoinedTextBytes) {
      const uint32_t number = next_++;
      strings_.Set(number, toString(text, ascii));
      return {static_cast<double>(number), 0, units};
    }
    Joined& joined = ascii ? ascii_ : wide_;
    if (joined.bytes.size() + text.size() > kJoinBytes) close(joined, ascii);
    if (joined.bytes.empty()) joined.number = next_++;
    joined.bytes.append(text);
    joined.units += units;
    return {static_cast<double>(joined.number), joined.units - units, joined.units};
  }

  Napi::Array finish() {
    close(ascii_, true);
    close(wide_, false);
    return strings_;
  }

 private:
  struct Joined {
    std::string bytes;
    double units = 0;
    uint32_t number = 0;
  };

  void close(Joined& joined, bool ascii) {
    if (joined.bytes.empty()) return;
    strings_.Set(joined.number, toString(joined.bytes, ascii));
    joined = {};
  }

  napi_value toString(const std::string& text, bool ascii) const {
    return ascii ? toLatin1(env_, text) : Napi::String::New(env_, text);
  }

  const Napi::Env env_;
  Napi::Array strings_;
  Joined ascii_;
  Joined wide_;
  uint32_t next_ = 0;
};

/// The texts as few strings, and for each the triple (which string, begin, end). A text that V8
/// refuses is its item's failure.
std::pair<napi_value, napi_value> toTexts(Napi::Env env, Batch& batch) {
  const std::vector<std::string>& texts = batch.texts();
  if (texts.empty()) return {env.Undefined(), env.Undefined()};
  TextPacker packer(env);
  std::vector<double> spans(texts.size() * 3);
  for (size_t i = 0; i < texts.size(); ++i) {
    try {
      const std::array<double, 3> span = packer.add(texts[i]);
      std::copy(span.begin(), span.end(), &spans[3 * i]);
    } catch (const Napi::Error& refused) {
      batch.errors().push_back(
          {i / batch.shape().texts, Error::of(ErrorCode::kTooLarge, refused.Message())});
    }
  }
  return {packer.finish(), toFloat64(env, spans)};
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
  for (const Bytes& block : blocks)
    sum += block.size() < kExternalBytes ? aligned(block.size()) : 0;
  return sum;
}

/// The small blocks, one after the other. Throws std::bad_alloc.
Napi::Value packBlocks(Napi::Env env, const std::vector<Bytes>& blocks, size_t size) {
  const auto fill = [&blocks](std::byte* to) {
    for (const Bytes& block : blocks) {
      if (block.empty() || block.size() >= kExternalBytes) continue;
      std::memcpy(to, block.data(), block.size());
      to += aligned(block.size());
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
  std::vector<Bytes>& blocks = batch.blocks();
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
      offset += aligned(size);
      continue;
    }
    try {
      buffers.Set(next, toArrayBuffer(env, std::move(blocks[i])));
      place[0] = static_cast<double>(next++);
    } catch (const Napi::Error& refused) {
      batch.errors().push_back(
          {i / batch.shape().blocks, Error::of(ErrorCode::kTooLarge, refused.Message())});
      place[2] = 0;
    }
  }
  return {buffers, toFloat64(env, places)};
}

}  // namespace

std::shared_ptr<Batch> toBatch(const Napi::CallbackInfo& info, size_t firstArgument,
                               const Operation& operation) {
  const auto id = info[firstArgument].As<Napi::Number>().Uint32Value();
  const size_t count = info[firstArgument + 1].As<Napi::Number>().Uint32Value();
  const Napi::Value input = info[firstArgument + 2];
  const double timeoutMs = info[firstArgument + 3].As<Napi::Number>().DoubleValue();
  PackedInput packed;
  if (input.IsString()) {
    if (!splitJoined(input, count, packed)) return nullptr;
  } else if (input.IsArray()) {
    packArray(input.As<Napi::Array>(), packed);
  }
  auto batch = std::make_shared<Batch>(id, count, std::move(packed.bytes), std::move(packed.ends),
                                       static_cast<int64_t>(timeoutMs * 1e6), operation.shape());
  if (packed.isText) batch->keepInput();
  return batch;
}

std::array<napi_value, kResultValues> toJsResult(Napi::Env env, const Completion& completion) {
  Batch& batch = *completion.batch;
  // Before errors, which these may add to.
  const auto [texts, spans] = toTexts(env, batch);
  const auto [blocks, places] = toBlocks(env, batch);
  const napi_value errors = batch.errors().empty() ? static_cast<napi_value>(env.Undefined())
                                                   : Napi::String::New(env, toJson(batch.errors()));
  return {Napi::Number::New(env, completion.lane),
          Napi::Number::New(env, batch.id()),
          errors,
          toFloat32(env, batch.elapsedMs()),
          toFloat64(env, batch.numbers()),
          toLatin1(env, batch.fixedText()),
          texts,
          spans,
          blocks,
          places};
}

}  // namespace millrace::binding
