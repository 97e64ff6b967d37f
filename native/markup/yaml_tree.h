// The nodes of one YAML document, built from events. Collections are chains of nodes in one vector,
// texts lie in one string: no node owns memory of its own. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "markup/yaml.h"

namespace millrace {

using YamlIndex = uint32_t;
inline constexpr YamlIndex kNoNode = UINT32_MAX;

struct YamlNode {
  YamlKind kind = YamlKind::kNull;
  bool open = false;   ///< a collection that has not ended
  bool merge = false;  ///< the key `<<`
  YamlIndex next = kNoNode;
  YamlIndex first = kNoNode;  ///< of a collection: its first child; of an alias: its target
  YamlIndex last = kNoNode;
  size_t textBegin = 0;
  size_t textSize = 0;
  int64_t ms = 0;
  size_t at = 0;  ///< the character of the source it begins with
};

/// A mistake and the character where it is.
struct YamlMistake {
  ErrorCode code;
  std::string reason;
  size_t at;
};

/// Turns events into nodes. A mapping's children are keys and values in turn; when it ends, its
/// keys are strings, no two equal, and merges are carried out.
class YamlTree {
 public:
  explicit YamlTree(const YamlOptions& options) : options_(options) {}

  /// A tag is the full URI, empty for none. Each returns false after a mistake.
  bool scalar(std::string_view text, bool plain, std::string_view tag, std::string_view anchor,
              size_t at);
  bool begin(YamlKind kind, std::string_view tag, std::string_view anchor, size_t at);
  bool end();
  bool alias(std::string_view anchor, size_t at);

  const YamlMistake& mistake() const { return mistake_; }

  /// Writes the document. REQUIRES: every collection has ended, and no mistake.
  Result<ParsedData> write(const DataCheckpoint& checkpoint);

 private:
  struct Entry {
    std::string_view key;
    YamlIndex keyNode;
    YamlIndex value;
  };

  bool fail(ErrorCode code, std::string reason, size_t at);
  bool tooManyAliases(size_t at);
  bool add(const YamlNode& node, std::string_view anchor);
  YamlNode nodeOf(const YamlScalar& scalar, size_t at);
  std::string_view textOf(const YamlNode& node) const;
  void setText(YamlNode& node, std::string_view text);
  bool nameKey(YamlIndex key);
  bool finishMapping(YamlIndex mapping);
  bool checkUnique(std::vector<Entry>& explicitEntries);
  bool mergeInto(YamlIndex mapping, const std::vector<Entry>& explicitEntries);
  bool collectSources(YamlIndex value, std::vector<YamlIndex>& sources);
  YamlIndex targetOf(YamlIndex node) const;
  Result<void> writeNode(YamlIndex index, class JsonWriter& writer,
                         const DataCheckpoint& checkpoint);
  Result<void> writeChildren(const YamlNode& node, class JsonWriter& writer,
                             const DataCheckpoint& checkpoint);

  const YamlOptions& options_;
  std::vector<YamlNode> nodes_;
  std::vector<YamlIndex> open_;  // the collections around the next event, outermost first
  std::string texts_;
  std::string scratch_;
  std::map<std::string, YamlIndex, std::less<>> anchors_;
  size_t aliasNodes_ = 0;
  size_t written_ = 0;
  size_t aliasDepth_ = 0;
  YamlMistake mistake_{};
};

}  // namespace millrace
