#include "executor/parking.h"

#include <gtest/gtest.h>

#include <thread>

#include "counting_task.h"

namespace millrace {
namespace {

bool noWork() {
  return false;
}

// Work that was queued between the last look and the announcement: without the second look the
// worker would sleep on it for ever.
TEST(Parking, WhoSeesWorkAfterAnnouncingItselfDoesNotSleep) {
  Parking parking(1);
  Parking::Spot spot;
  size_t announced = 0;
  parking.park(spot, false, [&] {
    announced = parking.parked();
    return true;
  });
  EXPECT_EQ(announced, 1u);
  EXPECT_EQ(parking.parked(), 0u);
  EXPECT_EQ(parking.searching(), 1u);
}

TEST(Parking, NobodyIsWokenWhileOneSearches) {
  Parking parking(1);
  EXPECT_FALSE(parking.wakeOne());
  Parking::Spot spot;
  std::thread sleeper([&] { parking.park(spot, false, noWork); });
  waitUntil([&] { return parking.parked() == 1; });
  ASSERT_TRUE(parking.beginSearch());
  EXPECT_TRUE(parking.wakeOne());
  EXPECT_EQ(parking.parked(), 1u);
  EXPECT_TRUE(parking.endSearch());
  EXPECT_TRUE(parking.wakeOne());
  sleeper.join();
  EXPECT_EQ(parking.parked(), 0u);
  EXPECT_EQ(parking.searching(), 1u);  // the one that was woken
}

TEST(Parking, NoMoreThanTheLimitSearch) {
  Parking parking(2);
  EXPECT_TRUE(parking.beginSearch());
  EXPECT_TRUE(parking.beginSearch());
  EXPECT_FALSE(parking.beginSearch());
  EXPECT_FALSE(parking.endSearch());
  EXPECT_TRUE(parking.beginSearch());
}

TEST(Parking, CloseWakesAllAndKeepsNobody) {
  Parking parking(1);
  std::vector<Parking::Spot> spots(3);
  std::vector<std::thread> sleepers;
  for (Parking::Spot& spot : spots) {
    sleepers.emplace_back([&] { parking.park(spot, false, noWork); });
  }
  waitUntil([&] { return parking.parked() == 3; });
  parking.close();
  for (std::thread& sleeper : sleepers) sleeper.join();
  parking.park(spots[0], false, noWork);
  EXPECT_EQ(parking.parked(), 0u);
}

}  // namespace
}  // namespace millrace
