// Similarity searches: `matrix` and `queries` are { values, rows, columns } over a Float32Array or
// Float64Array, which is copied here and not looked at again.
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "binding/errors.h"
#include "binding/operation_factories.h"
#include "operations/similarity_operations.h"

namespace millrace::binding {
namespace {

using Made = std::shared_ptr<const Operation>;

Metric metricOf(const OptionReader& options) {
  return options.choice<Metric, 3>("metric", {"cosine", "dot", "euclidean"});
}

/// Names the argument, which the core does not know, in what lib/ would have thrown.
Napi::Error refusalOf(Napi::Env env, const std::string& name, const Error& error) {
  if (error.code != ErrorCode::kInvalidArgument) return toJsError(env, error);
  Napi::Error refusal = Napi::RangeError::New(env, "\"" + name + "\", " + error.message);
  refusal.Set("code", Napi::String::New(env, "ERR_OUT_OF_RANGE"));
  return refusal;
}

template <typename Scalar>
SharedMatrix<Scalar> packedMatrix(const OptionReader& options, const char* name) {
  const OptionReader given(options.value(name).As<Napi::Object>());
  const auto pack = [&](auto values) {
    return Matrix<Scalar>::pack(values, given.size("rows"), given.size("columns"),
                                metricOf(options));
  };
  const auto values = given.value("values").As<Napi::TypedArray>();
  const size_t length = values.ElementLength();
  auto matrix = [&] {
    if (values.TypedArrayType() == napi_float32_array) {
      return pack(std::span<const float>(values.As<Napi::Float32Array>().Data(), length));
    }
    return pack(std::span<const double>(values.As<Napi::Float64Array>().Data(), length));
  }();
  if (!matrix) throw refusalOf(options.env(), name, matrix.error());
  return std::make_shared<const Matrix<Scalar>>(std::move(matrix).value());
}

/// `threshold` is null where every score counts.
template <typename Scalar>
Limit<Scalar> limitOf(const OptionReader& options) {
  if (options.value("threshold").IsNull()) return Limit<Scalar>::none(metricOf(options));
  return Limit<Scalar>::of(metricOf(options), options.number("threshold"));
}

struct TopK {
  template <typename Scalar>
  static Made make(const OptionReader& options) {
    auto rows = packedMatrix<Scalar>(options, "matrix");
    const bool self = options.value("queries").IsNull();
    auto queries = self ? rows : packedMatrix<Scalar>(options, "queries");
    return std::make_shared<TopKOperation<Scalar>>(std::move(queries), std::move(rows),
                                                   options.size("k"), limitOf<Scalar>(options),
                                                   self && !options.flag("includeSelf"));
  }
};

struct Pairs {
  template <typename Scalar>
  static Made make(const OptionReader& options) {
    return std::make_shared<PairsOperation<Scalar>>(packedMatrix<Scalar>(options, "matrix"),
                                                    limitOf<Scalar>(options));
  }
};

struct Components {
  template <typename Scalar>
  static Made make(const OptionReader& options) {
    return std::make_shared<ClustersOperation<Scalar>>(packedMatrix<Scalar>(options, "matrix"),
                                                       limitOf<Scalar>(options));
  }
};

template <typename Search>
Made inPrecision(const OptionReader& options) {
  return options.text("precision") == "double" ? Search::template make<double>(options)
                                               : Search::template make<float>(options);
}

constexpr std::array<OperationFactory, 3> kFactories = {{
    {"similarity.topK", inPrecision<TopK>},
    {"similarity.pairs", inPrecision<Pairs>},
    {"similarity.clusters", inPrecision<Components>},
}};

}  // namespace

std::span<const OperationFactory> similarityFactories() {
  return kFactories;
}

}  // namespace millrace::binding
