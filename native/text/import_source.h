// A source text with the comments found so far, and the look around a place in it that deciding
// about a token takes: the token before, the word there, what follows white space and comments.
// One thread; borrows the text. Private to the import scanner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::imports {

class SourceText {
 public:
  /// `begin` is where the first token may be: behind a byte order mark and a `#!` line.
  explicit SourceText(std::string_view text);

  std::string_view text() const { return text_; }
  size_t size() const { return text_.size(); }
  size_t begin() const { return begin_; }

  /// The byte there, or NUL behind the end.
  char at(size_t place) const { return place < text_.size() ? text_[place] : '\0'; }
  /// The byte before a place, or NUL at the begin.
  char before(size_t place) const { return place > begin_ ? text_[place - 1] : '\0'; }

  /// Remembers a comment, so that looking back skips it. Comments already known are ignored.
  void addComment(size_t start, size_t end);
  size_t comments() const { return comments_.size(); }
  /// Forgets the comments beyond the first `count`.
  void truncateComments(size_t count) { comments_.resize(count); }

  /// Where the last token before `place` ends; begin() when there is none.
  size_t tokenEnd(size_t place) const;

  /// The word or number that ends there; empty when none does.
  std::string_view wordEnding(size_t end) const;
  /// The same, but only if it is short enough to be a keyword.
  std::string_view keywordEnding(size_t end) const;
  /// Whether the word that starts there is a property: behind `.` or `?.`, or `#private`.
  bool isProperty(size_t wordStart) const;

  /// The word that starts there; empty when none does.
  std::string_view wordAt(size_t start) const;
  bool isWordAt(size_t start, std::string_view word) const { return wordAt(start) == word; }

  /// Behind the comment that begins at `start`, or size() + 1 when it is not closed.
  size_t commentEnd(size_t start) const;
  bool isCommentAt(size_t start) const {
    return at(start) == '/' && (at(start + 1) == '/' || at(start + 1) == '*');
  }

  /// The first token at or behind `place`. Unclosed comments are left to be found by the scanner.
  size_t skipSpace(size_t place) const;

  bool hasLineBreak(size_t from, size_t to) const;

 private:
  struct Span {
    uint32_t start;
    uint32_t end;
  };
  size_t spaceEnding(size_t end) const;
  size_t commentStart(size_t end) const;

  const std::string_view text_;
  size_t begin_ = 0;
  std::vector<Span> comments_;
};

/// The bytes of the white space character that begins (or ends) there, beyond ASCII; 0 for none.
size_t unicodeSpaceAt(std::string_view text, size_t place);

}  // namespace millrace::imports
