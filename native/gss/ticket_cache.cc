#include "failure.h"
#include "krb5_library.h"

namespace gssapi {
namespace backend {
namespace {

Status Begin(const char* call, Krb5Session* session) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  return Krb5() == nullptr ? Unsupported(call) : session->Begin();
}

}  // namespace

Status RenewTicket(const std::string& from, const std::string& to) {
  static constexpr char kCall[] = "krb5_get_renewed_creds";
  Krb5Session session;
  Status status = Begin(kCall, &session);
  if (!status.ok()) return status;
  TicketCache source(session);
  TicketCache target(session);
  Principal owner(session);
  Tickets tickets(session);
  krb5_context context = session.get();
  status = source.Resolve(from);
  if (status.ok()) status = target.Resolve(to);
  if (!status.ok()) return status;
  status = session.Check("krb5_cc_get_principal",
                         Krb5()->krb5_cc_get_principal(context, source.get(), owner.out()));
  if (!status.ok()) return status;
  status = session.Check(kCall, Krb5()->krb5_get_renewed_creds(context, tickets.get(), owner.get(),
                                                               source.get(), nullptr));
  if (!status.ok()) return status;
  status = session.Check("krb5_cc_initialize",
                         Krb5()->krb5_cc_initialize(context, target.get(), owner.get()));
  if (!status.ok()) return status;
  return session.Check("krb5_cc_store_cred",
                       Krb5()->krb5_cc_store_cred(context, target.get(), tickets.get()));
}

Status DestroyTicketCache(const std::string& name) {
  Krb5Session session;
  Status status = Begin("krb5_cc_destroy", &session);
  if (!status.ok()) return status;
  TicketCache cache(session);
  status = cache.Resolve(name);
  if (!status.ok()) return status;
  return cache.Destroy();
}

}  // namespace backend
}  // namespace gssapi
