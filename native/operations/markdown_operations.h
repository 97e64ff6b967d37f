// Markdown, as HTML, plain text, or a list of its links or headings (markup/markdown.h). Thread
// safe, immutable. Results: text 0 is the HTML, the text, or JSON: an array of objects as
// JavaScript gets them.
#pragma once

#include "markup/markdown.h"
#include "operations/operation.h"

namespace millrace {

class MarkdownToHtmlOperation final : public Operation {
 public:
  explicit MarkdownToHtmlOperation(const MarkdownHtmlOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const MarkdownHtmlOptions options_;
};

class MarkdownTextOperation final : public Operation {
 public:
  explicit MarkdownTextOperation(const MarkdownSyntax& syntax) : syntax_(syntax) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const MarkdownSyntax syntax_;
};

struct MarkdownOutlineOptions {
  MarkdownSyntax syntax;
  bool bytes;  ///< offsets count bytes instead of UTF-16 units
};

class MarkdownLinksOperation final : public Operation {
 public:
  explicit MarkdownLinksOperation(const MarkdownOutlineOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The document.
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const MarkdownOutlineOptions options_;
};

class MarkdownHeadingsOperation final : public Operation {
 public:
  explicit MarkdownHeadingsOperation(const MarkdownOutlineOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The document.
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const MarkdownOutlineOptions options_;
};

}  // namespace millrace
