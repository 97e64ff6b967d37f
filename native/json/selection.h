// Which values of a JSON document are wanted: JSON Pointers (RFC 6901), each with a name, compiled
// once and applied to any number of documents. Immutable, thread safe.
//
// Beyond RFC 6901 the segment `*` stands for every element of an array; a member that is called `*`
// is written `~2`.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace millrace {

struct NamedPointer {
  std::string name;
  std::string pointer;
};

/// A place in documents that some pointer leads to or through. The nodes below one follow it
/// immediately: they are those from its own number to `end`.
struct SelectionNode {
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

  struct Member {
    std::string name;
    uint32_t node;
  };
  struct Element {
    uint64_t index;
    uint32_t node;
  };

  uint32_t member(std::string_view name) const;
  bool leadsThrough(uint8_t bracket) const {
    return bracket == '{' ? !members.empty()
                          : bracket == '[' && (!elements.empty() || everyElement != kNone);
  }

  std::vector<Member> members;    ///< by size of the name, then by its bytes
  std::vector<Element> elements;  ///< ascending; these include what `everyElement` leads to
  uint32_t everyElement = kNone;  ///< for the elements that are not listed
  std::vector<uint32_t> results;  ///< numbers of the pointers that end here
  uint32_t end = 0;
};

class Selection {
 public:
  static constexpr size_t kMaxSegments = 1024;
  static constexpr size_t kMaxNodes = 65536;

  /// kInvalidArgument for a pointer that is none, has more than kMaxSegments segments, or for
  /// pointers whose wildcards overlap so much that they make more than kMaxNodes nodes.
  static Result<Selection> compile(const std::vector<NamedPointer>& pointers);

  /// The first is the root.
  const std::vector<SelectionNode>& nodes() const { return nodes_; }

  size_t size() const { return results_.size(); }

  /// Whether result `k` is a list, because its pointer has a `*`.
  bool isList(size_t k) const { return results_[k].isList; }

  /// The name of result `k` as a JSON string.
  const std::string& quotedName(size_t k) const { return results_[k].quotedName; }

 private:
  struct ResultName {
    std::string quotedName;
    bool isList;
  };

  std::vector<SelectionNode> nodes_;
  std::vector<ResultName> results_;
};

}  // namespace millrace
