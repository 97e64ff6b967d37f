// Invariants: an alias node's target is never an alias and never open, so the tree has no cycle; a
// chain of children ends with kNoNode; a finished mapping's keys are kString and unique.
#include "markup/yaml_tree.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>

#include "markup/json_writer.h"

namespace millrace {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr size_t kNodesPerCheck = 1024;
constexpr size_t kFewKeys = 12;  // below it comparing all pairs is cheaper than sorting

/// Whether a collection may carry the tag; sets and ordered mappings keep their plain form.
bool fitsCollection(std::string_view tag, YamlKind kind) {
  if (tag.empty() || tag == "!") return true;
  if (!tag.starts_with(kTagPrefix)) return false;
  tag.remove_prefix(kTagPrefix.size());
  return kind == YamlKind::kMapping ? tag == "map" || tag == "set" : tag == "seq" || tag == "omap";
}

bool isScalarTag(std::string_view name) {
  constexpr std::string_view kNames[] = {"str",   "null",   "bool",     "int",
                                         "float", "binary", "timestamp"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

std::string quoted(std::string_view text) {
  constexpr size_t kShownBytes = 60;
  if (text.size() <= kShownBytes) return "\"" + std::string(text) + "\"";
  size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return "\"" + std::string(text.substr(0, end)) + "...\"";
}

}  // namespace

bool YamlTree::fail(ErrorCode code, std::string reason, size_t at) {
  mistake_ = {code, std::move(reason), at};
  return false;
}

bool YamlTree::tooManyAliases(size_t at) {
  return fail(ErrorCode::kTooLarge,
              "aliases and merges add more than maxAliasNodes (" +
                  std::to_string(options_.maxAliasNodes) + ") nodes",
              at);
}

std::string_view YamlTree::textOf(const YamlNode& node) const {
  return std::string_view(texts_).substr(node.textBegin, node.textSize);
}

void YamlTree::setText(YamlNode& node, std::string_view text) {
  node.textBegin = texts_.size();
  node.textSize = text.size();
  texts_.append(text);
}

YamlIndex YamlTree::targetOf(YamlIndex node) const {
  return nodes_[node].kind == YamlKind::kAlias ? nodes_[node].first : node;
}

/// Appends a node, hangs it into the innermost open collection and opens it if it is one.
bool YamlTree::add(const YamlNode& node, std::string_view anchor) {
  if (nodes_.size() >= kNoNode) return fail(ErrorCode::kTooLarge, "too many nodes", node.at);
  const auto index = static_cast<YamlIndex>(nodes_.size());
  nodes_.push_back(node);
  if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), index);
  if (!open_.empty()) {
    YamlNode& parent = nodes_[open_.back()];
    if (parent.first == kNoNode) {
      parent.first = index;
    } else {
      nodes_[parent.last].next = index;
    }
    parent.last = index;
  }
  if (node.open) open_.push_back(index);
  return true;
}

YamlNode YamlTree::nodeOf(const YamlScalar& scalar, size_t at) {
  YamlNode node;
  node.kind = scalar.kind;
  node.ms = scalar.ms;
  node.at = at;
  setText(node, scalar.text);
  return node;
}

bool YamlTree::scalar(std::string_view text, bool plain, std::string_view tag,
                      std::string_view anchor, size_t at) {
  YamlScalar scalar{YamlKind::kString, text, 0};
  const bool merging = options_.merge && options_.schema != YamlSchema::kFailsafe &&
                       options_.schema != YamlSchema::kJson;
  bool merge = merging && plain && tag.empty() && text == "<<";
  if (tag.starts_with(kTagPrefix)) {
    const std::string_view name = tag.substr(kTagPrefix.size());
    merge = merging && name == "merge" && text == "<<";
    if (!merge && isScalarTag(name)) {
      scalar = resolveTagged(text, name, options_.schema, options_.dates, scratch_);
      if (scalar.kind == YamlKind::kUnresolved) {
        return fail(ErrorCode::kSyntax, quoted(text) + " is no !!" + std::string(name), at);
      }
    } else if (!merge && !options_.ignoreTags) {
      return fail(ErrorCode::kSyntax, "unknown tag !!" + std::string(name) + " on a scalar", at);
    }
  } else if (tag.empty()) {
    if (plain) scalar = resolvePlain(text, options_.schema, options_.dates, scratch_);
    if (scalar.kind == YamlKind::kUnresolved) {
      return fail(ErrorCode::kSyntax, quoted(text) + " is no value of the JSON schema", at);
    }
  } else if (tag != "!" && !options_.ignoreTags) {
    return fail(ErrorCode::kSyntax, "unknown tag " + quoted(tag), at);
  }
  YamlNode node = nodeOf(scalar, at);
  node.merge = merge;
  return add(node, anchor);
}

bool YamlTree::begin(YamlKind kind, std::string_view tag, std::string_view anchor, size_t at) {
  if (open_.size() >= options_.limits.maxDepth) {
    return fail(ErrorCode::kTooLarge,
                "collections are nested deeper than maxDepth (" +
                    std::to_string(options_.limits.maxDepth) + ")",
                at);
  }
  if (!options_.ignoreTags && !fitsCollection(tag, kind)) {
    return fail(ErrorCode::kSyntax,
                "the tag " + quoted(tag) + " is unknown, or none of a " +
                    (kind == YamlKind::kMapping ? "mapping" : "sequence"),
                at);
  }
  YamlNode node;
  node.kind = kind;
  node.open = true;
  node.at = at;
  return add(node, anchor);
}

bool YamlTree::end() {
  const YamlIndex ended = open_.back();
  open_.pop_back();
  nodes_[ended].open = false;
  return nodes_[ended].kind != YamlKind::kMapping || finishMapping(ended);
}

bool YamlTree::alias(std::string_view anchor, size_t at) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    return fail(ErrorCode::kSyntax, "no anchor is named " + quoted(anchor), at);
  }
  if (nodes_[found->second].open) {
    return fail(ErrorCode::kSyntax,
                "the alias " + quoted(anchor) + " is inside the collection that it names", at);
  }
  YamlNode node;
  node.kind = YamlKind::kAlias;
  node.first = found->second;
  node.at = at;
  return add(node, {});
}

/// Makes a key the string that JavaScript would make of its value.
bool YamlTree::nameKey(YamlIndex key) {
  const size_t at = nodes_[key].at;
  if (nodes_[key].kind == YamlKind::kAlias) {
    YamlNode copy = nodes_[nodes_[key].first];
    copy.next = nodes_[key].next;
    copy.merge = false;
    copy.at = at;
    nodes_[key] = copy;
  }
  YamlNode& node = nodes_[key];
  std::string name;
  switch (node.kind) {
    case YamlKind::kString:
    case YamlKind::kDate:
      node.kind = YamlKind::kString;
      return true;
    case YamlKind::kNull:
      name = "null";
      break;
    case YamlKind::kTrue:
      name = "true";
      break;
    case YamlKind::kFalse:
      name = "false";
      break;
    case YamlKind::kNumber:
      name = javascriptNumber(std::strtod(std::string(textOf(node)).c_str(), nullptr));
      break;
    case YamlKind::kNan:
      name = "NaN";
      break;
    case YamlKind::kInfinity:
      name = "Infinity";
      break;
    case YamlKind::kNegativeInfinity:
      name = "-Infinity";
      break;
    default:
      return fail(ErrorCode::kSyntax, "a key is a collection, which JSON cannot express", at);
  }
  node.kind = YamlKind::kString;
  setText(node, name);
  return true;
}

bool YamlTree::finishMapping(YamlIndex mapping) {
  size_t merges = 0;
  for (YamlIndex key = nodes_[mapping].first; key != kNoNode;) {
    if (nodes_[key].merge) {
      ++merges;
    } else if (!nameKey(key)) {
      return false;
    }
    key = nodes_[nodes_[key].next].next;
  }
  std::vector<Entry> entries;
  for (YamlIndex key = nodes_[mapping].first; key != kNoNode;) {
    const YamlIndex value = nodes_[key].next;
    if (!nodes_[key].merge) entries.push_back({textOf(nodes_[key]), key, value});
    key = nodes_[value].next;
  }
  if (!checkUnique(entries)) return false;
  return merges == 0 || mergeInto(mapping, entries);
}

/// Sorts the entries by key unless they are few.
bool YamlTree::checkUnique(std::vector<Entry>& entries) {
  const auto duplicate = [&](const Entry& one, const Entry& other) {
    const size_t at = std::max(nodes_[one.keyNode].at, nodes_[other.keyNode].at);
    return fail(ErrorCode::kSyntax, "duplicate key " + quoted(one.key), at);
  };
  if (entries.size() <= kFewKeys) {
    for (size_t i = 1; i < entries.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (entries[i].key == entries[j].key) return duplicate(entries[i], entries[j]);
      }
    }
    return true;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& one, const Entry& other) {
    return one.key != other.key ? one.key < other.key : one.keyNode < other.keyNode;
  });
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].key == entries[i - 1].key) return duplicate(entries[i], entries[i - 1]);
  }
  return true;
}

/// The mappings that a `<<` names: one, or a sequence of them.
bool YamlTree::collectSources(YamlIndex value, std::vector<YamlIndex>& sources) {
  const YamlIndex target = targetOf(value);
  if (nodes_[target].kind == YamlKind::kMapping) {
    sources.push_back(target);
    return true;
  }
  bool fits = nodes_[target].kind == YamlKind::kSequence;
  for (YamlIndex each = nodes_[target].first; fits && each != kNoNode; each = nodes_[each].next) {
    fits = nodes_[targetOf(each)].kind == YamlKind::kMapping;
    sources.push_back(targetOf(each));
    if (sources.size() > options_.maxAliasNodes) return tooManyAliases(nodes_[value].at);
  }
  return fits ||
         fail(ErrorCode::kSyntax, "<< takes a mapping or a sequence of mappings", nodes_[value].at);
}

/// Rebuilds the chain with the merged entries where the `<<` were. The mapping's own keys win, then
/// the earlier sources.
bool YamlTree::mergeInto(YamlIndex mapping, const std::vector<Entry>& entries) {
  std::set<std::string_view> taken;
  for (const Entry& each : entries) taken.insert(each.key);
  std::vector<YamlIndex> chain;
  std::vector<YamlIndex> sources;
  for (YamlIndex key = nodes_[mapping].first; key != kNoNode;) {
    const YamlIndex value = nodes_[key].next;
    const YamlIndex following = nodes_[value].next;
    if (!nodes_[key].merge) {
      chain.insert(chain.end(), {key, value});
    } else {
      sources.clear();
      if (!collectSources(value, sources)) return false;
      aliasNodes_ += sources.size();
      for (const YamlIndex source : sources) {
        for (YamlIndex from = nodes_[source].first; from != kNoNode;) {
          const YamlIndex fromValue = nodes_[from].next;
          if (++aliasNodes_ > options_.maxAliasNodes) return tooManyAliases(nodes_[value].at);
          if (taken.insert(textOf(nodes_[from])).second) {
            YamlNode keyCopy = nodes_[from];
            YamlNode reference;
            reference.kind = YamlKind::kAlias;
            reference.first = targetOf(fromValue);
            reference.at = nodes_[value].at;
            chain.push_back(static_cast<YamlIndex>(nodes_.size()));
            nodes_.push_back(keyCopy);
            chain.push_back(static_cast<YamlIndex>(nodes_.size()));
            nodes_.push_back(reference);
          }
          from = nodes_[fromValue].next;
        }
      }
    }
    key = following;
  }
  nodes_[mapping].first = chain.empty() ? kNoNode : chain.front();
  nodes_[mapping].last = chain.empty() ? kNoNode : chain.back();
  for (size_t i = 0; i < chain.size(); ++i) {
    nodes_[chain[i]].next = i + 1 < chain.size() ? chain[i + 1] : kNoNode;
  }
  return true;
}

Result<ParsedData> YamlTree::write(const DataCheckpoint& checkpoint) {
  JsonWriter writer(options_.limits);
  if (nodes_.empty()) {
    writer.null();
  } else {
    Result<void> written = writeNode(0, writer, checkpoint);
    if (written) written = writer.withinLimits();
    if (!written) return std::move(written).error();
  }
  return writer.finish();
}

// Recursive: the writer refuses what is nested deeper than maxDepth, aliases included.
Result<void> YamlTree::writeNode(YamlIndex index, JsonWriter& writer,
                                 const DataCheckpoint& checkpoint) {
  if (++written_ % kNodesPerCheck == 0) {
    Result<void> go = checkpoint();
    if (!go) return go;
  }
  if (aliasDepth_ > 0 && ++aliasNodes_ > options_.maxAliasNodes) {
    return Error::of(ErrorCode::kTooLarge, "aliases and merges add more than maxAliasNodes (" +
                                               std::to_string(options_.maxAliasNodes) + ") nodes");
  }
  const YamlNode& node = nodes_[index];
  switch (node.kind) {
    case YamlKind::kNull:
      writer.null();
      break;
    case YamlKind::kFalse:
    case YamlKind::kTrue:
      writer.boolean(node.kind == YamlKind::kTrue);
      break;
    case YamlKind::kNumber:
      writer.numberText(textOf(node));
      break;
    case YamlKind::kNan:
      writer.number(std::numeric_limits<double>::quiet_NaN());
      break;
    case YamlKind::kInfinity:
      writer.number(std::numeric_limits<double>::infinity());
      break;
    case YamlKind::kNegativeInfinity:
      writer.number(-std::numeric_limits<double>::infinity());
      break;
    case YamlKind::kDate:
      writer.date(node.ms);
      break;
    case YamlKind::kAlias: {
      ++aliasDepth_;
      Result<void> written = writeNode(node.first, writer, checkpoint);
      --aliasDepth_;
      return written;
    }
    case YamlKind::kSequence:
    case YamlKind::kMapping:
      return writeChildren(node, writer, checkpoint);
    case YamlKind::kString:
    case YamlKind::kUnresolved:
      writer.string(textOf(node));
      break;
  }
  return writer.withinLimits();
}

Result<void> YamlTree::writeChildren(const YamlNode& node, JsonWriter& writer,
                                     const DataCheckpoint& checkpoint) {
  const bool mapping = node.kind == YamlKind::kMapping;
  Result<void> done = mapping ? writer.beginObject() : writer.beginArray();
  for (YamlIndex child = node.first; done && child != kNoNode; child = nodes_[child].next) {
    if (mapping) {
      writer.key(textOf(nodes_[child]));
      child = nodes_[child].next;
    }
    done = writeNode(child, writer, checkpoint);
  }
  if (!done) return done;
  mapping ? writer.endObject() : writer.endArray();
  return writer.withinLimits();
}

}  // namespace millrace
