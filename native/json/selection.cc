// Invariants: the raw tree has one node per distinct prefix of the pointers. The compiled one is
// deterministic: an element's node is the union of what its index and what `*` lead to, so that a
// walk is in one node at a time. Both recurse at most kMaxSegments deep.
#include "json/selection.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace millrace {
namespace {

struct RawNode {
  std::map<std::string, std::unique_ptr<RawNode>> children;
  std::unique_ptr<RawNode> everyElement;
  std::vector<uint32_t> results;
};

Error invalid(std::string_view pointer, std::string_view reason) {
  std::string message = "the JSON Pointer '";
  message.append(pointer).append("' ").append(reason);
  return Error::of(ErrorCode::kInvalidArgument, std::move(message));
}

/// A segment without its escapes; nothing when a ~ is not followed by 0, 1 or 2.
std::optional<std::string> unescaped(std::string_view segment) {
  std::string name;
  for (size_t k = 0; k < segment.size(); ++k) {
    if (segment[k] != '~') {
      name += segment[k];
      continue;
    }
    if (++k == segment.size() || segment[k] < '0' || segment[k] > '2') return std::nullopt;
    name += "~/*"[segment[k] - '0'];
  }
  return name;
}

/// Follows `pointer` from `root`, making what is missing. Tells whether it has a wildcard.
Result<bool> addPointer(RawNode& root, std::string_view pointer, uint32_t result) {
  if (!pointer.empty() && pointer[0] != '/') return invalid(pointer, "does not begin with /");
  RawNode* node = &root;
  bool isList = false;
  size_t segments = 0;
  for (std::string_view rest = pointer; !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (++segments > Selection::kMaxSegments) return invalid(pointer, "has too many segments");
    std::unique_ptr<RawNode>* child = nullptr;
    if (segment == "*") {
      isList = true;
      child = &node->everyElement;
    } else {
      std::optional<std::string> name = unescaped(segment);
      if (!name) return invalid(pointer, "has a ~ that is not followed by 0, 1 or 2");
      child = &node->children[*std::move(name)];
    }
    if (!*child) *child = std::make_unique<RawNode>();
    node = child->get();
  }
  node->results.push_back(result);
  return isList;
}

/// The index that a segment means in an array; nothing for names, leading zeros and `-`.
std::optional<uint64_t> indexOf(std::string_view segment) {
  if (segment.empty() || segment.size() > 16) return std::nullopt;
  if (segment[0] == '0' && segment.size() > 1) return std::nullopt;
  uint64_t index = 0;
  for (const char digit : segment) {
    if (digit < '0' || digit > '9') return std::nullopt;
    index = index * 10 + static_cast<uint64_t>(digit - '0');
  }
  return index;
}

class Compiler {
 public:
  explicit Compiler(std::vector<SelectionNode>& nodes) : nodes_(nodes) {}

  /// Makes the node for all of `raw` at once and returns its number; kNone when there are too many.
  uint32_t add(const std::vector<const RawNode*>& raw) {
    if (nodes_.size() == Selection::kMaxNodes) return SelectionNode::kNone;
    const auto number = static_cast<uint32_t>(nodes_.size());
    nodes_.emplace_back();
    SelectionNode node;
    std::vector<const RawNode*> every;
    std::set<std::string_view> names;
    for (const RawNode* one : raw) {
      node.results.insert(node.results.end(), one->results.begin(), one->results.end());
      if (one->everyElement) every.push_back(one->everyElement.get());
      for (const auto& [name, child] : one->children) names.insert(name);
    }
    if (!every.empty() && (node.everyElement = add(every)) == SelectionNode::kNone) {
      return SelectionNode::kNone;
    }
    for (const std::string_view name : names) {
      if (!addNamed(node, raw, name, every)) return SelectionNode::kNone;
    }
    sort(node);
    node.end = static_cast<uint32_t>(nodes_.size());
    nodes_[number] = std::move(node);
    return number;
  }

 private:
  bool addNamed(SelectionNode& node, const std::vector<const RawNode*>& raw, std::string_view name,
                const std::vector<const RawNode*>& every) {
    std::vector<const RawNode*> named;
    for (const RawNode* one : raw) {
      const auto found = one->children.find(std::string(name));
      if (found != one->children.end()) named.push_back(found->second.get());
    }
    const uint32_t member = add(named);
    if (member == SelectionNode::kNone) return false;
    node.members.push_back({std::string(name), member});
    const std::optional<uint64_t> index = indexOf(name);
    if (!index) return true;
    uint32_t element = member;
    if (!every.empty()) {
      named.insert(named.end(), every.begin(), every.end());
      if ((element = add(named)) == SelectionNode::kNone) return false;
    }
    node.elements.push_back({*index, element});
    return true;
  }

  static void sort(SelectionNode& node) {
    std::sort(node.members.begin(), node.members.end(), [](const auto& a, const auto& b) {
      return a.name.size() != b.name.size() ? a.name.size() < b.name.size() : a.name < b.name;
    });
    std::sort(node.elements.begin(), node.elements.end(),
              [](const auto& a, const auto& b) { return a.index < b.index; });
    std::sort(node.results.begin(), node.results.end());
  }

  std::vector<SelectionNode>& nodes_;
};

std::string quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += "\\u00";
      result += kDigits[static_cast<unsigned char>(c) >> 4];
      result += kDigits[static_cast<unsigned char>(c) & 15];
    } else {
      result += c;
    }
  }
  return result += '"';
}

}  // namespace

uint32_t SelectionNode::member(std::string_view name) const {
  // Most nodes have a few members: what a search by halves saves begins at about eight.
  auto from = members.begin();
  if (members.size() > 8) {
    from = std::lower_bound(
        members.begin(), members.end(), name, [](const Member& member, std::string_view wanted) {
          return member.name.size() != wanted.size() ? member.name.size() < wanted.size()
                                                     : member.name < wanted;
        });
    return from != members.end() && from->name == name ? from->node : kNone;
  }
  for (; from != members.end(); ++from) {
    if (from->name == name) return from->node;
  }
  return kNone;
}

Result<Selection> Selection::compile(const std::vector<NamedPointer>& pointers) {
  Selection selection;
  RawNode root;
  for (size_t k = 0; k < pointers.size(); ++k) {
    Result<bool> isList = addPointer(root, pointers[k].pointer, static_cast<uint32_t>(k));
    if (!isList) return std::move(isList).error();
    selection.results_.push_back({quoted(pointers[k].name), isList.value()});
  }
  if (Compiler(selection.nodes_).add({&root}) == SelectionNode::kNone) {
    return Error::of(ErrorCode::kInvalidArgument,
                     "the JSON Pointers are too many, or their wildcards overlap too much");
  }
  return selection;
}

}  // namespace millrace
