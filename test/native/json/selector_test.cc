// Selected values as slices of their document, against what RFC 6901 and JSON.parse say.
#include "json/selector.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace millrace {
namespace {

const Checkpoint kGoOn = [] { return Result<void>(); };
constexpr JsonValidation kFull = JsonValidation::kFull;
constexpr JsonValidation kTouched = JsonValidation::kTouched;

/// The text of the object of what was found, with the pointers as names; or the error's message.
std::string found(const std::vector<std::string>& pointers, std::string_view document,
                  JsonValidation validation = kFull, size_t maxDepth = 1024) {
  std::vector<NamedPointer> named;
  for (const std::string& pointer : pointers) named.push_back({pointer, pointer});
  const Result<Selection> selection = Selection::compile(named);
  if (!selection) return selection.error().message;
  SelectedValues values;
  const Result<void> done =
      select(selection.value(), document, {validation, maxDepth}, kGoOn, values);
  if (!done) return std::string(codeOf(done.error().code)) + " " + done.error().message;
  std::string text;
  appendObject(selection.value(), values, text);
  return text;
}

void bothFind(const std::vector<std::string>& pointers, std::string_view document,
              std::string_view wanted) {
  EXPECT_EQ(found(pointers, document, kFull), wanted) << document;
  EXPECT_EQ(found(pointers, document, kTouched), wanted) << document;
}

TEST(Selector, FollowsTheExamplesOfRfc6901) {
  // The document of the RFC's section 5.
  constexpr std::string_view kDocument =
      R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";
  bothFind({"/foo"}, kDocument, R"({"/foo":["bar","baz"]})");
  bothFind({"/foo/0", "/foo/1", "/foo/2", "/foo/-", "/foo/00"}, kDocument,
           R"({"/foo/0":"bar","/foo/1":"baz"})");
  bothFind({"/", "/a~1b", "/c%d", "/e^f", "/g|h", "/ ", "/m~0n"}, kDocument,
           R"({"/":0,"/a~1b":1,"/c%d":2,"/e^f":3,"/g|h":4,"/ ":7,"/m~0n":8})");
  bothFind({"/i\\j", "/k\"l"}, kDocument, R"({"/i\\j":5,"/k\"l":6})");
  bothFind({""}, R"( {"a":[ 1 ]} )", R"({"":{"a":[ 1 ]}})");
}

TEST(Selector, PassesValuesOnAsTheyStand) {
  constexpr std::string_view kDocument =
      "{\"n\":[-0,1e999,123456789012345678901],\"s\":\"\\ud800 \\u0041\" , \"t\" : "
      "true\n,\"z\":null }";
  bothFind({"/n", "/s", "/t", "/z", "/n/1"}, kDocument,
           "{\"/n\":[-0,1e999,123456789012345678901],\"/s\":\"\\ud800 \\u0041\",\"/t\":true,"
           "\"/z\":null,\"/n/1\":1e999}");
}

TEST(Selector, LeavesOutWhatIsNotThere) {
  bothFind({"/a/b", "/c", "/a/b/c"}, R"({"a":1,"d":{"c":2}})", "{}");
  bothFind({"/a/b"}, R"([1,2])", "{}");
  bothFind({"/0"}, R"("text")", "{}");
  bothFind({"/0"}, R"({"0":"a member"})", R"({"/0":"a member"})");
  bothFind({}, R"({"a":1})", "{}");
}

TEST(Selector, FindsValuesWithinSelectedValues) {
  bothFind({"", "/a", "/a/b/1"}, R"({"a":{"b":[1,{"c":[]}]},"x":2})",
           R"({"":{"a":{"b":[1,{"c":[]}]},"x":2},"/a":{"b":[1,{"c":[]}]},"/a/b/1":{"c":[]}})");
}

TEST(Selector, ReadsEscapedNames) {
  bothFind({"/ä/😀"}, R"({"\u00e4":{"\ud83d\ude00":1}})", R"({"/ä/😀":1})");
  bothFind({"/a\nb"}, R"({"a\nb":[]})", R"({"/a\u000ab":[]})");
  bothFind({"/\xEF\xBF\xBD"}, R"({"\ud800":1})", "{}");
  bothFind({"/a/b"}, R"({"\u0061\/b":1,"a":{"\b\f\n\r\t":2,"b":3}})", R"({"/a/b":3})");
}

TEST(Selector, ListsEveryElement) {
  bothFind({"/l/*/id"}, R"({"l":[{"id":1},{"no":0},[],{"id":{"x":2}},7]})",
           R"({"/l/*/id":[1,{"x":2}]})");
  bothFind({"/*/*"}, "[[1,2],[],3,[[4]]]", R"({"/*/*":[1,2,[4]]})");
  bothFind({"/l/*"}, R"({"l":{"*":1}})", R"({"/l/*":[]})");
  bothFind({"/l/~2", "/l/*"}, R"({"l":{"*":1}})", R"({"/l/~2":1,"/l/*":[]})");
  bothFind({"/*/a", "/1/a", "/1", "/*"}, R"([{"a":1},{"a":2},{"a":3}])",
           R"({"/*/a":[1,2,3],"/1/a":2,"/1":{"a":2},"/*":[{"a":1},{"a":2},{"a":3}]})");
  bothFind({"/*/0", "/0/*"}, R"([[1,2],[3,4],{"0":5}])", R"({"/*/0":[1,3,5],"/0/*":[1,2]})");
}

TEST(Selector, TakesTheLastOfEqualNamesOrTheFirst) {
  constexpr std::string_view kDocument =
      R"({"a":{"x":1,"l":[1,2]},"b":0,"a":{"y":2},"\u0061":{"y":3}})";
  EXPECT_EQ(found({"/a/x", "/a/y", "/a/l/*", "/b"}, kDocument, kFull),
            R"({"/a/y":3,"/a/l/*":[],"/b":0})");
  EXPECT_EQ(found({"/a/x", "/a/y", "/a/l/*", "/b"}, kDocument, kTouched),
            R"({"/a/x":1,"/a/l/*":[1,2],"/b":0})");
  EXPECT_EQ(found({"/*/k"}, R"([{"k":1,"k":2},{"k":3},{"k":4,"k":5}])", kFull),
            R"({"/*/k":[2,3,5]})");
  EXPECT_EQ(found({"/a", "/b", "/a/c"}, R"({"a":1,"b":2,"a":{"c":3},"b":4,"a":5,"b":6})", kFull),
            R"({"/a":5,"/b":6})");
}

TEST(Selector, ChecksTheWholeDocumentOrWhatItTouches) {
  constexpr std::string_view kBroken = R"({"a":{"x":[1,,2]},"b":{"c":7},"z":tru})";
  EXPECT_EQ(found({"/b/c"}, kBroken, kFull), "ERR_SYNTAX expected a value behind ',', found ','");
  EXPECT_EQ(found({"/b/c"}, kBroken, kTouched), R"({"/b/c":7})");
  // What is selected is checked whatever the validation.
  EXPECT_EQ(found({"/a"}, kBroken, kTouched), "ERR_SYNTAX expected a value behind ',', found ','");
  EXPECT_EQ(found({"/z"}, R"({"z":tru})", kTouched), "ERR_SYNTAX expected true, found '}'");
  EXPECT_EQ(found({"/a", "/a/b"}, R"({"a":{"b":1,"c":01}})", kTouched),
            "ERR_SYNTAX a number may not begin with 0 and another digit");
  EXPECT_EQ(found({"/a"}, R"({"a":1} trailing)", kTouched), R"({"/a":1})");
  EXPECT_EQ(found({"/a"}, R"({"a":1} trailing)", kFull),
            "ERR_SYNTAX expected the end of the input, found 't'");
  EXPECT_EQ(found({"/a"}, "{\"b\":\"\xFF\",\"a\":1}", kTouched),
            "ERR_SYNTAX a string holds bytes that are not UTF-8");
  EXPECT_EQ(found({"/a"}, R"({"b":"\x","a":1})", kTouched), R"({"/a":1})");
  for (const std::string_view document :
       {R"({"a":"\x"})", R"({"a":{"\x":1}})", R"({"\x":1,"a":1})", R"({"a":"\u12"})"}) {
    EXPECT_EQ(found({"/a"}, document, kTouched).substr(0, 10), "ERR_SYNTAX") << document;
  }
}

TEST(Selector, RefusesBrokenDocumentsOnItsWay) {
  for (const std::string_view document :
       {"", "{", "{\"a\"", "{\"a\":", "{\"b\":{}", "{\"b\":1", "{\"b\":1,", "{\"b\" 1}", "{b:1}",
        "{\"b\":}", "{\"b\":]"}) {
    for (const JsonValidation validation : {kFull, kTouched}) {
      EXPECT_EQ(found({"/a/b"}, document, validation).substr(0, 10), "ERR_SYNTAX") << document;
    }
  }
}

TEST(Selector, NestsAsDeepAsItMay) {
  EXPECT_EQ(found({"/0/0"}, "[[[1]]]", kFull, 3), R"({"/0/0":[1]})");
  EXPECT_EQ(found({"/0/0"}, "[[[1]]]", kFull, 2), "ERR_TOO_LARGE nested deeper than 2 levels");
  EXPECT_EQ(found({"/0/0/0"}, "[[[1]]]", kTouched, 2), "ERR_TOO_LARGE nested deeper than 2 levels");
  const std::string deep = std::string(100000, '[') + std::string(100000, ']');
  EXPECT_EQ(found({"/1"}, deep), "ERR_TOO_LARGE nested deeper than 1024 levels");
  std::string pointer;
  for (int level = 0; level < 1000; ++level) pointer += "/0";
  EXPECT_EQ(found({pointer}, std::string(1000, '[') + "1" + std::string(1000, ']')),
            "{\"" + pointer + "\":1}");
}

TEST(Selector, CrossesPiecesOfALargeDocument) {
  std::string document = "{\"skip\":[";
  for (int k = 0; k < 40000; ++k) document += "{\"n\":\"ä€😀\\n" + std::to_string(k) + "\"},";
  document += "0],\"list\":[";
  std::string wanted = "{\"/list/*/n\":[";
  for (int k = 0; k < 20000; ++k) {
    document += (k ? "," : "") + std::string("{\"n\":\"ä") + std::to_string(k) + "\",\"m\":[[]]}";
    wanted += (k ? "," : "") + std::string("\"ä") + std::to_string(k) + "\"";
  }
  document += "],\"end\":1}";
  bothFind({"/list/*/n", "/end"}, document, wanted + "],\"/end\":1}");
}

TEST(Selector, RepeatedNamesCostNoMoreThanTheirReading) {
  std::string document = "{\"l\":[";
  for (int k = 0; k < 20000; ++k) document += "1,";
  document += "1]";
  for (int k = 0; k < 200000; ++k) document += ",\"a\":[1],\"b\":2";
  document += "}";
  EXPECT_EQ(found({"/a/*", "/b", "/l/20000"}, document), R"({"/a/*":[1],"/b":2,"/l/20000":1})");
}

TEST(Selector, RefusesWhatIsNoPointer) {
  EXPECT_EQ(found({"a"}, "1"), "the JSON Pointer 'a' does not begin with /");
  EXPECT_EQ(found({"/a~"}, "1"),
            "the JSON Pointer '/a~' has a ~ that is not followed by 0, 1 or 2");
  EXPECT_EQ(found({"/~3"}, "1"),
            "the JSON Pointer '/~3' has a ~ that is not followed by 0, 1 or 2");
  std::string pointer;
  for (size_t k = 0; k <= Selection::kMaxSegments; ++k) pointer += "/a";
  EXPECT_NE(found({pointer}, "1").find("has too many segments"), std::string::npos);
  // Each of these doubles what the ones before make.
  std::vector<std::string> overlapping;
  std::string stars;
  for (int k = 0; k < 40; ++k) {
    overlapping.push_back(stars + "/0");
    stars += "/*";
  }
  overlapping.push_back(stars);
  EXPECT_EQ(found(overlapping, "1"),
            "the JSON Pointers are too many, or their wildcards overlap too much");
}

TEST(Selector, ServesManyThreadsAtOnce) {
  const Selection selection = Selection::compile({{"a", "/*/a"}, {"b", "/1/b"}}).value();
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < found.size(); ++t) {
    threads.emplace_back([&selection, &found, t] {
      const std::string document =
          R"([{"a":)" + std::to_string(t) + R"(},{"b":"x","a":[1,)" + std::to_string(t) + "]}]";
      SelectedValues values;
      for (int round = 0; round < 500; ++round) {
        found[t].clear();
        if (select(selection, document, {}, kGoOn, values)) {
          appendObject(selection, values, found[t]);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t t = 0; t < found.size(); ++t) {
    const std::string number = std::to_string(t);
    EXPECT_EQ(found[t], R"({"a":[)" + number + ",[1," + number + R"(]],"b":"x"})");
  }
}

TEST(Selector, StopsWhenTheCheckpointSaysSo) {
  const Result<Selection> selection = Selection::compile({{"a", "/a"}});
  const std::string document = "{\"b\":[" + std::string(3 << 20, '\n') + "1],\"a\":1}";
  SelectedValues values;
  for (const JsonValidation validation : {kFull, kTouched}) {
    const Result<void> done = select(
        selection.value(), document, {validation, 64},
        [] { return Result<void>(Error::of(ErrorCode::kTimeout)); }, values);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kTimeout);
  }
}

}  // namespace
}  // namespace millrace
