// What a codec makes of an input in small pieces, for comparison with the whole in one call.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "kernels/codec.h"

namespace millrace {

/// The content, or what ended the work; at most one piece more than `maxBytes`.
inline Result<std::string> inPieces(Codec& codec, ByteView input, uint64_t maxBytes,
                                    size_t pieceBytes, size_t roomBytes) {
  std::string content;
  std::string room(roomBytes, '\0');
  while (true) {
    const ByteView piece = input.first(input.size() < pieceBytes ? input.size() : pieceBytes);
    const bool isLast = piece.size() == input.size();
    const MutableByteView output{reinterpret_cast<std::byte*>(room.data()), room.size()};
    const Result<CodecStep> step = codec.step(piece, output, isLast);
    if (!step) return step.error();
    const auto [consumed, produced, finished] = step.value();
    if (consumed > piece.size() || produced > room.size()) std::abort();
    if (produced < room.size() && consumed < piece.size() && !finished) std::abort();
    content.append(room, 0, produced);
    input = input.subspan(consumed);
    if (content.size() > maxBytes) return Error::of(ErrorCode::kTooLarge);
    if (finished) return content;
    if (isLast && consumed + produced == 0) std::abort();
  }
}

/// Ends the process when a failure is neither kCorruptData nor kTooLarge.
inline void requireKnownFailure(const Error& error) {
  if (error.code != ErrorCode::kCorruptData && error.code != ErrorCode::kTooLarge) std::abort();
}

inline bool isSame(const Bytes& bytes, std::string_view text) {
  return textOf(bytes.view()) == text;
}

}  // namespace millrace
