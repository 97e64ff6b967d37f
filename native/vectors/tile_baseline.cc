// What every processor of the target architecture runs: NEON on ARM64; elsewhere plain loops over
// as many values as an SSE2 register holds, which compilers turn into its instructions. Without a
// fused multiply-add, a product is rounded before it is added: scores differ in their last bits
// from those of the other rows.
#include <cmath>
#include <cstring>

#include "vectors/tile_rows.h"
#include "vectors/tile_variant.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace millrace {
namespace {

#if defined(__aarch64__)

struct FloatLanes {
  using Scalar = float;
  using Vector = float32x4_t;
  static constexpr size_t kWidth = 4;
  static Vector load(const float* from) { return vld1q_f32(from); }
  static void store(float* to, Vector v) { vst1q_f32(to, v); }
  static Vector broadcast(float value) { return vdupq_n_f32(value); }
  static Vector add(Vector a, Vector b) { return vaddq_f32(a, b); }
  static Vector subtract(Vector a, Vector b) { return vsubq_f32(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return vfmaq_f32(c, a, b); }
  static Vector squareRoot(Vector v) { return vsqrtq_f32(v); }
  static Vector clampToUnit(Vector v) {
    return vmaxq_f32(vminq_f32(v, vdupq_n_f32(1.0F)), vdupq_n_f32(-1.0F));
  }
  static uint32_t atLeast(Vector a, Vector b) {
    const uint32x4_t bits = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(vcgeq_f32(a, b), bits));
  }
};

struct DoubleLanes {
  using Scalar = double;
  using Vector = float64x2_t;
  static constexpr size_t kWidth = 2;
  static Vector load(const double* from) { return vld1q_f64(from); }
  static void store(double* to, Vector v) { vst1q_f64(to, v); }
  static Vector broadcast(double value) { return vdupq_n_f64(value); }
  static Vector add(Vector a, Vector b) { return vaddq_f64(a, b); }
  static Vector subtract(Vector a, Vector b) { return vsubq_f64(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return vfmaq_f64(c, a, b); }
  static Vector squareRoot(Vector v) { return vsqrtq_f64(v); }
  static Vector clampToUnit(Vector v) {
    return vmaxq_f64(vminq_f64(v, vdupq_n_f64(1.0)), vdupq_n_f64(-1.0));
  }
  static uint32_t atLeast(Vector a, Vector b) {
    const uint64x2_t bits = {1, 2};
    return static_cast<uint32_t>(vaddvq_u64(vandq_u64(vcgeq_f64(a, b), bits)));
  }
};

// 32 registers: 4 rows by 4 registers are 16 sums.
constexpr size_t kStripRows = 4;
constexpr size_t kPanelRegisters = 4;

#else

template <typename Number>
struct Lanes {
  using Scalar = Number;
  static constexpr size_t kWidth = 16 / sizeof(Number);
#if defined(__GNUC__) || defined(__clang__)
  using Vector __attribute__((vector_size(16))) = Number;
#else
  struct Vector {
    Number values[kWidth];
    Number& operator[](size_t i) { return values[i]; }
    const Number& operator[](size_t i) const { return values[i]; }
  };
#endif

  template <typename Value>
  static Vector each(Value value) {
    Vector v = {};
    for (size_t i = 0; i < kWidth; ++i) v[i] = value(i);
    return v;
  }
  static Vector load(const Number* from) {
    Vector v;
    std::memcpy(&v, from, sizeof v);
    return v;
  }
  static void store(Number* to, Vector v) {
    std::memcpy(to, &v, sizeof v);
  }
  static Vector broadcast(Number value) {
    return each([value](size_t) { return value; });
  }
#if defined(__GNUC__) || defined(__clang__)
  static Vector add(Vector a, Vector b) {
    return a + b;
  }
  static Vector subtract(Vector a, Vector b) {
    return a - b;
  }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) {
    return a * b + c;
  }
#else
  static Vector add(Vector a, Vector b) {
    return each([&](size_t i) { return a[i] + b[i]; });
  }
  static Vector subtract(Vector a, Vector b) {
    return each([&](size_t i) { return a[i] - b[i]; });
  }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) {
    return each([&](size_t i) { return a[i] * b[i] + c[i]; });
  }
#endif
  static Vector squareRoot(Vector v) {
    return each([v](size_t i) { return std::sqrt(v[i]); });
  }
  static Vector clampToUnit(Vector v) {
    return each([v](size_t i) { return v[i] > 1 ? Number{1} : v[i] < -1 ? Number{-1} : v[i]; });
  }
  static uint32_t atLeast(Vector a, Vector b) {
    uint32_t bits = 0;
    for (size_t i = 0; i < kWidth; ++i) bits |= static_cast<uint32_t>(a[i] >= b[i]) << i;
    return bits;
  }
};
using FloatLanes = Lanes<float>;
using DoubleLanes = Lanes<double>;

// 16 registers: 4 rows by 2 registers leave room for the products.
constexpr size_t kStripRows = 4;
constexpr size_t kPanelRegisters = 2;

#endif

constexpr TileRow kRow = {
    kernelsFor<FloatLanes, kStripRows, kPanelRegisters>(InstructionSet::kBaseline),
    kernelsFor<DoubleLanes, kStripRows, kPanelRegisters>(InstructionSet::kBaseline)};

}  // namespace

const TileRow* tileBaseline() {
  return &kRow;
}

}  // namespace millrace
