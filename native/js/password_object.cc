// The face of the change of a password.
#include "exports.h"
#include "job.h"

namespace gssapi {
namespace {

struct Nothing {};

napi_value JsChangePassword(const Call& call) {
  backend::PasswordChange change;
  change.user = call.Text(0);
  change.domain = call.Text(1);
  change.old_password = Secret(call.View(2));
  change.new_password = Secret(call.View(3));
  return Submit<Nothing>(
      call.data(), "gssapi:ChangePassword", Lane::kNetwork, nullptr, std::make_shared<JobQueue>(),
      call.Uint32(4),
      [change = std::move(change)](Nothing*) { return backend::ChangePassword(change); },
      [](Napi::Env env, Nothing&) { return env.Undefined(); });
}

}  // namespace

std::vector<Export> PasswordExports() {
  return {
      {"changePassword", Entry<JsChangePassword>},
  };
}

}  // namespace gssapi
