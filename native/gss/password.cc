#include "failure.h"
#include "krb5_library.h"

namespace gssapi {
namespace backend {
namespace {

// The tickets for the service that changes passwords: of a short life and for nothing else, as
// kpasswd asks for them. A KDC gives them also for a password that has expired.
constexpr char kService[] = "kadmin/changepw";
constexpr krb5_deltat kSeconds = 5 * 60;

class Options {
 public:
  explicit Options(const Krb5Session& session) : session_(session) {}
  ~Options() {
    if (options_ != nullptr) Krb5()->krb5_get_init_creds_opt_free(session_.get(), options_);
  }
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;

  Status Fill() {
    krb5_error_code code = Krb5()->krb5_get_init_creds_opt_alloc(session_.get(), &options_);
    if (code != 0) return session_.Check("krb5_get_init_creds_opt_alloc", code);
    Krb5()->krb5_get_init_creds_opt_set_tkt_life(options_, kSeconds);
    Krb5()->krb5_get_init_creds_opt_set_forwardable(options_, 0);
    Krb5()->krb5_get_init_creds_opt_set_proxiable(options_, 0);
    return Status::Ok();
  }
  krb5_get_init_creds_opt* get() const { return options_; }

 private:
  const Krb5Session& session_;
  krb5_get_init_creds_opt* options_ = nullptr;
};

// Without a prompter: with one, libkrb5 would change an expired password by itself.
Status Authenticate(const Krb5Session& session, const PasswordChange& change, Tickets* tickets) {
  Principal user(session);
  Options options(session);
  Status status = user.Parse(change.user);
  if (status.ok()) status = options.Fill();
  if (!status.ok()) return status;
  return session.Check("krb5_get_init_creds_password",
                       Krb5()->krb5_get_init_creds_password(
                           session.get(), tickets->get(), user.get(), change.old_password.text(),
                           nullptr, nullptr, 0, kService, options.get()));
}

// What the service says about a password that it refused: text, or Active Directory's rules.
std::string Reason(const Krb5Session& session, LibraryData* text) {
  char* message = nullptr;
  if (Krb5()->krb5_chpw_message == nullptr || Krb5()->krb5_free_string == nullptr ||
      Krb5()->krb5_chpw_message(session.get(), text->out(), &message) != 0) {
    return text->text();
  }
  std::string reason = message;
  Krb5()->krb5_free_string(session.get(), message);
  return reason;
}

Status Refused(int result, const std::string& code, const std::string& reason) {
  Failure failure;
  failure.code = kErrPasswordRefused;
  failure.call = "krb5_change_password";
  failure.major = GSS_S_FAILURE;
  failure.minor = static_cast<uint32_t>(result);
  failure.detail = code;
  failure.minor_messages = {reason};
  return Status::Fail(std::move(failure));
}

}  // namespace

Status ChangePassword(const PasswordChange& change) {
  static constexpr char kCall[] = "krb5_change_password";
  Krb5Session session;
  Status status = LoadLibrary();
  if (status.ok()) status = Krb5() == nullptr ? Unsupported(kCall) : session.Begin();
  if (!status.ok()) return status;
  Tickets tickets(session);
  status = Authenticate(session, change, &tickets);
  if (!status.ok()) return status;
  int result = 0;
  LibraryData code(session);
  LibraryData reason(session);
  status = session.Check(
      kCall, Krb5()->krb5_change_password(session.get(), tickets.get(), change.new_password.text(),
                                          &result, code.out(), reason.out()));
  if (!status.ok() || result == 0) return status;
  return Refused(result, code.text(), Reason(session, &reason));
}

}  // namespace backend
}  // namespace gssapi
