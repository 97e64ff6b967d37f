#include "operations/own_operation.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>

#include "millrace/operation.hpp"
#include "operations/item_storage.h"
#include "operations/own_library.h"

namespace millrace {
namespace {

using RunFunction = int32_t (*)(const void*, millrace_run*);

const millrace_field kFields[] = {{"count", MILLRACE_NUMBER}, {"text", MILLRACE_TEXT},
                                  {"data", MILLRACE_JSON},    {"bytes", MILLRACE_BYTES},
                                  {"ratio", MILLRACE_NUMBER}, {"more", MILLRACE_BYTES}};
enum Field : size_t { kCount, kText, kData, kBytes, kRatio, kMore };

millrace_operation described(RunFunction run) {
  return {"tested",
          MILLRACE_INPUT_BYTES,
          MILLRACE_PASSES_RESULT,
          0,
          nullptr,
          0,
          kFields,
          6,
          nullptr,
          run,
          nullptr};
}

/// One run, and what came of it.
struct Ran {
  explicit Ran(RunFunction run, std::string_view input = "input", int64_t deadlineNs = 0)
      : description(described(run)),
        operation(OwnOperation::make(description, "{}").value()),
        storage(operation->shape()) {
    ItemOutput output = storage.output();
    const Cancellation cancellation;
    result = operation->run({cancellation, deadlineNs}, bytesOf(input), output);
    passed = textOf(operation->passOn(bytesOf(input), output));
  }

  millrace_operation description;
  std::shared_ptr<const Operation> operation;
  ItemStorage storage;
  Result<void> result;
  std::string_view passed;
};

void expectFailure(RunFunction run, ErrorCode code, std::string_view message) {
  const Ran ran(run);
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().code, code);
  EXPECT_EQ(ran.result.error().message, message);
}

TEST(OwnOperation, FieldsOfEachKindArriveWhereTheyBelong) {
  const Ran ran([](const void*, millrace_run* run) -> int32_t {
    run->set_number(run, kRatio, 0.5);
    run->set_number(run, kCount, static_cast<double>(run->parts[0].size));
    run->append(run, kText, "one ", 4);
    run->append(run, kText, "zw\xC3\xB6lf", 6);
    run->append(run, kData, "[1,", 3);
    run->append(run, kData, "{}]", 3);
    std::memcpy(run->allocate(run, kBytes, 8), "12345678", 4);
    run->truncate(run, kBytes, 6);
    return 0;
  });
  ASSERT_TRUE(ran.result);
  EXPECT_EQ(ran.storage.numbers, (std::vector<double>{5, 0.5}));
  EXPECT_EQ(ran.storage.texts, (std::vector<std::string>{"one zw\xC3\xB6lf", "[1,{}]"}));
  EXPECT_EQ(textOf(ran.storage.blocks[0].view()), std::string_view("1234\0\0", 6));
  EXPECT_TRUE(ran.storage.blocks[1].empty());
  EXPECT_EQ(ran.passed, "one zw\xC3\xB6lf");
}

TEST(OwnOperation, FieldsThatAreNotSetAreNanAndEmpty) {
  const Ran ran([](const void*, millrace_run*) -> int32_t { return 0; });
  ASSERT_TRUE(ran.result);
  EXPECT_TRUE(std::isnan(ran.storage.numbers[0]));
  EXPECT_EQ(ran.storage.texts[1], "");
}

TEST(OwnOperation, FailuresCarryCodeMessageAndPosition) {
  const Ran ran([](const void*, millrace_run* run) -> int32_t {
    const millrace_position position = {10, 2, 3};
    run->errors->fail(run->errors, MILLRACE_FAILED, "an earlier thought", nullptr);
    run->errors->fail(run->errors, MILLRACE_SYNTAX, "bad \xFF token", &position);
    return 1;
  });
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().code, ErrorCode::kSyntax);
  EXPECT_EQ(ran.result.error().message, "bad \xEF\xBF\xBD token");
  EXPECT_EQ(ran.result.error().position, (TextPosition{10, 2, 3}));

  const Ran system([](const void*, millrace_run* run) -> int32_t {
    run->errors->fail_system(run->errors, ENOSPC, "pwrite");
    return -1;
  });
  EXPECT_EQ(system.result.error().sysErrno, ENOSPC);
  EXPECT_STREQ(system.result.error().syscall, "pwrite");

  expectFailure([](const void*, millrace_run*) -> int32_t { return 7; },
                ErrorCode::kOperationFailed, "it has returned 7 without saying why");
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t {
        run->errors->fail(run->errors, 99, nullptr, nullptr);
        return 1;
      },
      ErrorCode::kOperationFailed, "");
}

TEST(OwnOperation, AReportedFailureWithoutAFailingReturnDoesNotCount) {
  EXPECT_TRUE(Ran([](const void*, millrace_run* run) -> int32_t {
                run->errors->fail(run->errors, MILLRACE_FAILED, "tried one way", nullptr);
                return 0;
              }).result);
}

TEST(OwnOperation, TextThatIsNoUtf8AndJsonThatIsNoneAreRefused) {
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t { return run->append(run, kText, "\xC3", 1); },
      ErrorCode::kOperationFailed, "text is not UTF-8");
  const Ran json([](const void*, millrace_run* run) -> int32_t {
    return run->append(run, kData, "{\"a\":}", 6);
  });
  EXPECT_EQ(json.result.error().code, ErrorCode::kOperationFailed);
  EXPECT_TRUE(json.result.error().message.starts_with("data is not JSON: "));
  const Ran deep([](const void*, millrace_run* run) -> int32_t {
    for (int i = 0; i < 100'000; ++i) run->append(run, kData, "[", 1);
    return 0;
  });
  EXPECT_EQ(deep.result.error().code, ErrorCode::kOperationFailed);
}

TEST(OwnOperation, FieldsOfAnotherKindOrBeyondTheLastMakeTheRunFail) {
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t {
        run->set_number(run, kText, 1);
        return 0;
      },
      ErrorCode::kOperationFailed, "it has used field 1 as a number, which it is not");
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t {
        EXPECT_NE(run->append(run, kCount, "x", 1), 0);
        return 0;
      },
      ErrorCode::kOperationFailed, "it has used field 0 as text, which it is not");
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t {
        EXPECT_EQ(run->allocate(run, 6, 10), nullptr);
        run->truncate(run, SIZE_MAX, 1);
        return 0;
      },
      ErrorCode::kOperationFailed, "it has used field 6 as bytes, which it is not");
  expectFailure(
      [](const void*, millrace_run* run) -> int32_t {
        run->allocate(run, kBytes, 4);
        run->truncate(run, kBytes, 5);
        return 0;
      },
      ErrorCode::kOperationFailed, "it has made a field longer with truncate()");
}

TEST(OwnOperation, MemoryThatIsNotThereIsAFailureOfTheItem) {
  // No block of that size: sanitizers end the process where malloc would return null.
  const Ran text([](const void*, millrace_run* run) -> int32_t {
    return run->append(run, kText, "x", SIZE_MAX / 2);
  });
  EXPECT_EQ(text.result.error().code, ErrorCode::kOutOfMemory);
}

TEST(OwnOperation, AnItemThatIsLateIsToldToStop) {
  const Ran late(
      [](const void*, millrace_run* run) -> int32_t {
        while (run->should_stop(run) == 0) continue;
        return 1;
      },
      "input", monotonicNs() + 2'000'000);
  EXPECT_EQ(late.result.error().code, ErrorCode::kTimeout);
}

TEST(OwnOperation, InstancesAreMadeFromOptionsAndDestroyed) {
  static int alive;
  alive = 0;
  static std::string seen;
  millrace_operation description =
      described([](const void* instance, millrace_run* run) -> int32_t {
        run->set_number(run, kCount, *static_cast<const int*>(instance));
        return 0;
      });
  description.create = [](millrace_bytes options, millrace_errors*, void** instance) -> int32_t {
    seen.assign(options.data, options.size);
    *instance = new int(41 + ++alive);
    return 0;
  };
  description.destroy = [](void* instance) {
    --alive;
    delete static_cast<int*>(instance);
  };
  {
    const auto operation = OwnOperation::make(description, "{\"a\":1}").value();
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(seen, "{\"a\":1}");
    ItemStorage storage(operation->shape());
    ItemOutput output = storage.output();
    const Cancellation cancellation;
    ASSERT_TRUE(operation->run({cancellation, 0}, {}, output));
    EXPECT_EQ(storage.numbers[0], 42);
  }
  EXPECT_EQ(alive, 0);
  description.create = [](millrace_bytes, millrace_errors* errors, void**) -> int32_t {
    errors->fail(errors, MILLRACE_INVALID_ARGUMENT, "a must not be 1", nullptr);
    return 1;
  };
  const auto refused = OwnOperation::make(description, "{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused.error().message, "a must not be 1");
}

/// What the C++ wrapper makes of exceptions.
struct Throwing {
  static constexpr millrace_field kFields[] = {{"", MILLRACE_TEXT}};
  explicit Throwing(std::string_view options) {
    if (options == "[]") throw own::Failure(MILLRACE_INVALID_ARGUMENT, "no object");
  }
  void run(own::Run& run) const {
    const std::string_view input = run.input();
    if (input == "failure") throw own::Failure(MILLRACE_SYNTAX, "bad", millrace_position{1, 1, 2});
    if (input == "memory") throw std::bad_alloc();
    if (input == "logic") throw std::logic_error("illogical");
    if (input == "int") throw 5;
    if (input == "system") run.failSystem(ENOENT, "open");
    if (input == "part") (void)run.input(1);
    if (input == "late") {
      for (;;) run.checkpoint();
    }
    run.append(0, "fine");
  }
};

TEST(OwnOperationWrapper, ExceptionsBecomeFailures) {
  const millrace_operation description = own::describe<Throwing>("throwing");
  EXPECT_EQ(OwnOperation::make(description, "[]").error().message, "no object");
  const auto operation = OwnOperation::make(description, "{}").value();
  const auto run = [&](std::string_view input) {
    ItemStorage storage(operation->shape());
    ItemOutput output = storage.output();
    const Cancellation cancellation;
    Result<void> result =
        operation->run({cancellation, monotonicNs() + 100'000'000}, bytesOf(input), output);
    return result ? Error::of(ErrorCode::kInternal, storage.texts[0]) : result.error();
  };
  EXPECT_EQ(run("").message, "fine");
  EXPECT_EQ(run("failure").code, ErrorCode::kSyntax);
  EXPECT_EQ(run("failure").position, (TextPosition{1, 1, 2}));
  EXPECT_EQ(run("memory").code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(run("logic").message, "illogical");
  EXPECT_EQ(run("int").code, ErrorCode::kOperationFailed);
  EXPECT_EQ(run("system").sysErrno, ENOENT);
  EXPECT_EQ(run("part").message, "there is no such part of the input");
  EXPECT_EQ(run("late").code, ErrorCode::kTimeout);
}

/// A library with one operation, changed by the tests.
struct Described {
  millrace_operation operation = described([](const void*, millrace_run*) -> int32_t { return 0; });
  millrace_library library = {MILLRACE_OPERATIONS_ABI, sizeof(millrace_operation), "1", &operation,
                              1};

  std::string problem() const {
    const Result<void> checked = checkOwnLibrary(&library);
    if (checked) return "";
    EXPECT_EQ(checked.error().code, ErrorCode::kAbiMismatch);
    return checked.error().message;
  }
};

TEST(OwnLibrary, WhatTheInterfaceDoesNotAllowIsRefusedWithTheReason) {
  EXPECT_EQ(Described().problem(), "");
  EXPECT_FALSE(checkOwnLibrary(nullptr));
  const auto problemAfter = [](auto&& change) {
    Described described;
    change(described);
    return described.problem();
  };
  EXPECT_EQ(problemAfter([](Described& d) { d.library.abi = 2; }),
            "the library is made for version 2 of the operations interface, and this is version 1");
  EXPECT_NE(problemAfter([](Described& d) { d.library.operation_size = 8; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.library.operation_count = 0; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.library.operations = nullptr; }), "");
  for (const char* name :
       {"", "with space", "1st", "\xC3\xB6", static_cast<const char*>(nullptr)}) {
    EXPECT_EQ(problemAfter([&](Described& d) { d.operation.name = name; }),
              "an operation's name is no name");
  }
  EXPECT_EQ(problemAfter([](Described& d) { d.operation.run = nullptr; }),
            "the operation tested has no run()");
  EXPECT_NE(problemAfter([](Described& d) { d.operation.flags = 2; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.operation.passes_on = 3; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.operation.input = 3; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.operation.field_count = 0; }), "");
  EXPECT_NE(problemAfter([](Described& d) { d.operation.input = MILLRACE_INPUT_PARTS; }), "");
  static const millrace_field kTwice[] = {{"a", MILLRACE_TEXT}, {"a", MILLRACE_TEXT}};
  EXPECT_EQ(problemAfter([](Described& d) {
              d.operation.fields = kTwice;
              d.operation.field_count = 2;
            }),
            "the operation tested has two fields named a");
  static const millrace_field kUnknown[] = {{"a", 4}};
  EXPECT_NE(problemAfter([](Described& d) {
              d.operation.fields = kUnknown;
              d.operation.field_count = 1;
            }),
            "");
  static const char* const kParts[] = {"a", "b", "a"};
  EXPECT_EQ(problemAfter([](Described& d) {
              d.operation.input = MILLRACE_INPUT_PARTS;
              d.operation.part_names = kParts;
              d.operation.part_count = 3;
            }),
            "the operation tested has two parts named a");
  static millrace_operation both[2];
  EXPECT_EQ(problemAfter([](Described& d) {
              both[0] = both[1] = d.operation;
              d.library.operations = both;
              d.library.operation_count = 2;
            }),
            "two operations are named tested");
}

TEST(OwnLibrary, FilesThatAreNoLibraryCannotBeOpened) {
  const auto missing = OwnLibrary::open("/no such file");
  EXPECT_EQ(missing.error().sysErrno, ENOENT);
  const auto text = OwnLibrary::open("/proc/self/status");
  EXPECT_EQ(text.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(OwnLibrary::open("/").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(OwnLibrary::open("").error().code, ErrorCode::kInvalidPath);
}

}  // namespace
}  // namespace millrace
