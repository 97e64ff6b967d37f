// md4c reports no places. What a text callback is given points into the document, so a link's or
// heading's first text is known exactly; where its markup begins is found by going back from there.
// Between the two lies nothing but markup, because there was no text before.
#include <string>
#include <utility>
#include <vector>

#include "markup/markdown.h"
#include "markup/markdown_autolinks.h"
#include "markup/markdown_characters.h"
#include "markup/markdown_parser.h"
#include "markup/markdown_slugs.h"
#include "markup/markdown_source.h"

namespace millrace {
namespace {

using namespace markdown;

constexpr size_t kNowhere = std::string_view::npos;

/// Offsets of texts that point into a document.
class Locator {
 public:
  explicit Locator(std::string_view document) : document_(document) {}

  /// kNowhere for text that is not the document's own, such as a resolved entity.
  size_t offsetOf(std::string_view text) const {
    const auto begin = reinterpret_cast<uintptr_t>(document_.data());
    const auto at = reinterpret_cast<uintptr_t>(text.data());
    return at < begin || at >= begin + document_.size() ? kNowhere : at - begin;
  }

  std::string_view document() const { return document_; }

 private:
  const std::string_view document_;
};

/// What a leaf shows: plain text, and code as it is.
void appendShown(std::string& target, MD_TEXTTYPE type, std::string_view text) {
  switch (type) {
    case MD_TEXT_ENTITY:
      appendEntity(target, text);
      break;
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
      target += ' ';
      break;
    case MD_TEXT_HTML:
      break;
    default:
      target.append(text);
  }
}

struct FoundLink {
  MarkdownLink link;
  size_t offset = kNowhere;
};

class LinkEvents final : public Events {
 public:
  LinkEvents(std::string_view document, bool autolinks)
      : locator_(document), autolinks_(autolinks) {}

  void enterBlock(MD_BLOCKTYPE type, void*) override {
    flush();
    inCode_ = type == MD_BLOCK_CODE;
  }
  void leaveBlock(MD_BLOCKTYPE, void*) override {
    flush();
    inCode_ = false;
  }
  void enterSpan(MD_SPANTYPE type, void* detail) override;
  void leaveSpan(MD_SPANTYPE type, void* detail) override;
  void text(MD_TEXTTYPE type, std::string_view text) override;
  size_t produced() const override { return produced_ + pending_.size(); }

  std::vector<FoundLink>& found() { return found_; }

 private:
  /// Text that may hold bare addresses: where its pieces come from.
  struct Piece {
    size_t begin;
    size_t offset;
  };

  struct Span {
    bool image;
    size_t found;  ///< which link; kNowhere within an image's description
  };

  void open(MarkdownLinkKind kind, const MD_ATTRIBUTE& url, const MD_ATTRIBUTE& title);
  void locate(MD_TEXTTYPE type, std::string_view text);
  void locateEmpty(FoundLink& found, const MD_ATTRIBUTE& url) const;
  void flush();
  void addBare(const BareLink& bare);

  const Locator locator_;
  const bool autolinks_;
  std::vector<FoundLink> found_;
  std::vector<size_t> open_;     ///< links and images around the current place, by index
  std::vector<Span> unlocated_;  ///< the innermost spans, of any depth, that have had no text yet
  size_t images_ = 0;
  std::string pending_;
  std::vector<Piece> pieces_;
  size_t produced_ = 0;
  bool inCode_ = false;
};

void LinkEvents::enterSpan(MD_SPANTYPE type, void* detail) {
  flush();
  if (type == MD_SPAN_A) {
    const auto& link = *static_cast<MD_SPAN_A_DETAIL*>(detail);
    open(MarkdownLinkKind::kLink, link.href, link.title);
  } else if (type == MD_SPAN_IMG) {
    const auto& image = *static_cast<MD_SPAN_IMG_DETAIL*>(detail);
    open(MarkdownLinkKind::kImage, image.src, image.title);
    ++images_;
  } else if (type == MD_SPAN_CODE) {
    inCode_ = true;
  }
}

/// Links and images within an image's description are not rendered.
void LinkEvents::open(MarkdownLinkKind kind, const MD_ATTRIBUTE& url, const MD_ATTRIBUTE& title) {
  const bool image = kind == MarkdownLinkKind::kImage;
  unlocated_.push_back({image, images_ > 0 ? kNowhere : found_.size()});
  if (images_ > 0) return;
  FoundLink found;
  found.link.kind = kind;
  appendAttribute(found.link.url, url);
  found.link.hasTitle = title.text != nullptr;
  appendAttribute(found.link.title, title);
  produced_ += found.link.url.size() + found.link.title.size() + sizeof(FoundLink);
  open_.push_back(found_.size());
  found_.push_back(std::move(found));
}

void LinkEvents::leaveSpan(MD_SPANTYPE type, void* detail) {
  flush();
  if (type == MD_SPAN_CODE) inCode_ = false;
  if (type != MD_SPAN_A && type != MD_SPAN_IMG) return;
  if (type == MD_SPAN_IMG) --images_;
  const bool textless = !unlocated_.empty();
  if (textless) unlocated_.pop_back();
  if (images_ > 0) return;
  if (textless && detail != nullptr) {
    locateEmpty(found_[open_.back()], type == MD_SPAN_A
                                          ? static_cast<MD_SPAN_A_DETAIL*>(detail)->href
                                          : static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src);
  }
  open_.pop_back();
}

/// A link without text: `[](url)`, if the destination is the document's own.
void LinkEvents::locateEmpty(FoundLink& found, const MD_ATTRIBUTE& url) const {
  const std::string_view document = locator_.document();
  size_t at = url.text == nullptr ? kNowhere : locator_.offsetOf({url.text, url.size});
  if (at == kNowhere) return;
  while (at > 0 && (isAsciiSpace(document[at - 1]) || document[at - 1] == '<')) --at;
  const bool image = found.link.kind == MarkdownLinkKind::kImage;
  const std::string_view markup = image ? "![](" : "[](";
  if (at < markup.size() || document.substr(at - markup.size(), markup.size()) != markup) return;
  found.offset = at - markup.size();
}

/// Goes back from the first text, to the bracket of the innermost span first.
void LinkEvents::locate(MD_TEXTTYPE type, std::string_view text) {
  const std::string_view document = locator_.document();
  size_t at = locator_.offsetOf(text);
  for (; !unlocated_.empty(); unlocated_.pop_back()) {
    const Span span = unlocated_.back();
    FoundLink* found = span.found == kNowhere ? nullptr : &found_[span.found];
    if (at == kNowhere || at == 0) continue;
    if (type == MD_TEXT_NORMAL && document[at - 1] == '<' && !span.image) {
      --at;
      if (found != nullptr) found->link.kind = MarkdownLinkKind::kAutolink;
    } else {
      at = document.rfind('[', at - 1);
      if (at != kNowhere && span.image) at = at > 0 && document[at - 1] == '!' ? at - 1 : kNowhere;
    }
    if (found != nullptr) found->offset = at;
  }
}

void LinkEvents::text(MD_TEXTTYPE type, std::string_view text) {
  if (!unlocated_.empty()) locate(type, text);
  if (!open_.empty()) {
    // A link's own, or an image's and that of the link around it; links are not nested.
    for (const size_t index : open_) {
      std::string& shown = found_[index].link.text;
      const size_t before = shown.size();
      appendShown(shown, type, text);
      produced_ += shown.size() - before;
    }
    return;
  }
  const bool plain = type == MD_TEXT_NORMAL || type == MD_TEXT_ENTITY;
  if (!autolinks_ || inCode_ || !plain) {
    flush();
    return;
  }
  pieces_.push_back({pending_.size(), locator_.offsetOf(text)});
  appendShown(pending_, type, text);
}

void LinkEvents::flush() {
  if (pending_.empty()) return;
  BareLinkFinder finder(pending_);
  BareLink bare;
  while (finder.next(bare)) addBare(bare);
  pending_.clear();
  pieces_.clear();
}

void LinkEvents::addBare(const BareLink& bare) {
  FoundLink found;
  found.link.kind = MarkdownLinkKind::kAutolink;
  found.link.text.assign(pending_, bare.begin, bare.end - bare.begin);
  found.link.url.append(bare.prefix).append(found.link.text);
  size_t piece = pieces_.size() - 1;
  while (pieces_[piece].begin > bare.begin) --piece;
  if (pieces_[piece].offset != kNowhere) {
    found.offset = pieces_[piece].offset + (bare.begin - pieces_[piece].begin);
  }
  produced_ += 2 * found.link.text.size() + sizeof(FoundLink);
  found_.push_back(std::move(found));
}

struct FoundHeading {
  MarkdownHeading heading;
  size_t offset = kNowhere;
};

class HeadingEvents final : public Events {
 public:
  explicit HeadingEvents(std::string_view document) : locator_(document) {}

  void enterBlock(MD_BLOCKTYPE type, void* detail) override {
    if (type != MD_BLOCK_H) return;
    inside_ = true;
    current_ = {};
    current_.heading.level = static_cast<uint8_t>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
    anchor_.clear();
  }
  void leaveBlock(MD_BLOCKTYPE type, void*) override {
    if (type != MD_BLOCK_H) return;
    inside_ = false;
    current_.heading.slug = slugs_.next(anchor_);
    produced_ += current_.heading.text.size() + current_.heading.slug.size() + sizeof(FoundHeading);
    found_.push_back(std::move(current_));
  }
  void enterSpan(MD_SPANTYPE type, void*) override { images_ += type == MD_SPAN_IMG ? 1 : 0; }
  void leaveSpan(MD_SPANTYPE type, void*) override { images_ -= type == MD_SPAN_IMG ? 1 : 0; }

  void text(MD_TEXTTYPE type, std::string_view text) override {
    if (!inside_) return;
    if (current_.offset == kNowhere) locate(text);
    appendShown(current_.heading.text, type, text);
    if (images_ == 0) appendShown(anchor_, type, text);
  }
  size_t produced() const override { return produced_ + anchor_.size(); }

  std::vector<FoundHeading>& found() { return found_; }

 private:
  void locate(std::string_view text);

  const Locator locator_;
  std::vector<FoundHeading> found_;
  FoundHeading current_;
  std::string anchor_;
  Slugs slugs_;
  size_t images_ = 0;
  size_t produced_ = 0;
  bool inside_ = false;
};

/// Back from the first text to the '#'s of that level on the same line, or else over markup.
void HeadingEvents::locate(std::string_view text) {
  const size_t first = locator_.offsetOf(text);
  if (first == kNowhere) return;
  const std::string_view document = locator_.document();
  const size_t level = current_.heading.level;
  size_t word = first;
  while (word > 0 && !isAsciiSpace(document[word - 1])) --word;
  current_.offset = word;
  for (size_t at = first; at > 0 && document[at - 1] != '\n' && document[at - 1] != '\r'; --at) {
    if (document[at - 1] != '#') continue;
    size_t begin = at;
    while (begin > 0 && document[begin - 1] == '#') --begin;
    const bool apart =
        begin == 0 || isAsciiSpace(document[begin - 1]) || document[begin - 1] == '>';
    if (at - begin == level && apart && at < first && isAsciiSpace(document[at])) {
      current_.offset = begin;
      return;
    }
    at = begin + 1;
  }
}

class TextEvents final : public Events {
 public:
  explicit TextEvents(size_t bytes) { out_.reserve(bytes + 16); }

  void leaveBlock(MD_BLOCKTYPE type, void*) override {
    switch (type) {
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        out_ += '\t';
        break;
      case MD_BLOCK_TR:
        if (out_.ends_with('\t')) out_.pop_back();
        out_ += '\n';
        break;
      case MD_BLOCK_P:
      case MD_BLOCK_H:
      case MD_BLOCK_LI:
      case MD_BLOCK_CODE:
        endLine();
        break;
      default:
        break;
    }
  }
  /// A tight item's text is followed by what is nested in it.
  void enterBlock(MD_BLOCKTYPE, void*) override { endLine(); }

  void text(MD_TEXTTYPE type, std::string_view text) override {
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
      out_ += '\n';
    } else {
      appendShown(out_, type, text);
    }
  }
  size_t produced() const override { return out_.size(); }

  std::string take() { return std::move(out_); }

 private:
  void endLine() {
    if (!out_.empty() && out_.back() != '\n' && out_.back() != '\t') out_ += '\n';
  }

  std::string out_;
};

}  // namespace

Result<std::vector<MarkdownLink>> markdownLinks(std::string_view input,
                                                const MarkdownSyntax& syntax,
                                                const MarkdownCheckpoint& checkpoint) {
  const Result<Source> source = Source::of(input, syntax.maxBytes);
  if (!source) return source.error();
  LinkEvents events(source.value().text(), syntax.autolinks);
  Result<void> parsed = parse(source.value(), syntax, 0, events, checkpoint);
  if (!parsed) return std::move(parsed).error();
  PlaceCursor cursor(source.value());
  std::vector<MarkdownLink> links;
  links.reserve(events.found().size());
  size_t last = 0;
  for (FoundLink& found : events.found()) {
    // Ascending by construction; a place that is not has been misjudged and is none.
    if (found.offset != kNowhere && found.offset >= last) {
      found.link.place = cursor.at(found.offset);
      last = found.offset;
    }
    links.push_back(std::move(found.link));
  }
  return links;
}

Result<std::vector<MarkdownHeading>> markdownHeadings(std::string_view input,
                                                      const MarkdownSyntax& syntax,
                                                      const MarkdownCheckpoint& checkpoint) {
  const Result<Source> source = Source::of(input, syntax.maxBytes);
  if (!source) return source.error();
  HeadingEvents events(source.value().text());
  Result<void> parsed = parse(source.value(), syntax, 0, events, checkpoint);
  if (!parsed) return std::move(parsed).error();
  PlaceCursor cursor(source.value());
  std::vector<MarkdownHeading> headings;
  headings.reserve(events.found().size());
  size_t last = 0;
  for (FoundHeading& found : events.found()) {
    if (found.offset != kNowhere && found.offset >= last) {
      found.heading.place = cursor.at(found.offset);
      last = found.offset;
    }
    headings.push_back(std::move(found.heading));
  }
  return headings;
}

Result<std::string> markdownText(std::string_view input, const MarkdownSyntax& syntax,
                                 const MarkdownCheckpoint& checkpoint) {
  const Result<Source> source = Source::of(input, syntax.maxBytes);
  if (!source) return source.error();
  TextEvents events(source.value().text().size());
  Result<void> parsed = parse(source.value(), syntax, 0, events, checkpoint);
  if (!parsed) return std::move(parsed).error();
  return events.take();
}

}  // namespace millrace
