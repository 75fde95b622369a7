#include "credential_origin.h"
#include "explain.h"
#include "failure.h"
#include "frame.h"
#include "handles.h"
#include "negotiation.h"
#include "oid.h"
#include "proxy.h"
#include "shape.h"

namespace gssapi {
namespace backend {
namespace {

gss_buffer_desc Whole(const std::vector<uint8_t>& bytes) {
  return Input(Bytes{bytes.data(), bytes.size()});
}

// The library's structure over a request's bindings; null where there are none.
class ChannelBindings {
 public:
  explicit ChannelBindings(const Bindings& from) : present_(from.present) {
    bindings_.initiator_addrtype = from.initiator_type;
    bindings_.initiator_address = Whole(from.initiator_address);
    bindings_.acceptor_addrtype = from.acceptor_type;
    bindings_.acceptor_address = Whole(from.acceptor_address);
    bindings_.application_data = Whole(from.application_data);
  }
  gss_channel_bindings_t get() { return present_ ? &bindings_ : GSS_C_NO_CHANNEL_BINDINGS; }

 private:
  bool present_;
  gss_channel_bindings_struct bindings_;
};

struct Exchange {
  LibraryBuffer reply;
  gss_OID mechanism = GSS_C_NO_OID;
  OM_uint32 flags = 0;
  OM_uint32 lifetime = 0;
  CredentialHandle delegated;
  OM_uint32 major = 0;
  OM_uint32 minor = 0;
};

const char* InitiateStep(Context* context, Bytes token, gss_cred_id_t credential,
                         Exchange* exchange) {
  const ContextRequest& request = context->request;
  ChannelBindings bindings(request.bindings);
  gss_buffer_desc input = Input(token);
  exchange->major = g_gss->gss_init_sec_context(
      &exchange->minor, credential, context->handle.out(), request.target->handle.get(),
      context->mechanism.get(), request.flags, request.lifetime, bindings.get(),
      token.size == 0 ? GSS_C_NO_BUFFER : &input, &exchange->mechanism, exchange->reply.out(),
      &exchange->flags, &exchange->lifetime);
  return "gss_init_sec_context";
}

const char* AcceptStep(Context* context, Bytes token, gss_cred_id_t credential,
                       Exchange* exchange) {
  bool continues = static_cast<bool>(context->handle);
  ChannelBindings bindings(context->request.bindings);
  gss_buffer_desc input = Input(token);
  exchange->major = g_gss->gss_accept_sec_context(
      &exchange->minor, context->handle.out(), credential, &input, bindings.get(), nullptr,
      &exchange->mechanism, exchange->reply.out(), &exchange->flags, &exchange->lifetime,
      exchange->delegated.out());
  // Quirk(mit): 1.20 tells for the third leg of DCE style whatever was on its stack. The
  // established context knows its flags.
  if (g_gss->mit && continues) exchange->flags = 0;
  return "gss_accept_sec_context";
}

// Input that never reaches the library.
Status Refuse(const Context* context, Bytes token) {
  const char* call = context->request.initiator ? "gss_init_sec_context" : "gss_accept_sec_context";
  if (context->failed) {
    return Status::RefuseToken(kNoContext, "this context failed earlier: begin a new one", call);
  }
  if (context->complete) {
    return Status::Refuse(kErrAlreadyEstablished, "the context is already established", call);
  }
  bool begins = context->request.initiator && !context->started;
  if (begins && token.size != 0) {
    return Status::RefuseToken(kDefectiveToken, "an initiator's first step takes no token", call);
  }
  // Quirk(mit): 1.20's SPNEGO gss_init_sec_context reads through a null pointer when an existing
  // context gets an empty reply, which a peer can send.
  bool speaks_first = !context->request.initiator && !context->started;
  if (!begins && !speaks_first && token.size == 0) {
    return Status::RefuseToken(kDefectiveToken, "the peer's token is empty", call);
  }
  // Quirk(heimdal): 7.8's krb5 initiator goes on with memory that it has not set, and reads through
  // it, where a reply is not framed as RFC 4121 4.1 says. (DCE style has no frame.)
  bool framed = (context->request.flags & GSS_C_DCE_STYLE) == 0;
  if (!g_gss->mit && !begins && context->request.initiator && framed && !IsFramedReply(token)) {
    return Status::RefuseToken(kDefectiveToken, "the peer's token is not framed as it must be",
                               call);
  }
  return Status::Ok();
}

bool IsAnonymous(gss_name_t name) {
  static constexpr char kAnonymous[] = "1.3.6.1.5.6.3";  // GSS_C_NT_ANONYMOUS
  if (name == GSS_C_NO_NAME) return false;
  LibraryBuffer text;
  gss_OID type = GSS_C_NO_OID;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_display_name(&minor, name, text.out(), &type);
  return !GSS_ERROR(major) && type != GSS_C_NO_OID && OidToText(type) == kAnonymous;
}

// Whether an acceptor knows no more of it than before. The principal's type has only the realm in
// which nobody's realm is told (RFC 8062 3); with the realm of whoever it is it is nobody all the
// same.
bool IsNobody(gss_name_t name) {
  static constexpr char kNobody[] = "WELLKNOWN/ANONYMOUS@";
  if (name == GSS_C_NO_NAME) return false;
  LibraryBuffer text;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_display_name(&minor, name, text.out(), nullptr);
  return IsAnonymous(name) || (!GSS_ERROR(major) && text.text().rfind(kNobody, 0) == 0);
}

// Whose credential a context of this mechanism is initiated with; nobody's where that cannot be
// said for certain: a credential may stand for different users by mechanism.
NameHandle InitiatorOf(const Context* context, gss_cred_id_t credential) {
  NameHandle name;
  OM_uint32 minor;
  OM_uint32 major = g_gss->gss_inquire_cred_by_mech(&minor, credential, context->mechanism.get(),
                                                    name.out(), nullptr, nullptr, nullptr);
  if (!GSS_ERROR(major)) return name;
  // MIT's SPNEGO does not answer that, but as the only mechanism it answers for the whole.
  OidSetHandle mechanisms;
  major =
      g_gss->gss_inquire_cred(&minor, credential, name.out(), nullptr, nullptr, mechanisms.out());
  bool single = !GSS_ERROR(major) && mechanisms && mechanisms.get()->count == 1;
  if (!single) name.Reset();
  return name;
}

// Quirk(mit): 1.20's krb5 never says GSS_C_ANON_FLAG, also where the initiator is the anonymous
// principal. Whose credential it is decides, before the first token goes out: once used, it is no
// longer open which cache of a collection it stands for.
// Quirk(ntlmssp): gss-ntlmssp 1.2 echoes the flag that was asked for, and sends the user's name.
uint32_t AnonymityAsked(const Context* context, gss_cred_id_t credential) {
  const ContextRequest& request = context->request;
  bool asked = request.initiator && (request.flags & GSS_C_ANON_FLAG) != 0;
  if (!asked || request.credential == nullptr) return 0;
  return IsAnonymous(InitiatorOf(context, credential).get()) ? GSS_C_ANON_FLAG : 0;
}

// The last step tells its own flags; what earlier ones granted (delegation, in DCE style) the
// context knows.
uint32_t EstablishedFlags(const Context* context) {
  OM_uint32 flags = 0;
  OM_uint32 minor;
  // Names are dear (see InquireNames), and an initiator knows whether it asked to be nobody.
  const ContextRequest& request = context->request;
  bool open = !request.initiator || (request.flags & GSS_C_ANON_FLAG) != 0;
  NameHandle initiator;
  // Quirk(gssproxy): 0.9's gssi_inquire_context writes the acceptor's name, asked or not, where the
  // initiator's is asked.
  NameHandle acceptor;
  bool both = open && Proxied();
  g_gss->gss_inquire_context(&minor, context->handle.get(), open ? initiator.out() : nullptr,
                             both ? acceptor.out() : nullptr, nullptr, nullptr, &flags, nullptr,
                             nullptr);
  if (request.initiator) flags &= ~GSS_C_ANON_FLAG;  // see AnonymityAsked
  bool nobody = request.initiator ? IsAnonymous(initiator.get()) : IsNobody(initiator.get());
  if (nobody) flags |= GSS_C_ANON_FLAG;
  return flags | GSS_C_PROT_READY_FLAG;  // RFC 2743 1.2.7; not every library says so itself
}

Status Fail(Context* context, const char* call, const Exchange& exchange, Bytes token) {
  context->failed = true;
  gss_OID mechanism = context->mechanism                   ? context->mechanism.get()
                      : exchange.mechanism != GSS_C_NO_OID ? exchange.mechanism
                                                           : Krb5Oid();
  Status status = MechanismFailure(call, exchange.major, exchange.minor, mechanism);
  if (IsRelayed(token)) status = InPlainWords(std::move(status));
  status = ExplainStep(*context, std::move(status));
  status.failure().token = exchange.reply.bytes();
  context->handle.Reset();
  return status;
}

// In establishment the supplementary bits are fatal as well (RFC 2743 2.2.1, 2.2.2).
// Quirk(heimdal): 7.8 says no more to a third leg of DCE style that is another context's, and has
// deleted the context then.
bool IsRefused(OM_uint32 major) {
  return GSS_ERROR(major) || (GSS_SUPPLEMENTARY_INFO(major) & ~GSS_S_CONTINUE_NEEDED) != 0;
}

}  // namespace

Status NewContext(ContextRequest request, ContextPtr* context) {
  Status status = LoadLibrary();
  if (!status.ok()) return status;
  auto result = std::make_shared<Context>();
  if (request.initiator) {
    result->mechanism = Oid(request.mechanism.empty() ? kKrb5Oid : request.mechanism);
    if (!result->mechanism) return BadOid("gss_init_sec_context", request.mechanism);
  }
  result->request = std::move(request);
  *context = std::move(result);
  return status;
}

Status StepContext(Context* context, Bytes token, std::vector<uint8_t>* reply,
                   ContextFacts* facts) {
  Status refused = Refuse(context, token);
  if (!refused.ok()) return refused;
  bool begins = context->request.initiator && !context->started;
  context->started = true;
  if (begins && context->request.credential != nullptr) {
    Status ready =
        Prepare(*context->request.credential, context->request.target, "gss_init_sec_context");
    context->failed = !ready.ok();
    if (!ready.ok()) return ready;
  }
  CredentialUse in_use(context->request.credential.get());
  if (begins) in_use.Prepare(*context);
  Status limited = LimitNegotiation(context, token, &in_use);
  if (!limited.ok()) {
    context->failed = true;
    context->handle.Reset();
    in_use = CredentialUse();
    return ExplainStep(*context, std::move(limited));
  }
  gss_cred_id_t credential =
      context->request.credential == nullptr ? context->own.get() : in_use.get();
  Exchange exchange;
  const char* call = context->request.initiator
                         ? InitiateStep(context, token, credential, &exchange)
                         : AcceptStep(context, token, credential, &exchange);
  if (IsRefused(exchange.major)) {
    in_use = CredentialUse();  // which whoever explains the failure may ask
    return Fail(context, call, exchange, token);
  }
  *reply = exchange.reply.bytes();
  facts->flags = exchange.flags;
  if (context->request.initiator) facts->flags &= ~GSS_C_ANON_FLAG;  // see AnonymityAsked
  facts->lifetime = exchange.lifetime;
  facts->mechanism = OidToText(exchange.mechanism);
  context->ntlm = facts->mechanism == kNtlmOid;
  context->complete = (exchange.major & GSS_S_CONTINUE_NEEDED) == 0;
  facts->complete = context->complete;
  if (!context->complete) {
    facts->flags |= AnonymityAsked(context, credential);
    return Status::Ok();
  }
  facts->flags |= EstablishedFlags(context);
  MeasureShapes(context);
  if (exchange.delegated) {
    facts->delegated = std::make_shared<Credential>();
    facts->delegated->own->handle = std::move(exchange.delegated);
  }
  return Status::Ok();
}

}  // namespace backend
}  // namespace gssapi
