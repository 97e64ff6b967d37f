// Checking JSON and selecting from it, and simdjson's parsers beside it on the same
// text: its document parser for a check of everything, its on-demand parser for three values.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "json/json_check.h"
#include "json/selector.h"

namespace millrace {
namespace {

const Checkpoint kGoOn = [] { return Result<void>(); };

/// Records of a dozen fields, as a web service returns them.
std::string documentOf(size_t bytes) {
  std::string text = R"({"meta":{"page":1,"total":90210,"next":"/items?page=2"},"items":[)";
  for (size_t k = 0; text.size() < bytes; ++k) {
    const std::string id = std::to_string(k * 7919);
    text += (k == 0 ? "" : ",") + std::string(R"({"id":)") + id + R"(,"name":"item )" + id +
            R"(","tags":["alpha","beta","gamma"],"price":)" + std::to_string(k % 1000) + R"(.5,)" +
            R"("active":true,"parent":null,"address":{"street":"Long Street )" + id +
            R"(","city":"Köln","geo":[50.9375,6.9603]},"text":"some words that describe \"item )" +
            id + R"(\" at more length than its name does, and a bit further still"})";
  }
  return text + R"(],"status":{"code":200,"message":"ok"}})";
}

const std::string& document(int64_t bytes) {
  static std::string text;
  static int64_t made = 0;
  if (made != bytes) text = documentOf(static_cast<size_t>(bytes));
  made = bytes;
  return text;
}

void countBytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(static_cast<int64_t>(text.size()) * state.iterations());
}

void BM_JsonTokens(benchmark::State& state) {
  const std::string& text = document(state.range(0));
  for (auto _ : state) {
    StructuralCursor cursor(text, StructuralCursor::Escapes::kIgnore, kGoOn);
    cursor.skip(1);
    benchmark::DoNotOptimize(cursor.at());
  }
  state.SetLabel(simdjson::get_active_implementation()->name());
  countBytes(state, text);
}
BENCHMARK(BM_JsonTokens)->Arg(20000)->Arg(4000000);

void BM_JsonCheck(benchmark::State& state) {
  const std::string& text = document(state.range(0));
  for (auto _ : state) {
    if (checkJson(text, 1024, kGoOn).value()) state.SkipWithError("refused");
  }
  countBytes(state, text);
}
BENCHMARK(BM_JsonCheck)->Arg(20000)->Arg(4000000);

void BM_JsonSelect(benchmark::State& state) {
  const std::string& text = document(state.range(0));
  const Selection selection =
      Selection::compile(
          {{"a", "/meta/total"}, {"b", "/items/3/address/city"}, {"c", "/status/code"}})
          .value();
  const auto validation = static_cast<JsonValidation>(state.range(1));
  state.SetLabel(validation == JsonValidation::kFull ? "full" : "touched");
  SelectedValues values;
  for (auto _ : state) {
    if (!select(selection, text, {validation, 1024}, kGoOn, values) || values.of(2).empty()) {
      state.SkipWithError("not found");
    }
  }
  countBytes(state, text);
}
BENCHMARK(BM_JsonSelect)->ArgsProduct({{20000, 4000000}, {0, 1}});

void BM_SimdjsonDocument(benchmark::State& state) {
  const simdjson::padded_string text(document(state.range(0)));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    if (parser.parse(text).error()) state.SkipWithError("refused");
  }
  state.SetLabel(simdjson::get_active_implementation()->name());
  countBytes(state, document(state.range(0)));
}
BENCHMARK(BM_SimdjsonDocument)->Arg(20000)->Arg(4000000);

void BM_SimdjsonOnDemand(benchmark::State& state) {
  const simdjson::padded_string text(document(state.range(0)));
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    simdjson::ondemand::document json = parser.iterate(text);
    const int64_t total = json["meta"]["total"].get_int64();
    const std::string_view city = json.at_pointer("/items/3/address/city").get_string();
    const int64_t code = json["status"]["code"].get_int64();
    if (total != 90210 || city.empty() || code != 200) state.SkipWithError("not found");
  }
  state.SetLabel(simdjson::builtin_implementation()->name());
  countBytes(state, document(state.range(0)));
}
BENCHMARK(BM_SimdjsonOnDemand)->Arg(20000)->Arg(4000000);

}  // namespace
}  // namespace millrace
