#include "operations/markdown_operations.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_string.h"

namespace millrace {
namespace {

ResultShape oneText() {
  ResultShape shape;
  shape.texts = 1;
  return shape;
}

Result<void> takeText(Result<std::string> text, ItemOutput& output) {
  if (!text) return std::move(text).error();
  output.texts[0] = std::move(text).value();
  return {};
}

void appendPlace(std::string& json, const std::optional<MarkdownPlace>& place, bool bytes) {
  if (!place) {
    json += R"(,"offset":null,"line":null,"column":null})";
    return;
  }
  json.append(",\"offset\":").append(std::to_string(bytes ? place->byte : place->utf16));
  json.append(",\"line\":").append(std::to_string(place->line));
  json.append(",\"column\":").append(std::to_string(place->column)) += '}';
}

void appendLink(std::string& json, const MarkdownLink& link, bool bytes) {
  constexpr std::string_view kKinds[] = {"link", "image", "autolink"};
  json.append(R"({"kind":")").append(kKinds[static_cast<size_t>(link.kind)]).append(R"(","url":)");
  appendJsonString(json, link.url);
  json += ",\"title\":";
  if (link.hasTitle) {
    appendJsonString(json, link.title);
  } else {
    json += "null";
  }
  json += ",\"text\":";
  appendJsonString(json, link.text);
  appendPlace(json, link.place, bytes);
}

void appendHeading(std::string& json, const MarkdownHeading& heading, bool bytes) {
  json.append("{\"level\":").append(std::to_string(heading.level)).append(",\"text\":");
  appendJsonString(json, heading.text);
  json += ",\"slug\":";
  appendJsonString(json, heading.slug);
  appendPlace(json, heading.place, bytes);
}

template <typename Item, typename Append>
Result<void> takeList(Result<std::vector<Item>> items, bool bytes, Append append,
                      ItemOutput& output) {
  if (!items) return std::move(items).error();
  std::string json = "[";
  for (const Item& item : items.value()) {
    if (json.size() > 1) json += ',';
    append(json, item, bytes);
  }
  json += ']';
  output.texts[0] = std::move(json);
  return {};
}

}  // namespace

ResultShape MarkdownToHtmlOperation::shape() const {
  return oneText();
}

Result<void> MarkdownToHtmlOperation::run(const ItemContext& context, ByteView input,
                                          ItemOutput& output) const {
  return takeText(markdownToHtml(textOf(input), options_, [&] { return context.check(); }), output);
}

ResultShape MarkdownTextOperation::shape() const {
  return oneText();
}

Result<void> MarkdownTextOperation::run(const ItemContext& context, ByteView input,
                                        ItemOutput& output) const {
  return takeText(markdownText(textOf(input), syntax_, [&] { return context.check(); }), output);
}

ResultShape MarkdownLinksOperation::shape() const {
  return oneText();
}

Result<void> MarkdownLinksOperation::run(const ItemContext& context, ByteView input,
                                         ItemOutput& output) const {
  return takeList(markdownLinks(textOf(input), options_.syntax, [&] { return context.check(); }),
                  options_.bytes, appendLink, output);
}

ResultShape MarkdownHeadingsOperation::shape() const {
  return oneText();
}

Result<void> MarkdownHeadingsOperation::run(const ItemContext& context, ByteView input,
                                            ItemOutput& output) const {
  return takeList(markdownHeadings(textOf(input), options_.syntax, [&] { return context.check(); }),
                  options_.bytes, appendHeading, output);
}

}  // namespace millrace
