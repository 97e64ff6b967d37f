// Files and bytes to text, text to lines, text made uniform. Thread safe, immutable.
#pragma once

#include "operations/operation.h"
#include "text/encoding.h"
#include "text/lines.h"

namespace millrace {

/// The item is a path. Result: text 0. The file may have as many bytes as the text.
class ReadTextOperation final : public Operation {
 public:
  explicit ReadTextOperation(const DecodeOptions& options) : options_(options) {}

  bool blocking() const override { return true; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const DecodeOptions options_;
};

/// The item is the bytes. Result: text 0.
class DecodeTextOperation final : public Operation {
 public:
  explicit DecodeTextOperation(const DecodeOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const DecodeOptions options_;
};

/// The item is UTF-8. Result: number 0 is the count of lines; text 0 has each followed by LF.
class LinesOperation final : public Operation {
 public:
  explicit LinesOperation(const LinesOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;
  /// The text: lines are a view of it.
  ByteView passOn(ByteView input, const ItemOutput&) const override { return input; }

 private:
  const LinesOptions options_;
};

/// The item is UTF-8. Result: text 0.
class NormalizeTextOperation final : public Operation {
 public:
  explicit NormalizeTextOperation(const NormalizeOptions& options) : options_(options) {}

  bool blocking() const override { return false; }
  ResultShape shape() const override;
  Result<void> run(const ItemContext& context, ByteView input, ItemOutput& output) const override;

 private:
  const NormalizeOptions options_;
};

}  // namespace millrace
