// Marks: the few bytes of source text that the import scanner has to look at, found in blocks of 64
// by vector instructions: quotes, brackets, slashes, and where "import", "export" or "require" may
// begin. Everything between two marks is skipped unseen. One thread; borrows the text.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernels/cpu.h"

namespace millrace::imports {

/// What is marked beyond " ' ` / ( ) [ ] { } and the beginnings of the three words.
struct MarkSet {
  bool commas = false;
  bool angles = false;  ///< `<`
};

/// Bit i of words[b] is set when text[64 * b + i] is a mark. REQUIRES: text is readable for
/// 64 * blocks + kMarkLookahead bytes.
using MarkBlocks = void (*)(const char* text, size_t blocks, MarkSet set, uint64_t* words);
inline constexpr size_t kMarkLookahead = 4;

/// The fastest variant that this processor supports, or nullptr when `set` is not compiled in.
MarkBlocks markBlocks();
MarkBlocks markBlocksFor(InstructionSet set);
/// For import_marks.cc only: nullptr where the build has no such variant.
MarkBlocks markBlocksAvx2();

class Marks {
 public:
  Marks(std::string_view text, MarkSet set) : text_(text), set_(set), mark_(markBlocks()) {}

  /// The first mark at or behind `from`, or the text's size.
  size_t next(size_t from) {
    if (from < begin_ || from >= end_) {
      if (from >= text_.size()) return text_.size();
      load(from);
    }
    size_t word = (from - begin_) / 64;
    uint64_t bits = words_[word] & (~uint64_t{0} << ((from - begin_) % 64));
    while (bits == 0) {
      if (++word == count_) {
        if (end_ >= text_.size()) return text_.size();
        load(end_);
        word = 0;
      }
      bits = words_[word];
    }
    return begin_ + 64 * word + static_cast<size_t>(std::countr_zero(bits));
  }

  void markCommas(bool on) {
    if (set_.commas == on) return;
    set_.commas = on;
    end_ = begin_;
  }
  void markAngles(bool on) {
    if (set_.angles == on) return;
    set_.angles = on;
    end_ = begin_;
  }

 private:
  static constexpr size_t kBlocks = 32;

  void load(size_t from);

  const std::string_view text_;
  MarkSet set_;
  const MarkBlocks mark_;
  size_t begin_ = 0;  // words_ describe text_[begin_, end_)
  size_t end_ = 0;
  size_t count_ = 0;
  std::array<uint64_t, kBlocks> words_{};
};

}  // namespace millrace::imports
