#include "executor/task_deque.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "counting_task.h"

namespace millrace {
namespace {

struct Numbered final : Task {
  void run() override { runs.fetch_add(1, std::memory_order_relaxed); }
  std::atomic<int> runs{0};
};

std::vector<Task*> pointersTo(std::vector<Numbered>& tasks) {
  std::vector<Task*> pointers;
  for (Numbered& task : tasks) pointers.push_back(&task);
  return pointers;
}

TEST(TaskDeque, OwnerPopsTheNewestAndThievesTakeTheOldest) {
  std::vector<Numbered> tasks(3);
  TaskDeque deque;
  EXPECT_EQ(deque.push(pointersTo(tasks)), 3u);
  EXPECT_EQ(deque.size(), 3u);
  EXPECT_EQ(deque.pop(), &tasks[2]);
  EXPECT_EQ(deque.steal(), &tasks[0]);
  EXPECT_EQ(deque.pop(), &tasks[1]);
  EXPECT_EQ(deque.pop(), nullptr);
  EXPECT_EQ(deque.steal(), nullptr);
  EXPECT_EQ(deque.size(), 0u);
}

TEST(TaskDeque, TakesOnlyWhatFits) {
  std::vector<Numbered> tasks(TaskDeque::kCapacity + 5);
  const std::vector<Task*> pointers = pointersTo(tasks);
  TaskDeque deque;
  EXPECT_EQ(deque.push(pointers), TaskDeque::kCapacity);
  EXPECT_EQ(deque.push(std::span(pointers).last(5)), 0u);
  EXPECT_EQ(deque.steal(), pointers[0]);
  EXPECT_EQ(deque.push(std::span(pointers).last(5)), 1u);
  EXPECT_EQ(deque.pop(), pointers[TaskDeque::kCapacity]);
}

TEST(TaskDeque, EachTaskIsHadByExactlyOneThread) {
  constexpr size_t kTasks = 60'000;
  std::vector<Numbered> tasks(kTasks);
  const std::vector<Task*> pointers = pointersTo(tasks);
  TaskDeque deque;
  std::atomic<bool> done{false};
  auto thief = [&] {
    while (!done.load()) {
      if (Task* task = deque.steal()) task->run();
    }
  };
  std::thread first(thief);
  std::thread second(thief);
  size_t pushed = 0;
  for (size_t round = 0; pushed < kTasks; ++round) {
    const size_t count = std::min(kTasks - pushed, round % 7 + 1);
    pushed += deque.push(std::span(pointers).subspan(pushed, count));
    for (size_t i = 0; i < round % 5; ++i) {
      if (Task* task = deque.pop()) task->run();
    }
  }
  while (Task* task = deque.pop()) task->run();
  done = true;
  first.join();
  second.join();
  for (const Numbered& task : tasks) ASSERT_EQ(task.runs, 1);
}

}  // namespace
}  // namespace millrace
