// The build compiles this file for AVX-512; where it does not, the row is absent.
#include "vectors/tile_rows.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 sees an uninitialised value in its own "undefined vector" intrinsics.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#include "vectors/tile_variant.h"

namespace millrace {
namespace {

struct FloatLanes {
  using Scalar = float;
  using Vector = __m512;
  static constexpr size_t kWidth = 16;
  static Vector load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(float* to, Vector v) { _mm512_storeu_ps(to, v); }
  static Vector broadcast(float value) { return _mm512_set1_ps(value); }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
  static Vector squareRoot(Vector v) { return _mm512_sqrt_ps(v); }
  static Vector clampToUnit(Vector v) {
    return _mm512_max_ps(_mm512_min_ps(v, _mm512_set1_ps(1.0F)), _mm512_set1_ps(-1.0F));
  }
  static uint32_t atLeast(Vector a, Vector b) { return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ); }
};

struct DoubleLanes {
  using Scalar = double;
  using Vector = __m512d;
  static constexpr size_t kWidth = 8;
  static Vector load(const double* from) { return _mm512_loadu_pd(from); }
  static void store(double* to, Vector v) { _mm512_storeu_pd(to, v); }
  static Vector broadcast(double value) { return _mm512_set1_pd(value); }
  static Vector add(Vector a, Vector b) { return _mm512_add_pd(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm512_sub_pd(a, b); }
  static Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_pd(a, b, c); }
  static Vector squareRoot(Vector v) { return _mm512_sqrt_pd(v); }
  static Vector clampToUnit(Vector v) {
    return _mm512_max_pd(_mm512_min_pd(v, _mm512_set1_pd(1.0)), _mm512_set1_pd(-1.0));
  }
  static uint32_t atLeast(Vector a, Vector b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
};

// 8 rows by 2 registers: 16 sums, twice what two units of latency 4 need to stay busy.
constexpr TileRow kRow = {kernelsFor<FloatLanes, 8, 2>(InstructionSet::kAvx512),
                          kernelsFor<DoubleLanes, 8, 2>(InstructionSet::kAvx512)};

}  // namespace

const TileRow* tileAvx512() {
  return &kRow;
}
}  // namespace millrace
#else
namespace millrace {
const TileRow* tileAvx512() {
  return nullptr;
}
}  // namespace millrace
#endif
