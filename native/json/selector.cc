// Invariants: frames_ are the open containers that some pointer leads through, outermost first;
// each is of another node, because a node has one way to it. A value that no pointer leads through
// is passed over as a whole. unfinished_ counts the frames that can still yield something; at 0 a
// walk that need not see the rest stops.
#include "json/selector.h"

#include <algorithm>
#include <utility>

#include "json/json_check.h"
#include "text/utf8.h"

namespace millrace {
namespace {

constexpr uint32_t kNone = SelectionNode::kNone;

/// A value that was found. A name that is met again in its object takes the node's matches back.
struct Match {
  uint32_t node;
  std::string_view value;
};

struct Frame {
  uint32_t node;
  bool isObject;
  bool isSelected;    // it or a container around it is a result, so all of it is checked
  bool isUnfinished;  // it can still yield something
  bool isFresh;       // the cursor stands behind its opening bracket
  size_t begin;       // offset of the bracket
  uint64_t instance;  // tells one container of a node from the next
  uint64_t index;     // arrays: of the element at hand
  size_t listed;      // arrays: how many of the node's elements are passed
  size_t missing;     // objects: how many of the node's members have not been met
};

/// When a node was last met: in which container, and how many matches there were before.
struct Visit {
  uint64_t instance = 0;
  size_t matches = 0;
};

/// What a thread keeps between documents. Instances are never used twice, so visits of other
/// documents and selections mean nothing.
struct Scratch {
  std::vector<Frame> frames;
  std::vector<Match> matches;
  std::vector<Visit> visits;
  std::vector<uint8_t> open;
  std::string name;
  uint64_t instances = 0;

  static Scratch& ofThread() {
    static thread_local Scratch scratch;
    return scratch;
  }
};

constexpr size_t kMostKeptMatches = 65536;

uint32_t hexValue(std::string_view digits) {
  uint32_t value = 0;
  for (const char digit : digits) {
    value =
        value * 16 + static_cast<uint32_t>(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
  }
  return value;
}

/// The name that a string without its quotes stands for. A lone surrogate becomes a byte that is in
/// no UTF-8, so that such a name equals no pointer's. REQUIRES: correct escapes.
void unescape(std::string_view raw, std::string& name) {
  constexpr std::string_view kLetters = "bfnrt";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  name.clear();
  for (size_t k = 0; k < raw.size(); ++k) {
    if (raw[k] != '\\') {
      name += raw[k];
      continue;
    }
    const char c = raw[++k];
    if (c != 'u') {
      const size_t letter = kLetters.find(c);
      name += letter == std::string_view::npos ? c : kMeanings[letter];
      continue;
    }
    uint32_t unit = hexValue(raw.substr(k + 1, 4));
    k += 4;
    if (unit >= 0xD800 && unit < 0xDC00 && raw.substr(k + 1).starts_with("\\u")) {
      const uint32_t low = hexValue(raw.substr(k + 3, 4));
      if (low >= 0xDC00 && low < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        k += 6;
      }
    }
    if (unit >= 0xD800 && unit < 0xE000) {
      name += '\xFF';
    } else {
      appendUtf8(name, unit);
    }
  }
}

class Walk {
 public:
  Walk(const Selection& selection, std::string_view text, const SelectOptions& options,
       const Checkpoint& checkpoint)
      : nodes_(selection.nodes()),
        text_(text),
        checksAll_(options.validation == JsonValidation::kFull),
        maxDepth_(options.maxDepth),
        scratch_(Scratch::ofThread()),
        frames_(scratch_.frames),
        cursor_(text,
                checksAll_ ? StructuralCursor::Escapes::kCheck : StructuralCursor::Escapes::kIgnore,
                checkpoint) {
    frames_.clear();
    scratch_.matches.clear();
    if (scratch_.matches.capacity() > kMostKeptMatches) std::vector<Match>().swap(scratch_.matches);
    if (scratch_.visits.size() < nodes_.size()) scratch_.visits.resize(nodes_.size());
  }

  /// False when the document is not what it has to be.
  bool run() {
    cursor_.advance();
    if (!take(0)) return false;
    while (!frames_.empty()) {
      if (!checksAll_ && unfinished_ == 0) return !cursor_.faulty();
      if (!proceed()) return false;
    }
    if (cursor_.faulty() || cursor_.stopped()) return false;
    return !checksAll_ || cursor_.atEnd();
  }

  const std::vector<Match>& matches() const { return scratch_.matches; }
  const std::optional<Error>& stopped() const { return cursor_.stopped(); }

 private:
  /// Takes the value at hand, which `number` is the node of: enters a container that a pointer
  /// leads through, else passes over it.
  bool take(uint32_t number) {
    const bool isTarget = number != kNone && !nodes_[number].results.empty();
    if (number != kNone && nodes_[number].leadsThrough(cursor_.byte())) return enter(number);
    const size_t begin = cursor_.at();
    if (!pass(isTarget)) return false;
    return !isTarget || record(number, begin, cursor_.endOfPrevious());
  }

  bool enter(uint32_t number) {
    if (frames_.size() == maxDepth_) return false;
    const SelectionNode& node = nodes_[number];
    Frame frame{};
    frame.node = number;
    frame.isObject = cursor_.byte() == '{';
    frame.isSelected = !node.results.empty() || (!frames_.empty() && frames_.back().isSelected);
    frame.isUnfinished = true;
    frame.isFresh = true;
    frame.begin = cursor_.at();
    frame.instance = ++scratch_.instances;
    frame.missing = node.members.size();
    frames_.push_back(frame);
    ++unfinished_;
    cursor_.advance();
    return true;
  }

  static uint8_t closing(const Frame& frame) { return frame.isObject ? '}' : ']'; }

  /// The innermost frame's next member or element, or its end.
  bool proceed() {
    Frame& frame = frames_.back();
    if (cursor_.byte() == closing(frame)) return close();
    if (!std::exchange(frame.isFresh, false)) {
      if (cursor_.byte() != ',') return false;
      if (!checksAll_ && !frame.isUnfinished) return leave();
      cursor_.advance();
      ++frame.index;
    }
    return frame.isObject ? member() : element();
  }

  bool close() {
    const Frame frame = frames_.back();
    const size_t end = cursor_.at() + 1;
    frames_.pop_back();
    if (frame.isUnfinished) --unfinished_;
    cursor_.advance();
    return nodes_[frame.node].results.empty() || record(frame.node, frame.begin, end);
  }

  /// Passes over the rest of a frame that has nothing more to yield.
  bool leave() {
    frames_.pop_back();
    cursor_.skip(1);
    return true;
  }

  bool member() {
    if (cursor_.byte() != '"') return false;
    const size_t begin = cursor_.at() + 1;
    cursor_.advance();
    if (cursor_.byte() != ':') return false;
    const size_t end = cursor_.endOfPrevious() - 1;
    cursor_.advance();
    Frame& frame = frames_.back();
    std::string_view name;
    if (!readName(text_.substr(begin, end - begin), name)) return false;
    uint32_t number = nodes_[frame.node].member(name);
    if (number != kNone && !isFirst(frame, number)) {
      if (!checksAll_) {
        number = kNone;
      } else {
        takeBack(number);
      }
    }
    return take(number);
  }

  bool element() {
    Frame& frame = frames_.back();
    const SelectionNode& node = nodes_[frame.node];
    uint32_t number = node.everyElement;
    if (frame.listed < node.elements.size() && node.elements[frame.listed].index == frame.index) {
      number = node.elements[frame.listed++].node;
      if (frame.listed == node.elements.size() && node.everyElement == kNone) finish(frame);
    }
    return take(number);
  }

  /// Notes that the member `number` of the frame is met; false if it was met before.
  bool isFirst(Frame& frame, uint32_t number) {
    Visit& visit = scratch_.visits[number];
    if (visit.instance == frame.instance) return false;
    visit = {frame.instance, scratch_.matches.size()};
    if (--frame.missing == 0) finish(frame);
    return true;
  }

  /// Nothing more is to come from the frame, except the frame itself if it is a result.
  void finish(Frame& frame) {
    if (frame.isSelected || !frame.isUnfinished) return;
    frame.isUnfinished = false;
    --unfinished_;
  }

  /// Forgets what a member that is overwritten has yielded. Each match is looked at once per member
  /// of the selection, however often the names repeat.
  void takeBack(uint32_t number) {
    Visit& visit = scratch_.visits[number];
    std::vector<Match>& matches = scratch_.matches;
    const uint32_t end = nodes_[number].end;
    for (size_t k = visit.matches; k < matches.size(); ++k) {
      if (matches[k].node >= number && matches[k].node < end) matches[k].node = kNone;
    }
    // No match before this visit is dropped: the last of them was not taken back when it began.
    while (!matches.empty() && matches.back().node == kNone) matches.pop_back();
    visit.matches = matches.size();
  }

  bool pass(bool isTarget) {
    if (checksAll_ || isTarget || (!frames_.empty() && frames_.back().isSelected)) {
      return passValue(cursor_, text_, maxDepth_ - frames_.size(), scratch_.open);
    }
    switch (cursor_.byte()) {
      case '{':
      case '[':
        cursor_.skip(0);
        return true;
      case '}':
      case ']':
      case ':':
      case ',':
        return false;
      default:
        if (cursor_.atEnd()) return false;
        cursor_.advance();
        return true;
    }
  }

  /// Notes a value. Where the cursor has not looked at escapes, those of the value are looked at
  /// here.
  bool record(uint32_t node, size_t begin, size_t end) {
    const std::string_view value = text_.substr(begin, end - begin);
    if (!checksAll_ && !escapesAreGood(value)) return false;
    scratch_.matches.push_back({node, value});
    return true;
  }

  /// What a name stands for; false when its escapes are bad.
  bool readName(std::string_view raw, std::string_view& name) {
    name = raw;
    if (raw.find('\\') == std::string_view::npos) return true;
    if (!checksAll_ && !escapesAreGood(raw)) return false;
    unescape(raw, scratch_.name);
    name = scratch_.name;
    return true;
  }

  const std::vector<SelectionNode>& nodes_;
  const std::string_view text_;
  const bool checksAll_;
  const size_t maxDepth_;
  Scratch& scratch_;
  std::vector<Frame>& frames_;
  StructuralCursor cursor_;
  size_t unfinished_ = 0;
};

/// Why a walk refused the document. A touched walk may see less than all that is wrong with it;
/// what is told is the first.
Error problemOf(std::string_view document, const SelectOptions& options,
                const Checkpoint& checkpoint) {
  Result<std::optional<JsonProblem>> problem = findProblem(document, options.maxDepth, checkpoint);
  if (!problem) return std::move(problem).error();
  if (problem.value()) return problem.value()->asError(document);
  return Error::of(ErrorCode::kInternal, "JSON was refused without a reason");
}

}  // namespace

void SelectedValues::reset(size_t size) {
  size_t kept = 0;
  for (std::vector<std::string_view>& list : values_) {
    list.clear();
    kept += list.capacity();
  }
  if (kept > kMostKeptMatches) values_.clear();
  values_.resize(size);
}

Result<void> select(const Selection& selection, std::string_view document,
                    const SelectOptions& options, const Checkpoint& checkpoint,
                    SelectedValues& values) {
  values.reset(selection.size());
  Walk walk(selection, document, options, checkpoint);
  const bool done = walk.run();
  if (walk.stopped()) return *walk.stopped();
  if (!done) return problemOf(document, options, checkpoint);
  for (const Match& match : walk.matches()) {
    if (match.node == kNone) continue;
    for (const uint32_t k : selection.nodes()[match.node].results) values.add(k, match.value);
  }
  return {};
}

void appendValue(const Selection& selection, const SelectedValues& values, size_t k,
                 std::string& text) {
  const std::vector<std::string_view>& found = values.of(k);
  if (!selection.isList(k)) {
    if (!found.empty()) text.append(found.front());
    return;
  }
  char before = '[';
  if (found.empty()) text += before;
  for (const std::string_view value : found) {
    text += std::exchange(before, ',');
    text.append(value);
  }
  text += ']';
}

void appendObject(const Selection& selection, const SelectedValues& values, std::string& text) {
  char before = '{';
  for (size_t k = 0; k < selection.size(); ++k) {
    if (values.of(k).empty() && !selection.isList(k)) continue;
    text += std::exchange(before, ',');
    text.append(selection.quotedName(k));
    text += ':';
    appendValue(selection, values, k, text);
  }
  if (before == '{') text += before;
  text += '}';
}

}  // namespace millrace
