// Invariant: a Hasher lies at the first suitably aligned address of its ArrayBuffer, which has room
// for that wherever the memory begins.
#include "binding/hasher_handle.h"

#include <array>
#include <cstdint>
#include <new>
#include <optional>
#include <string>

#include "binding/errors.h"
#include "kernels/hash.h"

namespace millrace::binding {
namespace {

constexpr size_t kStateBytes = sizeof(Hasher) + alignof(Hasher) - 1;
constexpr size_t kShortStringBytes = 4096;

void* placeIn(const Napi::Value& state) {
  const auto address = reinterpret_cast<uintptr_t>(state.As<Napi::Uint8Array>().Data());
  return reinterpret_cast<void*>((address + alignof(Hasher) - 1) & ~(alignof(Hasher) - 1));
}

Hasher& hasherIn(const Napi::Value& state) {
  return *std::launder(static_cast<Hasher*>(placeIn(state)));
}

Napi::Value hasherBytes(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(kStateBytes));
}

void hasherStart(const Napi::CallbackInfo& info) {
  const std::string name = info[1].As<Napi::String>().Utf8Value();
  const std::optional<HashAlgorithm> algorithm = hashAlgorithmNamed(name);
  if (!algorithm) throw Napi::TypeError::New(info.Env(), "no hash algorithm is named " + name);
  new (placeIn(info[0])) Hasher(*algorithm);
}

void updateFromText(Hasher& hasher, const Napi::String& text) {
  // Long enough for most, and without the call that asks for the length first.
  std::array<char, kShortStringBytes> buffer;  // NOLINT(*-member-init): written by the next call
  size_t size = 0;
  const napi_status status =
      napi_get_value_string_utf8(text.Env(), text, buffer.data(), buffer.size(), &size);
  if (status != napi_ok) throw Napi::Error::New(text.Env());
  constexpr size_t kLongestCharacter = 4;
  if (size + kLongestCharacter < buffer.size()) {
    hasher.update(bytesOf({buffer.data(), size}));
  } else {  // it may have been cut
    hasher.update(bytesOf(text.Utf8Value()));
  }
}

void hasherUpdate(const Napi::CallbackInfo& info) {
  Hasher& hasher = hasherIn(info[0]);
  if (info[1].IsString()) {
    updateFromText(hasher, info[1].As<Napi::String>());
  } else {
    const auto view = info[1].As<Napi::Uint8Array>();
    hasher.update({reinterpret_cast<const std::byte*>(view.Data()), view.ByteLength()});
  }
}

Napi::Value hasherDigest(const Napi::CallbackInfo& info) {
  std::array<char, 2 * kMaxDigestBytes> hex{};
  const Digest digest = hasherIn(info[0]).digest();
  const size_t characters = 2 * digest.size;
  writeHex(digest.view(), std::span(hex).first(characters));
  napi_value text = nullptr;
  if (napi_create_string_latin1(info.Env(), hex.data(), characters, &text) != napi_ok) {
    throw Napi::Error::New(info.Env());
  }
  return {info.Env(), text};
}

void hasherCopy(const Napi::CallbackInfo& info) {
  new (placeIn(info[1])) Hasher(hasherIn(info[0]));
}

}  // namespace

void exportHashers(Napi::Env env, Napi::Object exports) {
  exports.Set("hasherBytes", Napi::Function::New<guarded<hasherBytes>>(env, "hasherBytes"));
  exports.Set("hasherStart", Napi::Function::New<guarded<hasherStart>>(env, "hasherStart"));
  exports.Set("hasherUpdate", Napi::Function::New<guarded<hasherUpdate>>(env, "hasherUpdate"));
  exports.Set("hasherDigest", Napi::Function::New<guarded<hasherDigest>>(env, "hasherDigest"));
  exports.Set("hasherCopy", Napi::Function::New<guarded<hasherCopy>>(env, "hasherCopy"));
}

}  // namespace millrace::binding
