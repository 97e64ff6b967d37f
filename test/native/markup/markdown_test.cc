#include "markup/markdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "text/utf8.h"

namespace millrace {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr uint64_t kMegabyte = 1 << 20;

MarkdownSyntax github() {
  return {true, true, true, true, 100, 16 * kMegabyte, 64 * kMegabyte};
}

Result<void> proceed() {
  return {};
}

MarkdownHtmlOptions options() {
  MarkdownHtmlOptions options{};
  options.syntax = github();
  return options;
}

std::string html(std::string_view markdown, const MarkdownHtmlOptions& options) {
  const Result<std::string> result = markdownToHtml(markdown, options, proceed);
  return result ? result.value() : "failed: " + result.error().message;
}
std::string html(std::string_view markdown) {
  return html(markdown, options());
}

ErrorCode failure(std::string_view markdown, const MarkdownHtmlOptions& options) {
  const Result<std::string> result = markdownToHtml(markdown, options, proceed);
  return result ? ErrorCode::kInternal : result.error().code;
}

std::string repeated(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(MarkdownHtml, GithubExtensions) {
  EXPECT_EQ(html("~~a~~ ~b~"), "<p><del>a</del> <del>b</del></p>\n");
  EXPECT_EQ(html("- [ ] a\n- [x] b\n"),
            "<ul>\n<li><input disabled=\"\" type=\"checkbox\"> a</li>\n"
            "<li><input checked=\"\" disabled=\"\" type=\"checkbox\"> b</li>\n</ul>\n");
  EXPECT_THAT(html("|a|b|\n|---|:---:|\n|`x\\|y`|\n"),
              HasSubstr("<td><code>x|y</code></td>\n<td align=\"center\"></td>"));
}

TEST(MarkdownHtml, SwitchesOfTheSyntax) {
  MarkdownHtmlOptions plain = options();
  plain.syntax.tables = plain.syntax.strikethrough = false;
  plain.syntax.taskLists = plain.syntax.autolinks = false;
  EXPECT_EQ(html("~~a~~ www.b.org", plain), "<p>~~a~~ www.b.org</p>\n");
  EXPECT_EQ(html("- [ ] a", plain), "<ul>\n<li>[ ] a</li>\n</ul>\n");
  EXPECT_THAT(html("|a|\n|---|\n", plain), Not(HasSubstr("<table>")));
}

TEST(MarkdownHtml, BareAddresses) {
  EXPECT_EQ(html("see https://a.org/x_y_z?b=1&amp;c=2."),
            "<p>see <a href=\"https://a.org/x_y_z?b=1&amp;c=2\">"
            "https://a.org/x_y_z?b=1&amp;c=2</a>.</p>\n");
  EXPECT_EQ(html("(www.a.org/b_(c))"),
            "<p>(<a href=\"http://www.a.org/b_(c)\">www.a.org/b_(c)</a>)</p>\n");
  EXPECT_EQ(html("mail a.b+c@d-e.org!"),
            "<p>mail <a href=\"mailto:a.b+c@d-e.org\">a.b+c@d-e.org</a>!</p>\n");
  EXPECT_EQ(html("`http://a.org` [www.a.org](b) www._b_.c"),
            "<p><code>http://a.org</code> <a href=\"b\">www.a.org</a> www.<em>b</em>.c</p>\n");
  EXPECT_EQ(html("a@b @c.d x@y. a@b.c@d xhttp://a"), "<p>a@b @c.d x@y. a@b.c@d xhttp://a</p>\n");
}

TEST(MarkdownHtml, RawHtml) {
  MarkdownHtmlOptions each = options();
  const std::string_view source = "a <b x=\"&\">c</b>\n\n<script>d</script>\n";
  EXPECT_EQ(html(source, each), "<p>a <b x=\"&\">c</b></p>\n<script>d</script>\n");
  each.rawHtml = RawHtml::kFilter;
  EXPECT_EQ(html(source, each), "<p>a <b x=\"&\">c</b></p>\n&lt;script>d&lt;/script>\n");
  each.rawHtml = RawHtml::kEscape;
  EXPECT_EQ(html(source, each),
            "<p>a &lt;b x=&quot;&amp;&quot;&gt;c&lt;/b&gt;</p>\n"
            "<p>&lt;script&gt;d&lt;/script&gt;</p>\n");
  each.rawHtml = RawHtml::kDrop;
  EXPECT_EQ(html(source, each), "<p>a c</p>\n");
}

TEST(MarkdownHtml, SafeUrls) {
  MarkdownHtmlOptions safe = options();
  safe.safeUrls = true;
  for (const std::string_view bad :
       {"javascript:a", "JAVAscript:a", "java&#x0A;script&colon;a", "vbscript:a", "file:///etc",
        "data:text/html,a", "&#1;javascript:a"}) {
    EXPECT_EQ(html("[x](" + std::string(bad) + ")", safe), "<p><a href=\"\">x</a></p>\n") << bad;
  }
  for (const std::string_view good :
       {"https://a", "a/javascript:b", "#c", "data:image/png,a", "d"}) {
    EXPECT_EQ(html("[x](" + std::string(good) + ")", safe),
              "<p><a href=\"" + std::string(good) + "\">x</a></p>\n");
  }
  EXPECT_EQ(html("<javascript:a>", safe), "<p><a href=\"\">javascript:a</a></p>\n");
  EXPECT_EQ(html("[x](javascript:a)"), "<p><a href=\"javascript:a\">x</a></p>\n");
}

TEST(MarkdownHtml, HeadingIds) {
  MarkdownHtmlOptions ids = options();
  ids.headingIds = true;
  EXPECT_EQ(html("# A *b* `c`!\n## A b c\n# a-b-c-1\n# ![d](e)\n", ids),
            "<h1 id=\"a-b-c\">A <em>b</em> <code>c</code>!</h1>\n"
            "<h2 id=\"a-b-c-1\">A b c</h2>\n<h1 id=\"a-b-c-1-1\">a-b-c-1</h1>\n"
            "<h1 id=\"\"><img src=\"e\" alt=\"d\"></h1>\n");
  EXPECT_EQ(html("# ΟΔΟΣ Ünï_çode 2", ids), "<h1 id=\"οδος-ünï_çode-2\">ΟΔΟΣ Ünï_çode 2</h1>\n");
}

TEST(MarkdownHtml, BreaksAndVoidElements) {
  MarkdownHtmlOptions each = options();
  EXPECT_EQ(html("a\nb  \nc\n\n---\n![x\ny](z)", each),
            "<p>a\nb<br>\nc</p>\n<hr>\n<p><img src=\"z\" alt=\"x y\"></p>\n");
  each.xhtml = each.hardBreaks = true;
  EXPECT_EQ(html("a\nb\n\n---\n![x](y \"t\")", each),
            "<p>a<br />\nb</p>\n<hr />\n<p><img src=\"y\" alt=\"x\" title=\"t\" /></p>\n");
}

TEST(MarkdownHtml, EntitiesEscapesAndUrls) {
  EXPECT_EQ(html("&copy; &#38; &#x1F600; &#0; &unknown; &lt;"),
            "<p>© &amp; \xF0\x9F\x98\x80 \xEF\xBF\xBD &amp;unknown; &lt;</p>\n");
  EXPECT_EQ(html("[a](b%20c%zz\\)ä&amp;)"), "<p><a href=\"b%20c%25zz)%C3%A4&amp;\">a</a></p>\n");
  EXPECT_EQ(html("[a](<b c\"> 'd\"')"), "<p><a href=\"b%20c%22\" title=\"d&quot;\">a</a></p>\n");
}

TEST(MarkdownHtml, AnyBytes) {
  EXPECT_EQ(html(""), "");
  EXPECT_EQ(html("\xEF\xBB\xBF# a"), "<h1>a</h1>\n");
  EXPECT_EQ(html(std::string_view("a\0b", 3)),
            "<p>a\xEF\xBF\xBD"
            "b</p>\n");
  EXPECT_EQ(html("a\xFF*b*\xC3"), "<p>a\xEF\xBF\xBD<em>b</em>\xEF\xBF\xBD</p>\n");
  EXPECT_EQ(html("a\r\n# b\rc"), "<p>a</p>\n<h1>b</h1>\n<p>c</p>\n");
  // What md4c reads behind its input is not the end of something.
  for (const std::string_view open :
       {"[a](", "[a](b", "[a](b ", "[a](b \"", "<!--", "<?", "```", "1.", "&#", "\\"}) {
    EXPECT_TRUE(isValidUtf8(html(open)));
  }
}

// md4c leaves a link here that it has never entered.
TEST(MarkdownHtml, OverlappingLinksAndImages) {
  const std::string_view source = "![foo ![bar](/[foo )[bar](/url]((/url2)url)]***(/url2)";
  EXPECT_THAT(html(source), Not(HasSubstr("</a>")));
  EXPECT_EQ(markdownLinks(source, github(), proceed).value().size(), 1U);
}

TEST(MarkdownLimits, Bytes) {
  MarkdownHtmlOptions small = options();
  small.syntax.maxBytes = 10;
  EXPECT_EQ(failure("01234567890", small), ErrorCode::kTooLarge);
  EXPECT_EQ(html("0123456789", small), "<p>0123456789</p>\n");
}

TEST(MarkdownLimits, OutputOfManyUsesOfOneDefinition) {
  MarkdownHtmlOptions small = options();
  small.syntax.maxOutputBytes = kMegabyte;
  const std::string source = "[x]: " + repeated("x", 50'000) + "\n" + repeated("\n[x]", 2000);
  EXPECT_EQ(failure(source, small), ErrorCode::kTooLarge);
  const auto links = markdownLinks(source, small.syntax, proceed);
  ASSERT_FALSE(links);
  EXPECT_EQ(links.error().code, ErrorCode::kTooLarge);
}

TEST(MarkdownLimits, OutputOfWideTables) {
  MarkdownHtmlOptions small = options();
  small.syntax.maxOutputBytes = kMegabyte;
  const std::string source =
      repeated("a|", 2000) + "\n" + repeated("---|", 2000) + "\n" + repeated("b\n", 2000);
  EXPECT_EQ(failure(source, small), ErrorCode::kTooLarge);
}

TEST(MarkdownLimits, Nesting) {
  EXPECT_THAT(html(repeated("> ", 100) + "a"), HasSubstr("<p>a</p>"));
  EXPECT_EQ(failure(repeated("> ", 101) + "a", options()), ErrorCode::kTooLarge);
  EXPECT_THAT(html(repeated("- ", 99) + "a"), HasSubstr("a</li>"));
  EXPECT_EQ(failure(repeated("1. ", 101) + "a", options()), ErrorCode::kTooLarge);
}

// Each takes md4c alone many seconds, or more memory than there is.
TEST(MarkdownLimits, RefusesWhatTakesQuadraticTime) {
  const std::string brackets = repeated("[", 100'000) + repeated("]", 100'000) + "\n\n[a]: b\n";
  const std::vector<std::string> hostile = {
      brackets,
      "[a]: b\n\n" + repeated("[\n", 100'000) + repeated("]\n", 100'000),
      repeated("](\n[", 100'000),
      repeated("][\n", 200'000),
      repeated("[a]: (\n", 200'000),
      repeated("* ", 100'000) + "a" + repeated("\n", 100'000),
      repeated("> ", 100'000) + "a",
      "<!--\n\n|a|\n|---|\n-->\n" + repeated("|[[[[[[|\n", 20'000) +
          repeated("|]]]]]]|\n", 20'000) + "\n[a]: b",
      "<!--\n```\n-->\n" + brackets,
      "- ```\n  ```\n" + brackets,
      "```\na\n ```\n```\n" + brackets + "```\n" + brackets,
  };
  for (const std::string& source : hostile) {
    EXPECT_EQ(failure(source, options()), ErrorCode::kTooLarge) << source.substr(0, 20);
  }
}

TEST(MarkdownLimits, TakesLargeDocumentsOfEveryKind) {
  const std::string definition = "\n[a]: b\n";
  const std::vector<std::string> ordinary = {
      repeated("- [text](https://a.org/b) and [another][a] one\n", 40'000) + definition,
      "|a|b|\n|---|---|\n" + repeated("|[x](y)|[z](w)|\n", 40'000) + definition,
      repeated("A paragraph with [a link](b) and [x] some more text in it.\n\n", 40'000) +
          definition,
      repeated("[1]: http://a.org/1\n", 2000) + repeated("See [1] and [2].\n\n", 20'000),
      "```\n" + repeated("\x1b[31m error \x1b[0m [x] { \"a\": [1, [2]] }\n", 4000) + "```\n" +
          definition,
      repeated("> quote\n> - item\n>   - deeper\n\n", 20'000),
      repeated("a ", 500'000),
  };
  for (const std::string& source : ordinary) {
    EXPECT_TRUE(markdownToHtml(source, options(), proceed)) << source.substr(0, 40);
  }
}

// Linear in md4c, and kept so: they are not refused.
TEST(MarkdownLimits, TakesHarmlessRepetitions) {
  for (const std::string_view part :
       {"*a_ ", "_a ",       "a_ ",          "a***",        "[a",   "a]",    "[ (](",
        "[ a_", "<>",        "<?",           "a <![CDATA[", "\\``", "www._", "http://_",
        "a@",   "( www.a.b", "http://a.b/(", "![",          "~a ",  "&a"}) {
    EXPECT_TRUE(markdownToHtml(repeated(part, 50'000), options(), proceed)) << part;
  }
}

TEST(MarkdownLimits, EndsWhenTold) {
  int left = 3;
  const MarkdownCheckpoint checkpoint = [&]() -> Result<void> {
    if (--left == 0) return Error::of(ErrorCode::kCancelled);
    return {};
  };
  const std::string source = repeated("word *word*\n\n", 100'000);
  const Result<std::string> result = markdownToHtml(source, options(), checkpoint);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(left, 0);
}

struct ShownLink {
  MarkdownLinkKind kind;
  std::string url, text, title;
  uint64_t line, column;
  bool operator==(const ShownLink&) const = default;
};
void PrintTo(const ShownLink& link, std::ostream* out) {
  *out << int(link.kind) << ' ' << link.url << " '" << link.text << "' '" << link.title << "' "
       << link.line << ':' << link.column;
}

std::vector<ShownLink> links(std::string_view markdown) {
  const auto found = markdownLinks(markdown, github(), proceed);
  std::vector<ShownLink> shown;
  for (const MarkdownLink& link : found.value()) {
    shown.push_back({link.kind, link.url, link.text, link.title, link.place ? link.place->line : 0,
                     link.place ? link.place->column : 0});
  }
  return shown;
}

TEST(MarkdownLinks, KindsAndPlaces) {
  constexpr auto kLink = MarkdownLinkKind::kLink;
  constexpr auto kImage = MarkdownLinkKind::kImage;
  constexpr auto kAutolink = MarkdownLinkKind::kAutolink;
  EXPECT_THAT(
      links("# a [b](c \"t\")\n\n> x ![d *e*](f) <http://g.h>\n> [**i**][j] ü www.k.l "
            "m@n.op\n\n[j]: q&amp;r 's'\n"),
      ElementsAre(ShownLink{kLink, "c", "b", "t", 1, 5}, ShownLink{kImage, "f", "d e", "", 3, 5},
                  ShownLink{kAutolink, "http://g.h", "http://g.h", "", 3, 17},
                  ShownLink{kLink, "q&r", "i", "s", 4, 3},
                  ShownLink{kAutolink, "http://www.k.l", "www.k.l", "", 4, 16},
                  ShownLink{kAutolink, "mailto:m@n.op", "m@n.op", "", 4, 24}));
}

TEST(MarkdownLinks, NestedEmptyAndEscaped) {
  constexpr auto kLink = MarkdownLinkKind::kLink;
  constexpr auto kImage = MarkdownLinkKind::kImage;
  EXPECT_THAT(
      links("[![a](b)](c) [](d) ![](<e f>) [\\[&amp;](g\\_h) `[x](y)`\n\n    [code](z)\n"),
      ElementsAre(ShownLink{kLink, "c", "a", "", 1, 1}, ShownLink{kImage, "b", "a", "", 1, 2},
                  ShownLink{kLink, "d", "", "", 1, 14}, ShownLink{kImage, "e f", "", "", 1, 20},
                  ShownLink{kLink, "g_h", "[&", "", 1, 31}));
  // A link in an image's description is not rendered, but has a bracket.
  EXPECT_THAT(
      links("![[a](b)](c) [![![d](e)](f)](g)"),
      ElementsAre(ShownLink{kImage, "c", "a", "", 1, 1}, ShownLink{kLink, "g", "d", "", 1, 14},
                  ShownLink{kImage, "f", "d", "", 1, 15}));
  // No text and a destination that is not in the document as it is: the place is unknown.
  EXPECT_THAT(links("[](a&amp;b)"), ElementsAre(ShownLink{kLink, "a&b", "", "", 0, 0}));
}

TEST(MarkdownLinks, OffsetsCountTheInput) {
  const std::string source = std::string("\xEF\xBB\xBFä") + '\0' + "\xF0\x9F\x98\x80\r\n[a](b)";
  const auto found = markdownLinks(source, github(), proceed);
  ASSERT_EQ(found.value().size(), 1U);
  const MarkdownPlace& place = found.value()[0].place.value();
  EXPECT_EQ(place.byte, source.find('['));
  EXPECT_EQ(place.utf16, 7U);
  EXPECT_EQ(place.line, 2U);
  EXPECT_EQ(place.column, 1U);
}

struct ShownHeading {
  int level;
  std::string text, slug;
  uint64_t line, column;
  bool operator==(const ShownHeading&) const = default;
};
void PrintTo(const ShownHeading& heading, std::ostream* out) {
  *out << heading.level << " '" << heading.text << "' " << heading.slug << ' ' << heading.line
       << ':' << heading.column;
}

std::vector<ShownHeading> headings(std::string_view markdown) {
  const auto found = markdownHeadings(markdown, github(), proceed);
  std::vector<ShownHeading> shown;
  for (const MarkdownHeading& heading : found.value()) {
    shown.push_back({heading.level, heading.text, heading.slug,
                     heading.place ? heading.place->line : 0,
                     heading.place ? heading.place->column : 0});
  }
  return shown;
}

TEST(MarkdownHeadings, LevelsAnchorsAndPlaces) {
  EXPECT_THAT(
      headings("# A\n\n  ## *B* #1 ##\n\n**C** d\ne\n---\n\n> ### [A](x) ![f](y)\n\n#\n\n```\n# "
               "no\n```\n# A\n"),
      ElementsAre(ShownHeading{1, "A", "a", 1, 1}, ShownHeading{2, "B #1", "b-1", 3, 3},
                  ShownHeading{2, "C d e", "c-d-e", 5, 1}, ShownHeading{3, "A f", "a-", 9, 3},
                  ShownHeading{1, "", "", 0, 0}, ShownHeading{1, "A", "a-1", 16, 1}));
}

TEST(MarkdownText, WithoutMarkup) {
  const auto text = markdownText(
      "# A *b*\n\nc [d](e) ![f](g) `h`<br>&amp;\ni\n\n- j\n  - k\n- "
      "l\n\n|m|n|\n|---|---|\n|o|p|\n\n```\nq\n```\n",
      github(), proceed);
  EXPECT_EQ(text.value(), "A b\nc d f h&\ni\nj\nk\nl\nm\tn\no\tp\nq\n");
}

}  // namespace
}  // namespace millrace
