// md4c behind a C++ interface: no exception crosses it, any callback can end the work, and limits
// are kept. One Events object per document; not synchronised.
#pragma once

#include <md4c.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "markup/markdown.h"
#include "markup/markdown_source.h"

namespace millrace::markdown {

/// What a document consists of, in order and properly nested. `detail` is md4c's; null when a span
/// ends only because its block does. Texts that come from the document
/// itself point into it; see Source::text().
class Events {
 public:
  virtual ~Events() = default;
  virtual void enterBlock(MD_BLOCKTYPE, void* /*detail*/) {}
  virtual void leaveBlock(MD_BLOCKTYPE, void* /*detail*/) {}
  virtual void enterSpan(MD_SPANTYPE, void* /*detail*/) {}
  virtual void leaveSpan(MD_SPANTYPE, void* /*detail*/) {}
  virtual void text(MD_TEXTTYPE, std::string_view) = 0;
  /// Bytes made so far: held against maxOutputBytes.
  virtual size_t produced() const = 0;
};

/// Parses the document. `extraFlags` are md4c's, beyond those that the syntax stands for.
Result<void> parse(const Source& source, const MarkdownSyntax& syntax, unsigned extraFlags,
                   Events& events, const MarkdownCheckpoint& checkpoint);

/// A link's destination or title with character references resolved.
void appendAttribute(std::string& target, const MD_ATTRIBUTE& attribute);

}  // namespace millrace::markdown
