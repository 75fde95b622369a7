// The library, its mechanisms, and the pool: what belongs to no object.
#include "../pool/worker_pool.h"
#include "exports.h"

namespace gssapi {
namespace {

napi_value JsSelectLibrary(const Call& call) {
  Require(backend::SelectLibrary(call.Text(0)));
  return nullptr;
}

napi_value JsSetThreads(const Call& call) {
  WorkerPool::Instance().SetLimit(call.Uint32(0));
  return nullptr;
}

napi_value JsLibrary(const Call& call) {
  backend::LibraryInfo info;
  Require(backend::DescribeLibrary(&info));
  Napi::Object object = Napi::Object::New(call.env());
  object.Set("backend", info.backend);
  object.Set("implementation", info.implementation);
  object.Set("version", info.version);
  object.Set("path", info.path);
  object.Set("features", ToArray(call.env(), info.features));
  return object;
}

backend::Variable VariableAt(const Call& call, size_t i) {
  return call.IsNull(i) ? backend::Variable() : backend::Variable(call.Text(i));
}

napi_value JsReadVariable(const Call& call) {
  backend::Variable value;
  Require(backend::ReadVariable(call.Text(0), &value));
  return value ? Napi::String::New(call.env(), *value) : call.env().Null();
}

napi_value JsSwapVariable(const Call& call) {
  bool swapped = false;
  Require(backend::SwapVariable(call.Text(0), VariableAt(call, 1), VariableAt(call, 2), &swapped));
  return Napi::Boolean::New(call.env(), swapped);
}

Napi::Object ToObject(Napi::Env env, const backend::MechanismInfo& info) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("oid", info.oid);
  object.Set("name", info.name);
  object.Set("description", info.description);
  object.Set("saslName", info.sasl_name);
  object.Set("attributes", ToArray(env, info.attributes));
  return object;
}

napi_value JsMechanisms(const Call& call) {
  backend::MechanismFilter filter = {call.Texts(0), call.Texts(1), call.Texts(2)};
  std::vector<backend::MechanismInfo> mechanisms;
  Require(backend::IndicateMechanisms(filter, &mechanisms));
  Napi::Array array = Napi::Array::New(call.env(), mechanisms.size());
  for (uint32_t i = 0; i < mechanisms.size(); i++) {
    array.Set(i, ToObject(call.env(), mechanisms[i]));
  }
  return array;
}

napi_value JsDescribeMechanism(const Call& call) {
  backend::MechanismDetails details;
  Require(backend::DescribeMechanism(call.Text(0), &details));
  Napi::Object object = ToObject(call.env(), details.info);
  object.Set("knownAttributes", ToArray(call.env(), details.known_attributes));
  object.Set("nameTypes", ToArray(call.env(), details.name_types));
  return object;
}

napi_value JsDescribeAttribute(const Call& call) {
  backend::AttributeText text;
  Require(backend::DescribeAttribute(call.Text(0), &text));
  return ToArray(call.env(), {text.name, text.short_description, text.long_description});
}

napi_value JsMechanismOfSaslName(const Call& call) {
  std::string mechanism;
  Require(backend::MechanismOfSaslName(call.Text(0), &mechanism));
  return Napi::String::New(call.env(), mechanism);
}

napi_value JsCancel(const Call& call) {
  return Napi::Boolean::New(call.env(), call.data()->Cancel(call.Uint32(0)));
}

napi_value JsStatistics(const Call& call) {
  Napi::Object object = Napi::Object::New(call.env());
  auto set = [&](const char* key, size_t value) {
    object.Set(key, Napi::Number::New(call.env(), static_cast<double>(value)));
  };
  set("names", call.data()->Count(Kind::kName));
  set("credentials", call.data()->Count(Kind::kCredential));
  set("contexts", call.data()->Count(Kind::kContext));
  set("pending", call.data()->pending());
  WorkerPool::Statistics pool = WorkerPool::Instance().statistics();
  set("threads", pool.threads);
  set("network", pool.network);
  set("local", pool.local);
  set("aborted", pool.aborted);
  set("retired", pool.retired);
  return object;
}

}  // namespace

std::vector<Export> MechanismExports() {
  return {
      {"selectLibrary", Entry<JsSelectLibrary>},
      {"setThreads", Entry<JsSetThreads>},
      {"library", Entry<JsLibrary>},
      {"readVariable", Entry<JsReadVariable>},
      {"swapVariable", Entry<JsSwapVariable>},
      {"mechanisms", Entry<JsMechanisms>},
      {"describeMechanism", Entry<JsDescribeMechanism>},
      {"describeAttribute", Entry<JsDescribeAttribute>},
      {"mechanismOfSaslName", Entry<JsMechanismOfSaslName>},
      {"cancel", Entry<JsCancel>},
      {"statistics", Entry<JsStatistics>},
  };
}

}  // namespace gssapi
