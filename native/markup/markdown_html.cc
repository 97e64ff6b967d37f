// Invariants: plain text waits in `pending_` until something else follows, so that a bare address
// is found whole even where an entity or an escape cuts the text; within images only text is
// written, since a description is an attribute.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "markup/markdown.h"
#include "markup/markdown_autolinks.h"
#include "markup/markdown_characters.h"
#include "markup/markdown_html_text.h"
#include "markup/markdown_parser.h"
#include "markup/markdown_slugs.h"
#include "markup/markdown_source.h"

namespace millrace {
namespace {

using namespace markdown;

constexpr size_t kNone = std::string_view::npos;

class HtmlWriter final : public Events {
 public:
  HtmlWriter(size_t sourceBytes, const MarkdownHtmlOptions& options) : options_(options) {
    out_.reserve(sourceBytes + sourceBytes / 4 + 64);
  }

  void enterBlock(MD_BLOCKTYPE type, void* detail) override;
  void leaveBlock(MD_BLOCKTYPE type, void* detail) override;
  void enterSpan(MD_SPANTYPE type, void* detail) override;
  void leaveSpan(MD_SPANTYPE type, void* detail) override;
  void text(MD_TEXTTYPE type, std::string_view text) override;
  size_t produced() const override { return out_.size() + pending_.size() + anchor_.size(); }

  std::string take() { return std::move(out_); }

 private:
  /// Blocks begin on lines of their own.
  void lineStart() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
  }
  std::string_view voidEnd() const { return options_.xhtml ? " />" : ">"; }
  void openList(const MD_BLOCK_OL_DETAIL& list);
  void openItem(const MD_BLOCK_LI_DETAIL& item);
  void openHeading(unsigned level);
  void closeHeading(unsigned level);
  void openCode(const MD_BLOCK_CODE_DETAIL& code);
  void openCell(std::string_view name, const MD_BLOCK_TD_DETAIL& cell);
  void openLink(const MD_SPAN_A_DETAIL& link);
  void closeImage(const MD_SPAN_IMG_DETAIL* image);
  void addPlain(MD_TEXTTYPE type, std::string_view text);
  void flush();
  void writeWithLinks(std::string_view text);
  void writeCode(std::string_view code);
  void writeHtml(std::string_view html);
  void writeDestination(const MD_ATTRIBUTE& destination);
  void writeTitle(const MD_ATTRIBUTE& title);

  const MarkdownHtmlOptions& options_;
  std::string out_;
  std::string pending_;
  std::string scratch_;
  std::string anchor_;  ///< the text of the heading that is open
  Slugs slugs_;
  size_t headingBegin_ = 0;
  size_t images_ = 0;
  size_t links_ = 0;
  bool inHeading_ = false;
  bool inCell_ = false;
};

void HtmlWriter::enterBlock(MD_BLOCKTYPE type, void* detail) {
  flush();
  lineStart();
  switch (type) {
    case MD_BLOCK_QUOTE:
      out_ += "<blockquote>\n";
      break;
    case MD_BLOCK_UL:
      out_ += "<ul>\n";
      break;
    case MD_BLOCK_OL:
      openList(*static_cast<MD_BLOCK_OL_DETAIL*>(detail));
      break;
    case MD_BLOCK_LI:
      openItem(*static_cast<MD_BLOCK_LI_DETAIL*>(detail));
      break;
    case MD_BLOCK_HR:
      out_.append("<hr").append(voidEnd()) += '\n';
      break;
    case MD_BLOCK_H:
      openHeading(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
      break;
    case MD_BLOCK_CODE:
      openCode(*static_cast<MD_BLOCK_CODE_DETAIL*>(detail));
      break;
    case MD_BLOCK_P:
      out_ += "<p>";
      break;
    case MD_BLOCK_TABLE:
      out_ += "<table>\n";
      break;
    case MD_BLOCK_THEAD:
      out_ += "<thead>\n";
      break;
    case MD_BLOCK_TBODY:
      out_ += "<tbody>\n";
      break;
    case MD_BLOCK_TR:
      out_ += "<tr>\n";
      break;
    case MD_BLOCK_TH:
      openCell("<th", *static_cast<MD_BLOCK_TD_DETAIL*>(detail));
      break;
    case MD_BLOCK_TD:
      openCell("<td", *static_cast<MD_BLOCK_TD_DETAIL*>(detail));
      break;
    default:
      break;
  }
}

void HtmlWriter::leaveBlock(MD_BLOCKTYPE type, void* detail) {
  flush();
  switch (type) {
    case MD_BLOCK_HTML:
      lineStart();
      break;
    case MD_BLOCK_QUOTE:
      out_ += "</blockquote>\n";
      break;
    case MD_BLOCK_UL:
      out_ += "</ul>\n";
      break;
    case MD_BLOCK_OL:
      out_ += "</ol>\n";
      break;
    case MD_BLOCK_LI:
      out_ += "</li>\n";
      break;
    case MD_BLOCK_H:
      closeHeading(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
      break;
    case MD_BLOCK_CODE:
      out_ += "</code></pre>\n";
      break;
    case MD_BLOCK_P:
      out_ += "</p>\n";
      break;
    case MD_BLOCK_TABLE:
      out_ += "</table>\n";
      break;
    case MD_BLOCK_THEAD:
      out_ += "</thead>\n";
      break;
    case MD_BLOCK_TBODY:
      out_ += "</tbody>\n";
      break;
    case MD_BLOCK_TR:
      out_ += "</tr>\n";
      break;
    case MD_BLOCK_TH:
      inCell_ = false;
      out_ += "</th>\n";
      break;
    case MD_BLOCK_TD:
      inCell_ = false;
      out_ += "</td>\n";
      break;
    default:
      break;
  }
}

void HtmlWriter::enterSpan(MD_SPANTYPE type, void* detail) {
  flush();
  if (type == MD_SPAN_A) ++links_;
  if (type == MD_SPAN_IMG && images_++ == 0) {
    out_ += "<img src=\"";
    writeDestination(static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src);
    out_ += "\" alt=\"";
  }
  if (images_ > 0) return;
  switch (type) {
    case MD_SPAN_EM:
      out_ += "<em>";
      break;
    case MD_SPAN_STRONG:
      out_ += "<strong>";
      break;
    case MD_SPAN_CODE:
      out_ += "<code>";
      break;
    case MD_SPAN_DEL:
      out_ += "<del>";
      break;
    case MD_SPAN_A:
      openLink(*static_cast<MD_SPAN_A_DETAIL*>(detail));
      break;
    default:
      break;
  }
}

void HtmlWriter::leaveSpan(MD_SPANTYPE type, void* detail) {
  flush();
  if (type == MD_SPAN_A) --links_;
  if (type == MD_SPAN_IMG && --images_ == 0) closeImage(static_cast<MD_SPAN_IMG_DETAIL*>(detail));
  if (images_ > 0) return;
  switch (type) {
    case MD_SPAN_EM:
      out_ += "</em>";
      break;
    case MD_SPAN_STRONG:
      out_ += "</strong>";
      break;
    case MD_SPAN_CODE:
      out_ += "</code>";
      break;
    case MD_SPAN_DEL:
      out_ += "</del>";
      break;
    case MD_SPAN_A:
      out_ += "</a>";
      break;
    default:
      break;
  }
}

void HtmlWriter::text(MD_TEXTTYPE type, std::string_view text) {
  const bool breaks = type == MD_TEXT_BR || type == MD_TEXT_SOFTBR;
  if (type == MD_TEXT_NORMAL || type == MD_TEXT_ENTITY || (breaks && images_ > 0)) {
    addPlain(type, breaks ? " " : text);
    return;
  }
  flush();
  if (type == MD_TEXT_HTML) {
    writeHtml(text);
  } else if (breaks) {
    if (type == MD_TEXT_BR || options_.hardBreaks) out_.append("<br").append(voidEnd());
    out_ += '\n';
    if (inHeading_) anchor_ += ' ';
  } else {
    writeCode(text);
  }
}

/// In a table's cell `\|` stands for '|' even in code, or else code could not contain one.
void HtmlWriter::writeCode(std::string_view code) {
  if (inHeading_ && images_ == 0) anchor_.append(code);
  for (size_t escape = inCell_ ? code.find("\\|") : kNone; escape != kNone;
       escape = code.find("\\|")) {
    appendEscaped(out_, code.substr(0, escape));
    code.remove_prefix(escape + 1);
    out_ += '|';
    code.remove_prefix(1);
  }
  appendEscaped(out_, code);
}

void HtmlWriter::addPlain(MD_TEXTTYPE type, std::string_view text) {
  const size_t begin = pending_.size();
  if (type == MD_TEXT_ENTITY) {
    appendEntity(pending_, text);
  } else {
    pending_.append(text);
  }
  if (inHeading_ && images_ == 0) anchor_.append(pending_, begin);
}

void HtmlWriter::flush() {
  if (pending_.empty()) return;
  if (options_.syntax.autolinks && links_ == 0 && images_ == 0) {
    writeWithLinks(pending_);
  } else {
    appendEscaped(out_, pending_);
  }
  pending_.clear();
}

void HtmlWriter::writeWithLinks(std::string_view text) {
  BareLinkFinder finder(text);
  size_t written = 0;
  BareLink link;
  while (finder.next(link)) {
    appendEscaped(out_, text.substr(written, link.begin - written));
    const std::string_view shown = text.substr(link.begin, link.end - link.begin);
    out_.append("<a href=\"").append(link.prefix);
    appendUrl(out_, shown);
    out_ += "\">";
    appendEscaped(out_, shown);
    out_ += "</a>";
    written = link.end;
  }
  appendEscaped(out_, text.substr(written));
}

void HtmlWriter::writeHtml(std::string_view html) {
  if (images_ > 0 || options_.rawHtml == RawHtml::kDrop) return;
  if (options_.rawHtml == RawHtml::kFilter) {
    appendFiltered(out_, html);
  } else {
    out_.append(html);
  }
}

void HtmlWriter::openList(const MD_BLOCK_OL_DETAIL& list) {
  if (list.start == 1) {
    out_ += "<ol>\n";
  } else {
    out_.append("<ol start=\"").append(std::to_string(list.start)).append("\">\n");
  }
}

void HtmlWriter::openItem(const MD_BLOCK_LI_DETAIL& item) {
  out_ += "<li>";
  if (item.is_task == 0) return;
  out_ += item.task_mark == ' ' ? R"(<input disabled="" type="checkbox")"
                                : R"(<input checked="" disabled="" type="checkbox")";
  out_.append(voidEnd()) += ' ';
}

void HtmlWriter::openHeading(unsigned level) {
  ((out_ += "<h") += static_cast<char>('0' + level)) += '>';
  headingBegin_ = out_.size();
  inHeading_ = options_.headingIds;
}

/// The anchor is known only now: it is put in before the heading's text. md4c leaves tabs at the
/// text's ends.
void HtmlWriter::closeHeading(unsigned level) {
  const size_t first = std::min(out_.find_first_not_of(" \t", headingBegin_), out_.size());
  out_.erase(headingBegin_, first - headingBegin_);
  while (out_.size() > headingBegin_ && (out_.back() == ' ' || out_.back() == '\t')) {
    out_.pop_back();
  }
  if (inHeading_) {
    scratch_.assign(" id=\"");
    appendEscaped(scratch_, slugs_.next(anchor_));
    scratch_ += '"';
    out_.insert(headingBegin_ - 1, scratch_);
    anchor_.clear();
    inHeading_ = false;
  }
  ((out_ += "</h") += static_cast<char>('0' + level)) += ">\n";
}

void HtmlWriter::openCode(const MD_BLOCK_CODE_DETAIL& code) {
  out_ += "<pre><code";
  if (code.lang.text != nullptr && code.lang.size > 0) {
    scratch_.clear();
    appendAttribute(scratch_, code.lang);
    out_ += " class=\"language-";
    appendEscaped(out_, scratch_);
    out_ += '"';
  }
  out_ += '>';
}

void HtmlWriter::openCell(std::string_view name, const MD_BLOCK_TD_DETAIL& cell) {
  constexpr std::array<std::string_view, 4> kAlignments = {"", " align=\"left\"",
                                                           " align=\"center\"", " align=\"right\""};
  inCell_ = true;
  out_.append(name).append(kAlignments[static_cast<size_t>(cell.align)]) += '>';
}

void HtmlWriter::openLink(const MD_SPAN_A_DETAIL& link) {
  out_ += "<a href=\"";
  writeDestination(link.href);
  out_ += '"';
  writeTitle(link.title);
  out_ += '>';
}

void HtmlWriter::closeImage(const MD_SPAN_IMG_DETAIL* image) {
  out_ += '"';
  if (image != nullptr) writeTitle(image->title);
  out_.append(voidEnd());
}

void HtmlWriter::writeDestination(const MD_ATTRIBUTE& destination) {
  scratch_.clear();
  appendAttribute(scratch_, destination);
  if (!options_.safeUrls || isSafeUrl(scratch_)) appendUrl(out_, scratch_);
}

void HtmlWriter::writeTitle(const MD_ATTRIBUTE& title) {
  if (title.text == nullptr || title.size == 0) return;
  out_ += " title=\"";
  scratch_.clear();
  appendAttribute(scratch_, title);
  appendEscaped(out_, scratch_);
  out_ += '"';
}

}  // namespace

Result<std::string> markdownToHtml(std::string_view input, const MarkdownHtmlOptions& options,
                                   const MarkdownCheckpoint& checkpoint) {
  const Result<Source> source = Source::of(input, options.syntax.maxBytes);
  if (!source) return source.error();
  HtmlWriter writer(source.value().text().size(), options);
  const unsigned flags = options.rawHtml == RawHtml::kEscape ? MD_FLAG_NOHTML : 0U;
  Result<void> parsed = parse(source.value(), options.syntax, flags, writer, checkpoint);
  if (!parsed) return std::move(parsed).error();
  return writer.take();
}

}  // namespace millrace
