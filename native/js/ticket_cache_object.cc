// The face of ticket caches, by their names.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

struct Nothing {};

napi_value JsRenewTicket(const Call& call) {
  return Submit<Nothing>(
      call.data(), "gssapi:RenewTicket", Lane::kNetwork, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(2),
      [from = call.Text(0), to = call.Text(1)](Nothing*) { return backend::RenewTicket(from, to); },
      [](Napi::Env env, Nothing&) { return env.Undefined(); });
}

napi_value JsDestroyTicketCache(const Call& call) {
  return Submit<Nothing>(
      call.data(), "gssapi:DestroyTicketCache", Lane::kLocal, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(1), [name = call.Text(0)](Nothing*) { return backend::DestroyTicketCache(name); },
      [](Napi::Env env, Nothing&) { return env.Undefined(); });
}

}  // namespace

std::vector<Export> TicketCacheExports() {
  return {
      {"renewTicket", Entry<JsRenewTicket>},
      {"destroyTicketCache", Entry<JsDestroyTicketCache>},
  };
}

}  // namespace gssapi
