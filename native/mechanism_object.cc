// The library, its mechanisms, and the pool: what belongs to no object.
#include "exports.h"
#include "worker_pool.h"

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

napi_value JsMechanisms(const Call& call) {
  std::vector<backend::MechanismInfo> mechanisms;
  Require(backend::IndicateMechanisms(&mechanisms));
  Napi::Array array = Napi::Array::New(call.env(), mechanisms.size());
  for (uint32_t i = 0; i < mechanisms.size(); i++) {
    Napi::Object object = Napi::Object::New(call.env());
    object.Set("oid", mechanisms[i].oid);
    object.Set("name", mechanisms[i].name);
    object.Set("description", mechanisms[i].description);
    object.Set("saslName", mechanisms[i].sasl_name);
    object.Set("attributes", ToArray(call.env(), mechanisms[i].attributes));
    array.Set(i, object);
  }
  return array;
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
  set("threads", WorkerPool::Instance().threads());
  return object;
}

}  // namespace

std::vector<Export> MechanismExports() {
  return {
      {"selectLibrary", Entry<JsSelectLibrary>},
      {"setThreads", Entry<JsSetThreads>},
      {"library", Entry<JsLibrary>},
      {"mechanisms", Entry<JsMechanisms>},
      {"cancel", Entry<JsCancel>},
      {"statistics", Entry<JsStatistics>},
  };
}

}  // namespace gssapi
