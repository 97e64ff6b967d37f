// md4c ends at the first callback that returns a negative value; the reason waits in Run::failure.
// Where images and links overlap, md4c 0.4.8 can leave a span that it never entered: Run keeps the
// spans that are open, and Events get them properly nested.
#include "markup/markdown_parser.h"

#include <new>
#include <utility>
#include <vector>

#include "markup/markdown_characters.h"
#include "markup/markdown_guard.h"

namespace millrace::markdown {
namespace {

constexpr size_t kPollBytes = 64 * 1024;
constexpr size_t kPollEvents = 4096;

struct Run {
  Events& events;
  const MarkdownSyntax& syntax;
  const MarkdownCheckpoint& checkpoint;
  Result<void> failure{};
  size_t depth = 0;
  size_t polled = 0;
  size_t sincePoll = 0;
  std::vector<MD_SPANTYPE> spans{};

  int fail(Result<void> why) {
    failure = std::move(why);
    return -2;
  }

  int proceed() {
    const size_t produced = events.produced();
    if (produced > syntax.maxOutputBytes) {
      return fail(Error::of(
          ErrorCode::kTooLarge,
          "the result has more than " + std::to_string(syntax.maxOutputBytes) + " bytes"));
    }
    if (produced - polled < kPollBytes && ++sincePoll < kPollEvents) return 0;
    polled = produced;
    sincePoll = 0;
    Result<void> go = checkpoint();
    return go ? 0 : fail(std::move(go));
  }

  int enter(MD_BLOCKTYPE type) {
    if (type != MD_BLOCK_QUOTE && type != MD_BLOCK_UL && type != MD_BLOCK_OL) return 0;
    if (++depth <= syntax.maxNesting) return 0;
    return fail(Error::of(ErrorCode::kTooLarge, "more than " + std::to_string(syntax.maxNesting) +
                                                    " quotes and lists within each other"));
  }

  /// Spans that md4c has not left end with their block.
  void closeSpans() {
    for (; !spans.empty(); spans.pop_back()) events.leaveSpan(spans.back(), nullptr);
  }

  void leave(MD_BLOCKTYPE type) {
    if (type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL || type == MD_BLOCK_OL) --depth;
  }
};

/// Runs one callback's work; nothing may be thrown through md4c.
template <typename Work>
int guarded(void* data, Work work) {
  Run& run = *static_cast<Run*>(data);
  try {
    work(run);
    return run.proceed();
  } catch (const std::bad_alloc&) {
    return run.fail(Error::of(ErrorCode::kOutOfMemory));
  }
}

int enterBlock(MD_BLOCKTYPE type, void* detail, void* data) {
  if (const int failed = static_cast<Run*>(data)->enter(type); failed != 0) return failed;
  return guarded(data, [&](Run& run) {
    run.closeSpans();
    run.events.enterBlock(type, detail);
  });
}

int leaveBlock(MD_BLOCKTYPE type, void* detail, void* data) {
  static_cast<Run*>(data)->leave(type);
  return guarded(data, [&](Run& run) {
    run.closeSpans();
    run.events.leaveBlock(type, detail);
  });
}

int enterSpan(MD_SPANTYPE type, void* detail, void* data) {
  return guarded(data, [&](Run& run) {
    run.spans.push_back(type);
    run.events.enterSpan(type, detail);
  });
}

int leaveSpan(MD_SPANTYPE type, void* detail, void* data) {
  return guarded(data, [&](Run& run) {
    if (run.spans.empty() || run.spans.back() != type) return;
    run.spans.pop_back();
    run.events.leaveSpan(type, detail);
  });
}

int text(MD_TEXTTYPE type, const MD_CHAR* chars, MD_SIZE size, void* data) {
  return guarded(data, [&](Run& run) { run.events.text(type, {chars, size}); });
}

}  // namespace

Result<void> parse(const Source& source, const MarkdownSyntax& syntax, unsigned extraFlags,
                   Events& events, const MarkdownCheckpoint& checkpoint) {
  if (Result<void> go = checkpoint(); !go) return go;
  if (Result<void> fit = checkWork(source.text()); !fit) return fit;
  MD_PARSER parser{};
  parser.flags = extraFlags | (syntax.tables ? MD_FLAG_TABLES : 0U) |
                 (syntax.strikethrough ? MD_FLAG_STRIKETHROUGH : 0U) |
                 (syntax.taskLists ? MD_FLAG_TASKLISTS : 0U);
  parser.enter_block = enterBlock;
  parser.leave_block = leaveBlock;
  parser.enter_span = enterSpan;
  parser.leave_span = leaveSpan;
  parser.text = text;
  Run run{events, syntax, checkpoint};
  const std::string_view document = source.text();
  if (md_parse(document.data(), static_cast<MD_SIZE>(document.size()), &parser, &run) == 0) {
    return {};
  }
  // Without a reason of ours it was md4c's own, of which it has one: memory.
  return run.failure ? Result<void>(Error::of(ErrorCode::kOutOfMemory)) : std::move(run.failure);
}

void appendAttribute(std::string& target, const MD_ATTRIBUTE& attribute) {
  for (size_t i = 0; attribute.text != nullptr && attribute.substr_offsets[i] < attribute.size;
       ++i) {
    const MD_OFFSET begin = attribute.substr_offsets[i];
    const std::string_view part(attribute.text + begin, attribute.substr_offsets[i + 1] - begin);
    if (attribute.substr_types[i] == MD_TEXT_ENTITY) {
      appendEntity(target, part);
    } else {
      target.append(part);
    }
  }
}

}  // namespace millrace::markdown
