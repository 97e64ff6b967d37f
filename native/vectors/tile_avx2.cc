// The build compiles this file for AVX2 with FMA; where it does not, the row is absent.
#include "vectors/tile_rows.h"

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>

#include "vectors/tile_variant.h"

namespace millrace {
namespace {

struct FloatLanes {
  using Scalar = float;
  using Vector = __m256;
  static constexpr size_t kWidth = 8;
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(float* to, Vector v) { _mm256_storeu_ps(to, v); }
  static Vector broadcast(float value) { return _mm256_set1_ps(value); }
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
  static Vector squareRoot(Vector v) { return _mm256_sqrt_ps(v); }
  static Vector clampToUnit(Vector v) {
    return _mm256_max_ps(_mm256_min_ps(v, _mm256_set1_ps(1.0F)), _mm256_set1_ps(-1.0F));
  }
  static uint32_t atLeast(Vector a, Vector b) {
    return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GE_OQ)));
  }
};

struct DoubleLanes {
  using Scalar = double;
  using Vector = __m256d;
  static constexpr size_t kWidth = 4;
  static Vector load(const double* from) { return _mm256_loadu_pd(from); }
  static void store(double* to, Vector v) { _mm256_storeu_pd(to, v); }
  static Vector broadcast(double value) { return _mm256_set1_pd(value); }
  static Vector add(Vector a, Vector b) { return _mm256_add_pd(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm256_sub_pd(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_pd(a, b, c); }
  static Vector squareRoot(Vector v) { return _mm256_sqrt_pd(v); }
  static Vector clampToUnit(Vector v) {
    return _mm256_max_pd(_mm256_min_pd(v, _mm256_set1_pd(1.0)), _mm256_set1_pd(-1.0));
  }
  static uint32_t atLeast(Vector a, Vector b) {
    return static_cast<uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_GE_OQ)));
  }
};

// 4 rows by 3 registers: 12 sums, 3 of the panel and 1 broadcast fill the 16 registers.
constexpr TileRow kRow = {kernelsFor<FloatLanes, 4, 3>(InstructionSet::kAvx2),
                          kernelsFor<DoubleLanes, 4, 3>(InstructionSet::kAvx2)};

}  // namespace

const TileRow* tileAvx2() {
  return &kRow;
}
}  // namespace millrace
#else
namespace millrace {
const TileRow* tileAvx2() {
  return nullptr;
}
}  // namespace millrace
#endif
